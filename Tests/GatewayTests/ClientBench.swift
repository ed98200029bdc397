import Crypto
import CryptoExtras
import Foundation
import JOSE
import Values

@testable import Gateway

/// Keys of clients, and what they sign with them.
struct ClientBench {
    static let base = "https://hub.example"
    static let certificate = Array(SHA256.hash(data: Data("certificate".utf8)))
    static let key = P256.Signing.PrivateKey()
    static let edKey = Curve25519.Signing.PrivateKey()
    /// Kept for all tests: an RSA key takes long to make.
    static let rsaKey = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    let tokens: TokenBench

    init() async throws { tokens = try await TokenBench() }

    static func jwk(_ key: P256.Signing.PublicKey) -> JSON {
        let point = key.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
    }

    static func jwk(_ key: Curve25519.Signing.PublicKey) -> JSON {
        ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key.rawRepresentation))]
    }

    static func jwk(_ key: _RSA.Signing.PublicKey) throws -> JSON {
        let numbers = try key.getKeyPrimitives()
        return [
            "kty": "RSA", "n": .string(Base64URL.encode(numbers.modulus)),
            "e": .string(Base64URL.encode(numbers.publicExponent)),
        ]
    }

    static var thumbprint: String {
        get throws { try PublicKey(jwk: jwk(key.publicKey)).thumbprint }
    }

    /// Grants, vendors and one client of each kind: `by-key`, `by-certificate`, `of-vendor`.
    func snapshot(
        grant change: (inout Grant) -> Void = { _ in }, client: (inout OAuthClient) -> Void = { _ in },
        base: HubSnapshot? = nil
    ) throws -> HubSnapshot {
        var grant = Grant(
            id: "grant", siret: "13002526500013", organisation: "Ville", title: "", purpose: "", scopes: ["a", "b"],
            expires: noon.addingTimeInterval(3600))
        change(&grant)
        let keys = OAuthClient.Credential.keys([try PublicKey(jwk: Self.jwk(Self.key.publicKey)).jwk])
        var byKey = OAuthClient(
            id: "by-key", holder: .grant("grant"), credential: keys, requiresDPoP: false, created: noon)
        client(&byKey)
        let others = [
            OAuthClient(
                id: "by-certificate", holder: .grant("grant"), credential: .certificate(Self.certificate),
                requiresDPoP: false, created: noon),
            OAuthClient(
                id: "of-vendor", holder: .vendor("vendor"), credential: keys, requiresDPoP: true, created: noon),
        ]
        let access = AccessToken(id: "jti-1", grant: "grant", issued: noon, expires: noon.addingTimeInterval(60))
        let vendor = SoftwareVendor(id: "vendor", siret: "41816609600051", name: "Vendor")
        return HubSnapshot(
            catalogue: Model.catalogue,
            rights: RightsTable(
                GrantSnapshot(grants: [grant], tokens: [access], vendors: [vendor], clients: [byKey] + others)),
            verifiers: tokens.ring, signing: "ours")
    }

    static func credentials() -> Credentials { Credentials(verified: VerifiedTokens(), issuer: { base }) }

    // MARK: - Signing

    static func text(_ header: JSON, _ claims: JSON) -> String {
        Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
    }

    static func signed(_ header: JSON, _ claims: JSON, by key: P256.Signing.PrivateKey = key) throws -> String {
        let text = text(header, claims)
        return text + "." + Base64URL.encode(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    /// An access token of ours for a client, with claims changed; nil leaves one out.
    static func access(_ changes: [String: JSON?] = [:]) -> String {
        let usual: [(String, JSON?)] = [
            ("iss", .string(base)), ("aud", .string(base)), ("sub", "by-key"), ("client_id", "by-key"),
            ("jti", "access-1"), ("iat", .integer(Int(noon.timeIntervalSince1970))),
            ("exp", .integer(Int(noon.timeIntervalSince1970) + 600)), ("scope", nil), ("cnf", nil),
        ]
        return TokenBench.token(
            header: #"{"alg":"HS256","typ":"at+jwt","kid":"ours"}"#, claims: object(usual, changes).serialized)
    }

    static let proofHeader: JSON = ["typ": "dpop+jwt", "alg": "ES256", "jwk": jwk(key.publicKey)]

    static func proofClaims(_ token: String?, _ changes: [String: JSON?] = [:]) -> JSON {
        let digest = token.map { JSON.string(Base64URL.encode(SHA256.hash(data: Data($0.utf8)))) }
        return object(
            [
                ("jti", .string(UUID().uuidString)), ("htm", "GET"), ("htu", .string(base + "/v3/data")),
                ("iat", .integer(Int(noon.timeIntervalSince1970))), ("ath", digest),
            ], changes)
    }

    /// The proof for a call of `GET /v3/data` with that token.
    static func proof(_ token: String?, _ changes: [String: JSON?] = [:]) throws -> String {
        try signed(proofHeader, proofClaims(token, changes))
    }

    static func assertionClaims(_ changes: [String: JSON?] = [:]) -> JSON {
        object(
            [
                ("iss", "by-key"), ("sub", "by-key"), ("aud", .string(base + "/oauth/token")),
                ("jti", .string(UUID().uuidString)), ("exp", .integer(Int(noon.timeIntervalSince1970) + 60)),
                ("nbf", nil), ("iat", nil),
            ], changes)
    }

    static func assertion(_ changes: [String: JSON?] = [:], header: JSON = ["alg": "ES256"]) throws -> String {
        try signed(header, assertionClaims(changes))
    }

    private static func object(_ usual: [(String, JSON?)], _ changes: [String: JSON?]) -> JSON {
        let known = usual.map { name, value in (name, changes[name] ?? value) }
        let added = changes.filter { change in !usual.contains { $0.0 == change.key } }.map { ($0.key, $0.value) }
        return .object((known + added).compactMap { name, value in value.map { JSON.Member(name, $0) } })
    }

    // MARK: - Judging

    /// The code of the refusal of a token shown as a bearer's; nil where it is accepted.
    static func bearer(
        _ token: String, _ snapshot: HubSnapshot, certificate: [UInt8]? = nil, at now: Date = noon
    ) -> String? {
        switch credentials().holder(Redacted(token), snapshot, certificate: certificate, now: now) {
        case .success: nil
        case .failure(let refused): refused.code
        }
    }

    /// The code of the refusal of a token shown with a proof.
    static func bound(
        _ token: String, _ proofs: [String], _ snapshot: HubSnapshot, url: String = base + "/v3/data",
        method: String = "GET", at now: Date = noon
    ) -> String? {
        do throws(Credentials.Refused) {
            let bound = try credentials().bound(Redacted(token), snapshot, certificate: nil, now: now).get()
            let request = DPoPProof.Request(method: method, url: url, token: Redacted(token))
            _ = try DPoPProof(proofs, of: request, expected: bound.key, now: now)
            return nil
        } catch {
            return error.code
        }
    }

    /// The client that an assertion is taken to be from; nil where it is refused.
    static func client(
        _ assertion: String, _ snapshot: HubSnapshot, form extra: String = "", at now: Date = noon
    ) -> String? {
        let fields = [
            "grant_type": "client_credentials", "client_assertion_type": ClientAssertion.type,
            "client_assertion": assertion,
        ]
        let form = fields.map { $0.key + "=" + Self.encoded($0.value) }.joined(separator: "&") + extra
        do throws(TokenEndpoint.Failure) {
            let read = try TokenForm(QueryParameters(form))
            return try TokenEndpoint.authenticate(read, nil, base: base, snapshot, now).0.client.id
        } catch {
            return nil
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
