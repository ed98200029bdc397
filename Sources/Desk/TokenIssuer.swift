import JWTKit
import Values

/// Writes tokens as the JWT that the national hubs' clients know: HS256 with the claims `uid`, `jti`, `scopes`, `sub`,
/// `iat`, `exp`, `version`.
///
/// The claims only identify: the hub decides from the stored grant. The same token can be written again at any time.
public struct TokenIssuer: Sendable {
    private let kid: String
    private let secret: Redacted<[UInt8]>

    /// An issuer that signs with the newest key.
    /// - Throws: `SigningKeys.Failure` where the ring lacks it.
    public init(keys: SigningKeys) throws {
        guard let secret = keys.ring[keys.newest] else {
            throw SigningKeys.Failure(description: "the key that signs is missing")
        }
        kid = keys.newest
        self.secret = secret
    }

    /// The token as its holder sends it: a secret, to be shown once and never logged.
    /// - Throws: `DeskError.unknownGrant` where the token is not of that grant; errors of jwt-kit.
    public func jwt(for token: AccessToken, of grant: Grant) async throws -> Redacted<String> {
        guard token.grant == grant.id else { throw DeskError.unknownGrant(token.grant) }
        return try await sign(
            TokenClaims(
                uid: grant.id, jti: token.id, scopes: grant.scopes, sub: grant.title,
                iat: Int(token.issued.timeIntervalSince1970), exp: Int(token.expires.timeIntervalSince1970)))
    }

    /// The token of a vendor, as it sends it: a secret too. It says that it is one (`editor`) and has no scope.
    /// - Throws: `DeskError.unknownVendor` where the token is not of that vendor; errors of jwt-kit.
    public func jwt(for token: VendorToken, of vendor: SoftwareVendor) async throws -> Redacted<String> {
        guard token.vendor == vendor.id else { throw DeskError.unknownVendor(token.vendor) }
        return try await sign(
            TokenClaims(
                uid: vendor.id, jti: token.id, scopes: [], sub: vendor.name,
                iat: Int(token.issued.timeIntervalSince1970), exp: Int(token.expires.timeIntervalSince1970),
                editor: true))
    }

    private func sign(_ claims: TokenClaims) async throws -> Redacted<String> {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret.exposed), digestAlgorithm: .sha256, kid: JWKIdentifier(string: kid))
        return Redacted(try await keys.sign(claims, kid: JWKIdentifier(string: kid)))
    }
}

/// The claims of a token (RFC 7519); instants in seconds since 1970.
private struct TokenClaims: JWTPayload {
    let uid: String
    let jti: String
    let scopes: [String]
    let sub: String
    let iat: Int
    let exp: Int
    var version = "1.0"
    /// Left out of the tokens of grants.
    var editor: Bool?

    /// Tokens are verified by the gateway, against the ring and the grants; never through this type.
    func verify(using algorithm: some JWTAlgorithm) throws { throw JWTError.generic(identifier: "claims", reason: "") }
}
