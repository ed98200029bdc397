import Foundation
import JOSE
import JWTKit
import Values

/// A short-lived access token of an OAuth client (RFC 9068), as our own key has signed it.
///
/// It is kept nowhere: what it may do is the client's right in memory, never more than the scopes that it names.
final class IssuedToken: Sendable {
    /// The `typ` of its header, by which it is told from the tokens that are kept.
    static let type = "at+jwt"
    /// Seconds for which it may be used.
    static let lifetime = 600

    let id: String
    let client: OAuthClient.ID
    let issued: Date
    let expires: Date
    /// Nil: all that the client's right gives.
    let scopes: [String]?
    let confirmation: Confirmation?

    init(
        client: OAuthClient.ID, issued: Date, expires: Date, scopes: [String]?, confirmation: Confirmation?,
        id: String = RequestID.make()
    ) {
        self.id = id
        self.client = client
        self.issued = issued
        self.expires = expires
        self.scopes = scopes
        self.confirmation = confirmation
    }

    /// Reads claims that one of our keys has signed; nil for those of another issuer, audience or form.
    init?(_ claims: JSON, issuer: String?) {
        guard let issuer, claims["iss"] == .string(issuer), claims["aud"] == .string(issuer),
            case .string(let client)? = claims["client_id"], claims["sub"] == .string(client),
            case .string(let id)? = claims["jti"], case .integer(let issued)? = claims["iat"],
            case .integer(let expires)? = claims["exp"]
        else { return nil }
        let confirmation = claims["cnf"].map(Confirmation.init)
        if case .some(.none) = confirmation { return nil }
        var scopes: [String]?
        if let stated = claims["scope"] {
            guard case .string(let text) = stated else { return nil }
            scopes = text.split(separator: " ").map(String.init)
        }
        self.id = id
        self.client = client
        self.issued = Date(timeIntervalSince1970: Double(issued))
        self.expires = Date(timeIntervalSince1970: Double(expires))
        self.scopes = scopes
        self.confirmation = confirmation ?? nil
    }

    /// The token as its client sends it.
    func signed(by signer: TokenSigner, issuer: String) throws -> Redacted<String> {
        var claims: [JSON.Member] = [
            .init("iss", .string(issuer)), .init("aud", .string(issuer)), .init("sub", .string(client)),
            .init("client_id", .string(client)), .init("jti", .string(id)),
            .init("iat", .integer(Int(issued.timeIntervalSince1970))),
            .init("exp", .integer(Int(expires.timeIntervalSince1970))),
        ]
        if let scopes { claims.append(.init("scope", .string(scopes.joined(separator: " ")))) }
        if let confirmation { claims.append(.init("cnf", confirmation.json)) }
        let header: JSON = [
            "alg": .string(signer.algorithm.name), "typ": .string(Self.type), "kid": .string(signer.kid),
        ]
        let text = Base64URL.encode(header.bytes) + "." + Base64URL.encode(JSON.object(claims).bytes)
        return Redacted(text + "." + Base64URL.encode(try signer.algorithm.sign(Data(text.utf8))))
    }
}

/// The key of the ring that signs.
struct TokenSigner: Sendable {
    let kid: String
    let algorithm: any JWTAlgorithm
}

/// A client with the right that it draws on, as it is now.
struct ClientRight: Sendable {
    let client: OAuthClient
    let holder: Holder

    enum Holder: Sendable {
        case grant(GrantRight)
        case vendor(VendorDelegations)
    }

    /// Why it may draw on nothing at that moment; nil where it may.
    func refusal(_ now: Date) -> Credentials.Refused? {
        let (isRevoked, isExpired) =
            switch holder {
            case .grant(let right): (right.grant.revoked != nil, right.grant.expires <= now)
            case .vendor(let vendor): (vendor.vendor.revoked != nil, false)
            }
        if client.revoked != nil || isRevoked { return Credentials.Refused(code: "00105") }
        return isExpired ? Credentials.Refused(code: "00103") : nil
    }

    /// The holder of a token of this client. Calls are counted and traced under the client, whatever its tokens: a new
    /// token gives no new quota.
    func holder(issued: Date, expires: Date, scopes: [String]?, confirmation: Confirmation?) -> Credentials.Holder {
        switch holder {
        case .grant(let right):
            let token = AccessToken(id: client.id, grant: right.grant.id, issued: issued, expires: expires)
            let narrowed = scopes.map(right.narrowed) ?? right
            return .organisation(CallRight(token: token, right: narrowed, confirmation: confirmation))
        case .vendor(let vendor):
            let token = VendorToken(id: client.id, vendor: vendor.vendor.id, issued: issued, expires: expires)
            return .vendor(VendorRight(token: token, holder: vendor, confirmation: confirmation))
        }
    }
}
