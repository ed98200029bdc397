import Values

/// Why a grant or a token cannot be changed as asked. In English, for operators; pages have messages of their own.
public enum DeskError: Error, Hashable, CustomStringConvertible {
    case unknownGrant(Grant.ID)
    case unknownToken(AccessToken.ID)
    /// The grant was revoked: nothing revives it.
    case grantRevoked(Grant.ID)
    /// The grant has ended: its holder asks again (CRPA R114-9-3).
    case grantExpired(Grant.ID)
    /// A grant that could not be checked later on: the reason says which part.
    case invalidGrant(String)
    /// The new end lies before the present one.
    case endsEarlier(Grant.ID)
    /// The stored grants cannot be understood: nothing may be decided from them.
    case unreadable(String)

    public var description: String {
        switch self {
        case .unknownGrant(let id): "no grant \(id)"
        case .unknownToken(let id): "no token \(id)"
        case .grantRevoked(let id): "grant \(id) was revoked"
        case .grantExpired(let id): "grant \(id) has expired"
        case .invalidGrant(let reason): "not a valid grant: \(reason)"
        case .endsEarlier(let id): "grant \(id) already ends later"
        case .unreadable(let reason): "the stored grants cannot be read: \(reason)"
        }
    }
}
