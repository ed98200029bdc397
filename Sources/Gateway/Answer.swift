import CatalogueModel
import HTTPTypes
import Values

/// What the gateway answers a call, before the listener writes it.
public struct Answer: Sendable {
    public var status: Int
    public var contentType: String
    /// Its own, beside those of every answer.
    public var headers: [(name: HTTPField.Name, value: String)] = []
    public var body: [UInt8]

    /// All that it is sent with but the type.
    public var allHeaders: [(name: HTTPField.Name, value: String)] { headers + Self.common }

    /// Headers of every answer of the hub. Answers hold personal data: nobody on the way may keep them.
    static let common: [(name: HTTPField.Name, value: String)] = [
        (.cacheControl, "no-cache, no-store"), (.vary, "Accept, Origin, X-Generate-Proof"),
        (.xContentTypeOptions, "nosniff"), (.frameOptions, "SAMEORIGIN"),
        (.strictTransportSecurity, "max-age=63072000"),
    ]
}

/// Facts of an answer beside its body.
struct AnswerFacts {
    var quota: RateLimiter.Quota?
    /// Seconds for which the answer stays in the cache; nil where it was not read from it.
    var cachedFor: Int?
    /// What is left to the call's purpose; nil where it has no quota.
    var purpose: PurposeMeter.Reading?
}

/// Writes answers and errors in the conventions of the operation.
package struct Presentation {
    let style: APIOperation.Style

    var contentType: String { style == .particulierV2 ? "application/json" : "application/vnd.api+json" }

    func answer(_ body: [UInt8], status: Int, _ call: Call, _ facts: AnswerFacts) -> Answer {
        Answer(status: status, contentType: contentType, headers: headers(call, facts), body: body)
    }

    /// Errors, all of one status; the first decides.
    func answer(_ problems: [Problem], _ call: Call, _ facts: AnswerFacts) -> Answer {
        guard let first = problems.first else { return answer([], status: 500, call, facts) }
        var headers = headers(call, facts)
        if let seconds = first.retryAfter { headers.append((.retryAfter, String(seconds))) }
        if let challenge = Challenge.text(first.code) { headers.append((.wwwAuthenticate, challenge)) }
        if style == .particulierV2 {
            let form = first.v2Form
            // A limit is refused in a shape of its own in v2.
            let body: JSON = first.status == 429 ? ["errors": [.string(first.detail)]] : form.body
            return Answer(status: form.status, contentType: contentType, headers: headers, body: body.bytes)
        }
        let body: JSON = ["errors": .array(problems.map(\.object))]
        return Answer(status: first.status, contentType: contentType, headers: headers, body: body.bytes)
    }

    private func headers(_ call: Call, _ facts: AnswerFacts) -> [(name: HTTPField.Name, value: String)] {
        var headers = Self.common(call)
        // Open data may be read by anybody's page.
        if style == .open { headers.append((.accessControlAllowOrigin, "*")) }
        headers.append((.responseCached, facts.cachedFor == nil ? "false" : "true"))
        headers.append((.cacheExpiresIn, facts.cachedFor.map(String.init) ?? ""))
        if let quota = facts.quota {
            headers.append((.rateLimit, String(quota.limit)))
            headers.append((.rateLimitRemaining, String(quota.remaining)))
            headers.append((.rateLimitReset, String(quota.reset)))
        }
        if let purpose = facts.purpose {
            headers.append((.purposeLimit, String(purpose.limit)))
            headers.append((.purposeRemaining, String(max(0, purpose.limit - purpose.used))))
            headers.append((.purposeReset, String(purpose.reset)))
            if purpose.isNear { headers.append((.purposeWarning, "80")) }
        }
        return headers
    }

    /// The answer to a method other than GET.
    package static func notAllowed(_ call: Call) -> Answer {
        Answer(
            status: 405, contentType: "text/plain; charset=utf-8", headers: common(call) + [(.allow, "GET")],
            body: Array("Cette adresse ne se lit qu'avec GET.".utf8))
    }

    static func common(_ call: Call) -> [(name: HTTPField.Name, value: String)] {
        var headers: [(name: HTTPField.Name, value: String)] = []
        headers.reserveCapacity(9)
        headers.append((.requestID, call.requestID))
        return headers
    }
}
