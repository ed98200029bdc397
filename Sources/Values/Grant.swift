import Foundation

/// An habilitation: what one organisation may ask of the hub, why, and until when.
///
/// The truth of every right: scopes, limits and expiry come from here, never from the claims of a token
/// (CRPA L114-8, R114-9-3).
public struct Grant: Sendable, Hashable, Codable, Identifiable {
    public let id: String
    /// SIRET of the organisation that holds the right.
    public var siret: String
    public var organisation: String
    public var title: String
    /// What the data may serve, the default purpose among them.
    public var purposes: [Purpose]
    public var scopes: [String]
    /// Addresses or CIDR blocks that may use the grant's tokens; empty: any.
    public var allowedAddresses: [String]
    public var limit: Limit
    public var expires: Date
    public var revoked: Date?
    /// Number of the access request at DataPass, where the right was granted there.
    public var datapassID: String?

    /// How many calls the grant may make.
    public enum Limit: Sendable, Hashable, Codable {
        /// The limits of each API's group.
        case standard
        /// So many calls a minute over all APIs, in place of the groups' limits.
        case perMinute(Int)
        /// None: for contract checks and load tests only.
        case unlimited
    }

    public init(
        id: String, siret: String, organisation: String, title: String, purposes: [Purpose], scopes: [String],
        allowedAddresses: [String] = [], limit: Limit = .standard, expires: Date, revoked: Date? = nil,
        datapassID: String? = nil
    ) {
        self.id = id
        self.siret = siret
        self.organisation = organisation
        self.title = title
        self.purposes = purposes
        self.scopes = scopes
        self.allowedAddresses = allowedAddresses
        self.limit = limit
        self.expires = expires
        self.revoked = revoked
        self.datapassID = datapassID
    }

    /// A grant of one purpose, without quota.
    public init(
        id: String, siret: String, organisation: String, title: String, purpose: String, scopes: [String],
        allowedAddresses: [String] = [], limit: Limit = .standard, expires: Date, revoked: Date? = nil,
        datapassID: String? = nil
    ) {
        self.init(
            id: id, siret: siret, organisation: organisation, title: title,
            purposes: [Purpose(id: Purpose.principal, title: purpose, isDefault: true)], scopes: scopes,
            allowedAddresses: allowedAddresses, limit: limit, expires: expires, revoked: revoked, datapassID: datapassID
        )
    }
}

/// One token of a grant; `id` is the `jti` of the JWT that carries it (RFC 7519 §4.1.7).
public struct AccessToken: Sendable, Hashable, Codable, Identifiable {
    public let id: String
    public let grant: Grant.ID
    public var issued: Date
    public var expires: Date
    public var revoked: Date?
    /// The purpose of its calls that name none; nil: the grant's default.
    public var purpose: Purpose.ID?

    public init(
        id: String, grant: Grant.ID, issued: Date, expires: Date, revoked: Date? = nil, purpose: Purpose.ID? = nil
    ) {
        self.purpose = purpose
        self.id = id
        self.grant = grant
        self.issued = issued
        self.expires = expires
        self.revoked = revoked
    }
}
