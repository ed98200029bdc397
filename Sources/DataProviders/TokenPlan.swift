import CatalogueModel
import Foundation
import Values

extension TokenPlan {
    /// Asks for a token, with each of the provider's accounts in a drawn order until one is accepted.
    ///
    /// A token whose life is not told serves the calls that wait for it only.
    func issue(
        at base: String, _ facts: CallFacts, _ transport: any HTTPTransport, _ clock: WallClock
    ) async throws -> ProviderTokens.Issued {
        let deadline = Deadline.after(ProviderTokens.timeout)
        var last: any Error = ProviderFailure(problem: ProblemTemplate(code: refusal))
        for account in accounts.isEmpty ? [""] : accounts.shuffled() {
            var facts = facts
            if !account.isEmpty {
                facts.settings = { [asked = facts.settings] name in asked("\(account).\(name)") ?? asked(name) }
            }
            do {
                return try await issue(try request(at: base, facts), facts, by: deadline, transport, clock)
            } catch let failure as ProviderFailure {
                last = failure
            }
        }
        throw last
    }

    private func request(at base: String, _ facts: CallFacts) throws(MappingFailure) -> ProviderRequest {
        let frame = Frame(facts)
        let (bytes, type) = try body.rendered(facts, frame) ?? ([], "application/x-www-form-urlencoded")
        var url = ByteOutput(capacity: 256)
        url.write(text: base)
        try RequestPlan.write(path, frame, into: &url)
        return ProviderRequest(
            method: .post, url: url.text,
            headers: try RequestPlan.texts(headers, frame) + [("Content-Type", type), ("Accept", "application/json")],
            body: bytes)
    }

    private func issue(
        _ request: ProviderRequest, _ facts: CallFacts, by deadline: Deadline, _ transport: any HTTPTransport,
        _ clock: WallClock
    ) async throws -> ProviderTokens.Issued {
        let time = deadline.remaining
        guard time > .zero else { throw TransportFailure.timeout }
        let response = try await transport.send(request, timeout: time)
        try response.refuseGatewayFailures()
        var facts = facts
        facts.status = response.status
        facts.content = RequestPlan.Format.json.read(response.body)
        guard let text = try token.value(on: facts).text, !text.isEmpty else {
            throw ProviderFailure(problem: ProblemTemplate(code: refusal))
        }
        let seconds = try lifetime.value(on: facts).int
        let now = clock.now()
        let told = seconds.map { now.addingTimeInterval(Double($0)) } ?? Self.expiry(ofJWT: text) ?? now
        // The provider's clock may be wrong by any amount: such a token is good for those who wait for it, or for a day.
        let expires = min(max(now, told.addingTimeInterval(-10)), now.addingTimeInterval(Self.longestLife))
        return ProviderTokens.Issued(token: Redacted(text), expires: expires)
    }

    /// In seconds.
    private static let longestLife = 86_400.0

    /// The `exp` of a JWT (RFC 7519 §4.1.4), read without trust: it only tells when to ask for another.
    private static func expiry(ofJWT text: String) -> Date? {
        let parts = text.split(separator: ".")
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])),
            let seconds = try? JSON(parsing: bytes)["exp"]?.int
        else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }
}
