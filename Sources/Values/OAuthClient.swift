import Foundation

/// A program that gets short-lived tokens for a grant or a vendor by proving that it holds a key (RFC 6749 §4.4).
///
/// Only what is public of that key is known here: whoever reads the database can make no token.
public struct OAuthClient: Sendable, Hashable, Identifiable {
    public let id: String
    public let holder: Holder
    public let credential: Credential
    /// True where it gets no token but one bound to a key by DPoP (RFC 9449).
    public let requiresDPoP: Bool
    public let created: Date
    public var revoked: Date?

    /// Whose right it draws on.
    public enum Holder: Sendable, Hashable {
        case grant(Grant.ID)
        case vendor(SoftwareVendor.ID)
    }

    /// What it proves itself by.
    public enum Credential: Sendable, Hashable {
        /// Public keys (JWK, RFC 7517), each with its one algorithm: `private_key_jwt` (RFC 7523).
        case keys([JSON])
        /// SHA-256 of a certificate's DER: `self_signed_tls_client_auth` (RFC 8705 §2.2).
        case certificate([UInt8])
    }

    public init(
        id: String, holder: Holder, credential: Credential, requiresDPoP: Bool, created: Date, revoked: Date? = nil
    ) {
        self.id = id
        self.holder = holder
        self.credential = credential
        self.requiresDPoP = requiresDPoP
        self.created = created
        self.revoked = revoked
    }
}
