import CatalogueModel
import Foundation
import JOSE
import Metrics
import Values

/// Gives clients their tokens (RFC 6749 §4.4), authenticated by a signed assertion (RFC 7523) or by their certificate
/// (RFC 8705), and bound where they prove to hold a key (RFC 9449).
struct TokenEndpoint: Sendable {
    static let path = "/oauth/token"

    let gateway: Gateway

    struct Request: Sendable {
        let form: QueryParameters
        /// The values of the `DPoP` header.
        var proofs: [String] = []
        /// SHA-256 of the certificate that the client's connection was made with.
        var certificate: [UInt8]?
        var address: String?
    }

    struct Reply: Sendable {
        var status = 200
        let body: JSON
        var retryAfter: Int?
    }

    /// An error of RFC 6749 §5.2, and what the nomenclature says of it.
    struct Failure: Error {
        let error: String
        let code: String
        var status = 400
        var retryAfter: Int?
    }

    private static let issued = Counter(label: "unefois_client_tokens", dimensions: [("outcome", "issued")])
    private static let refused = Counter(label: "unefois_client_tokens", dimensions: [("outcome", "refused")])

    func answer(_ request: Request) async -> Reply {
        let (snapshot, now) = (gateway.snapshot, gateway.parts.clock.now())
        do throws(Failure) {
            let token = try await token(request, snapshot, now)
            Self.issued.increment()
            return Reply(body: token)
        } catch {
            Self.refused.increment()
            let problem = ProblemFactory(catalogue: snapshot.catalogue).problem(error.code)
            let body: JSON = ["error": .string(error.error), "errors": [problem.object]]
            return Reply(status: error.status, body: body, retryAfter: error.retryAfter)
        }
    }

    private func token(_ request: Request, _ snapshot: HubSnapshot, _ now: Date) async throws(Failure) -> JSON {
        try count(request.address.map(AddressBlock.subscriber) ?? "", at: .tokens, now)
        let form = try TokenForm(request.form)
        guard snapshot.isCurrent, let signer = snapshot.signer else {
            throw Failure(error: "temporarily_unavailable", code: "00511", status: 503)
        }
        let (right, assertion) = try Self.authenticate(
            form, request.certificate, base: gateway.parts.publicURL(), snapshot, now)
        let client = right.client
        if let refusal = right.refusal(now) { throw Failure(error: "invalid_client", code: refusal.code, status: 401) }
        let proof = try proof(request, client, now)
        let scopes = try form.scopes.map { names throws(Failure) in try right.granted(names) }
        // Only what was found right in everything else is kept as seen: others cannot fill the table.
        if let assertion { try await useOnce(assertion.id, assertion.end, or: "invalid_client", now) }
        try count("client:" + client.id, at: .tokens, now)
        if let proof { try await useOnce(proof.id, proof.end, or: "invalid_dpop_proof", now) }
        let certificate: [UInt8]? = if case .certificate(let digest) = client.credential { digest } else { nil }
        let issued = IssuedToken(
            client: client.id, issued: now, expires: right.end(of: now), scopes: scopes,
            confirmation: Confirmation(key: proof?.thumbprint, certificate: certificate))
        guard let text = try? issued.signed(by: signer, issuer: gateway.parts.publicURL()) else {
            throw Failure(error: "server_error", code: "00500", status: 500)
        }
        return [
            "access_token": .string(text.exposed), "token_type": proof == nil ? "Bearer" : "DPoP",
            "expires_in": .integer(Int(issued.expires.timeIntervalSince(now))),
            "scope": .string((scopes ?? right.scopes).joined(separator: " ")),
        ]
    }

    private func count(_ caller: String, at door: RateLimiter.Door, _ now: Date) throws(Failure) {
        let seconds = gateway.limiter.secondsToWait(at: door, caller, now: Int(now.timeIntervalSince1970))
        guard let seconds else { return }
        throw Failure(error: "temporarily_unavailable", code: "00429", status: 429, retryAfter: seconds)
    }

    /// The client, and the assertion by which it is known where it is by one.
    /// - Parameters:
    ///   - certificate: the digest of the certificate that the connection was made with.
    ///   - base: the hub's public address, which assertions are made for.
    static func authenticate(
        _ form: TokenForm, _ certificate: [UInt8]?, base: String, _ snapshot: HubSnapshot, _ now: Date
    ) throws(Failure) -> (ClientRight, ClientAssertion?) {
        let unknown = Failure(error: "invalid_client", code: "00465", status: 401)
        if let text = form.assertion {
            guard let assertion = ClientAssertion(text), form.client.map({ $0 == assertion.client }) ?? true,
                let right = snapshot.rights.clients[assertion.client], case .keys(let keys) = right.client.credential,
                assertion.isValid(keys, audiences: [base, base + path], now: now)
            else { throw unknown }
            return (right, assertion)
        }
        guard let shown = certificate, let client = form.client, let right = snapshot.rights.clients[client],
            case .certificate(let registered) = right.client.credential, registered == shown
        else { throw unknown }
        return (right, nil)
    }

    /// The proof of the key that the token is to be bound to; nil where none is sent, and none need be.
    private func proof(_ request: Request, _ client: OAuthClient, _ now: Date) throws(Failure) -> DPoPProof? {
        guard !request.proofs.isEmpty || client.requiresDPoP else { return nil }
        do throws(Credentials.Refused) {
            return try DPoPProof(
                request.proofs, of: .init(method: "POST", url: gateway.parts.publicURL() + Self.path), expected: nil,
                now: now)
        } catch {
            throw Failure(error: "invalid_dpop_proof", code: error.code)
        }
    }

    private func useOnce(_ id: String, _ end: Date?, or error: String, _ now: Date) async throws(Failure) {
        let isFirst: Bool
        do {
            isFirst = try await gateway.parts.seenProofs.isFirst(id, until: end ?? now)
        } catch {
            throw Failure(error: "temporarily_unavailable", code: "00464", status: 503)
        }
        let status = error == "invalid_client" ? 401 : 400
        guard isFirst else { throw Failure(error: error, code: "00461", status: status) }
    }
}

/// What a request for a token says, read strictly: a parameter given twice means nothing (RFC 6749 §3.2).
struct TokenForm {
    let assertion: String?
    let client: String?
    /// Nil where none is asked for in particular.
    let scopes: [String]?

    init(_ form: QueryParameters) throws(TokenEndpoint.Failure) {
        let invalid = TokenEndpoint.Failure(error: "invalid_request", code: "00466")
        func one(_ name: String) throws(TokenEndpoint.Failure) -> String? {
            let values = form.values(name)
            guard values.count < 2 else { throw invalid }
            return values.first.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let grant = try one("grant_type") else { throw invalid }
        guard grant == "client_credentials" else {
            throw TokenEndpoint.Failure(error: "unsupported_grant_type", code: "00466")
        }
        (assertion, client) = (try one("client_assertion"), try one("client_id"))
        let type = try one("client_assertion_type")
        guard type == (assertion == nil ? nil : ClientAssertion.type) else { throw invalid }
        scopes = try one("scope")?.split(separator: " ").map(String.init)
    }
}

extension ClientRight {
    /// The scopes that the client may have at most; a vendor's are those of each delegation.
    var scopes: [String] { if case .grant(let right) = holder { right.grant.scopes } else { [] } }

    /// Those scopes, where the client may have each of them.
    func granted(_ names: [String]) throws(TokenEndpoint.Failure) -> [String] {
        guard !names.isEmpty, Set(names).isSubset(of: scopes) else {
            throw TokenEndpoint.Failure(error: "invalid_scope", code: "00467")
        }
        return names
    }

    /// When a token of now ends: never after the grant.
    func end(of now: Date) -> Date {
        let usual = now.addingTimeInterval(Double(IssuedToken.lifetime))
        guard case .grant(let right) = holder else { return usual }
        return min(usual, right.grant.expires)
    }
}
