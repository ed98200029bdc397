import CatalogueModel
import Values

/// What the gateway answers a call, before the listener writes it.
public struct Answer: Sendable {
    public var status: Int
    public var contentType: String
    /// Its own, beside those of every answer.
    public var headers: [Header] = []
    public var body: [UInt8]

    public struct Header: Sendable {
        public let name: HeaderName
        public let value: String

        init(_ name: HeaderName, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// All that it is sent with but the type.
    public var allHeaders: [Header] { headers + Self.common }

    /// Headers of every answer of the hub. Answers hold personal data: nobody on the way may keep them.
    static let common = [
        Header(.cacheControl, "no-cache, no-store"), Header(.vary, "Accept, Origin, X-Generate-Proof"),
        Header(.xContentTypeOptions, "nosniff"), Header(.frameOptions, "SAMEORIGIN"),
        Header(.strictTransportSecurity, "max-age=63072000"),
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
        if let seconds = first.retryAfter { headers.append(.init(.retryAfter, String(seconds))) }
        if let challenge = Challenge.text(first.code) { headers.append(.init(.wwwAuthenticate, challenge)) }
        if style == .particulierV2 {
            let form = first.v2Form
            // A limit is refused in a shape of its own in v2.
            let body: JSON = first.status == 429 ? ["errors": [.string(first.detail)]] : form.body
            return Answer(status: form.status, contentType: contentType, headers: headers, body: body.bytes)
        }
        let body: JSON = ["errors": .array(problems.map(\.object))]
        return Answer(status: first.status, contentType: contentType, headers: headers, body: body.bytes)
    }

    private func headers(_ call: Call, _ facts: AnswerFacts) -> [Answer.Header] {
        var headers = Self.common(call)
        // Open data may be read by anybody's page.
        if style == .open { headers.append(.init(.accessControlAllowOrigin, "*")) }
        headers.append(.init(.responseCached, facts.cachedFor == nil ? "false" : "true"))
        headers.append(.init(.cacheExpiresIn, facts.cachedFor.map { String(decimal: $0) } ?? ""))
        if let quota = facts.quota {
            headers.append(.init(.rateLimit, String(decimal: quota.limit)))
            headers.append(.init(.rateLimitRemaining, String(decimal: quota.remaining)))
            headers.append(.init(.rateLimitReset, String(decimal: quota.reset)))
        }
        if let purpose = facts.purpose {
            headers.append(.init(.purposeLimit, String(decimal: purpose.limit)))
            headers.append(.init(.purposeRemaining, String(decimal: max(0, purpose.limit - purpose.used))))
            headers.append(.init(.purposeReset, String(decimal: purpose.reset)))
            if purpose.isNear { headers.append(.init(.purposeWarning, "80")) }
        }
        return headers
    }

    /// The answer to a method other than GET.
    package static func notAllowed(_ call: Call) -> Answer {
        Answer(
            status: 405, contentType: "text/plain; charset=utf-8", headers: common(call) + [.init(.allow, "GET")],
            body: Array("Cette adresse ne se lit qu'avec GET.".utf8))
    }

    static func common(_ call: Call) -> [Answer.Header] {
        var headers: [Answer.Header] = []
        headers.reserveCapacity(12)
        headers.append(.init(.requestID, call.requestID))
        return headers
    }
}
