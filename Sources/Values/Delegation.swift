import Foundation

/// A company whose software calls the hub for public bodies. It has no right of its own: only those delegated to it.
public struct SoftwareVendor: Sendable, Hashable, Codable, Identifiable {
    public let id: String
    /// SIRET of the company.
    public var siret: String
    public var name: String
    /// Addresses or CIDR blocks that may use the vendor's tokens; empty: any. A call also passes the list of the grant
    /// it draws on.
    public var allowedAddresses: [String]
    public var revoked: Date?

    public init(id: String, siret: String, name: String, allowedAddresses: [String] = [], revoked: Date? = nil) {
        self.id = id
        self.siret = siret
        self.name = name
        self.allowedAddresses = allowedAddresses
        self.revoked = revoked
    }
}

/// One token of a vendor; `id` is the `jti` of the JWT that carries it (RFC 7519 §4.1.7). It opens nothing by itself.
public struct VendorToken: Sendable, Hashable, Codable, Identifiable {
    public let id: String
    public let vendor: SoftwareVendor.ID
    public var issued: Date
    public var expires: Date
    public var revoked: Date?

    public init(id: String, vendor: SoftwareVendor.ID, issued: Date, expires: Date, revoked: Date? = nil) {
        self.id = id
        self.vendor = vendor
        self.issued = issued
        self.expires = expires
        self.revoked = revoked
    }
}

/// That a vendor may call under the grant of a public body, on its behalf, until the body takes it back.
///
/// Scopes, addresses, limit and expiry are always those of the grant.
public struct Delegation: Sendable, Hashable, Codable, Identifiable {
    public let id: String
    public let vendor: SoftwareVendor.ID
    public let grant: Grant.ID
    public let created: Date
    public var revoked: Date?

    public init(id: String, vendor: SoftwareVendor.ID, grant: Grant.ID, created: Date, revoked: Date? = nil) {
        self.id = id
        self.vendor = vendor
        self.grant = grant
        self.created = created
        self.revoked = revoked
    }
}
