import Values

/// Why a right cannot be changed as asked. In English, for operators; pages have messages of their own.
public enum DeskError: Error, Hashable, CustomStringConvertible {
    case unknownGrant(Grant.ID)
    case unknownToken(AccessToken.ID)
    /// The grant was revoked: nothing revives it.
    case grantRevoked(Grant.ID)
    /// The grant has ended: its holder asks again (CRPA R114-9-3).
    case grantExpired(Grant.ID)
    /// A grant that could not be checked later on: the reason says which part.
    case invalidGrant(String)
    case unknownPurpose(Purpose.ID)
    /// A purpose that calls could not be checked against, or that cannot go: the reason says why.
    case invalidPurpose(String)
    /// The new end lies before the present one.
    case endsEarlier(Grant.ID)
    case unknownVendor(SoftwareVendor.ID)
    /// The vendor was put out: nothing revives it.
    case vendorRevoked(SoftwareVendor.ID)
    /// A vendor that could not be told apart or checked: the reason says which part.
    case invalidVendor(String)
    case unknownDelegation(Delegation.ID)
    /// That vendor may already call under that grant.
    case alreadyDelegated(Grant.ID)
    case unknownClient(OAuthClient.ID)
    /// A client that could prove itself by nothing: the reason says why.
    case invalidClient(String)
    /// The stored grants cannot be understood: nothing may be decided from them.
    case unreadable(String)

    public var description: String {
        switch self {
        case .unknownGrant(let id): "no grant \(id)"
        case .unknownToken(let id): "no token \(id)"
        case .grantRevoked(let id): "grant \(id) was revoked"
        case .grantExpired(let id): "grant \(id) has expired"
        case .invalidGrant(let reason): "not a valid grant: \(reason)"
        case .unknownPurpose(let id): "no purpose \(id)"
        case .invalidPurpose(let reason): "not a valid purpose: \(reason)"
        case .endsEarlier(let id): "grant \(id) already ends later"
        case .unknownVendor(let id): "no vendor \(id)"
        case .vendorRevoked(let id): "vendor \(id) was revoked"
        case .invalidVendor(let reason): "not a valid vendor: \(reason)"
        case .unknownDelegation(let id): "no delegation \(id)"
        case .alreadyDelegated(let id): "grant \(id) is already delegated to that vendor"
        case .unknownClient(let id): "no client \(id)"
        case .invalidClient(let reason): "not a valid client: \(reason)"
        case .unreadable(let reason): "the stored grants cannot be read: \(reason)"
        }
    }
}
