import Foundation
import HashTreeCollections

/// Rights, found without waiting: grants and their tokens, vendors, their tokens and delegations, and the clients of
/// both. A copy shares what has not changed since, so that one change among a million costs as much as one among ten.
public struct GrantSnapshot: Sendable {
    public private(set) var grants: TreeDictionary<Grant.ID, Grant> = [:]
    public private(set) var tokens: TreeDictionary<AccessToken.ID, AccessToken> = [:]
    public private(set) var vendors: TreeDictionary<SoftwareVendor.ID, SoftwareVendor> = [:]
    public private(set) var vendorTokens: TreeDictionary<VendorToken.ID, VendorToken> = [:]
    /// A vendor's in the order in which they were made, with those that ended.
    public private(set) var delegations: [Delegation] = []
    public private(set) var clients: TreeDictionary<OAuthClient.ID, OAuthClient> = [:]

    public init(
        grants: [Grant] = [], tokens: [AccessToken] = [], vendors: [SoftwareVendor] = [],
        vendorTokens: [VendorToken] = [], delegations: [Delegation] = [], clients: [OAuthClient] = []
    ) {
        add(grants, tokens)
        for vendor in vendors { self.vendors[vendor.id] = vendor }
        for token in vendorTokens { self.vendorTokens[token.id] = token }
        for client in clients { self.clients[client.id] = client }
        self.delegations = delegations
    }

    /// Takes grants and tokens besides those that are here.
    public mutating func add(_ grants: [Grant], _ tokens: [AccessToken]) {
        for grant in grants { self.grants[grant.id] = grant }
        for token in tokens { self.tokens[token.id] = token }
    }

    /// Takes newer rights in place of those that are here.
    /// - Parameter newer: whole grants and vendors, with all their tokens, delegations and clients. None of these is
    ///   ever removed: they end.
    public mutating func take(_ newer: GrantSnapshot) {
        add(newer.grants.map(\.value), newer.tokens.map(\.value))
        for (id, vendor) in newer.vendors { vendors[id] = vendor }
        for (id, token) in newer.vendorTokens { vendorTokens[id] = token }
        for (id, client) in newer.clients { clients[id] = client }
        guard !newer.vendors.isEmpty else { return }
        delegations.removeAll { newer.vendors[$0.vendor] != nil }
        delegations += newer.delegations
    }

    /// What decides the calls of one token or client; nothing where it is not known.
    public func part(of id: String) -> GrantSnapshot {
        let (token, vendorToken, client) = (tokens[id], vendorTokens[id], clients[id])
        var (grant, vendor) = (token?.grant, vendorToken?.vendor)
        switch client?.holder {
        case .grant(let id): grant = id
        case .vendor(let id): vendor = id
        case nil: break
        }
        let delegations = vendor.map { vendor in self.delegations.filter { $0.vendor == vendor } } ?? []
        return GrantSnapshot(
            grants: (delegations.map(\.grant) + [grant].compactMap(\.self)).compactMap { grants[$0] },
            tokens: [token].compactMap(\.self), vendors: [vendor.flatMap { vendors[$0] }].compactMap(\.self),
            vendorTokens: [vendorToken].compactMap(\.self), delegations: delegations,
            clients: [client].compactMap(\.self))
    }

    /// These rights as they stood at a moment, as far as they tell: what was made later is left out, what was revoked
    /// later is not yet. What a change replaced (an end that was put off, a quota) is as it is now.
    public func asOf(_ moment: Date) -> GrantSnapshot {
        func past<Value>(
            _ values: some Sequence<Value>, _ revoked: WritableKeyPath<Value, Date?>,
            made: (Value) -> Date = { _ in .distantPast }
        ) -> [Value] {
            values.filter { made($0) <= moment }.map { value in
                var value = value
                if let end = value[keyPath: revoked], end > moment { value[keyPath: revoked] = nil }
                return value
            }
        }
        return GrantSnapshot(
            grants: past(grants.values, \.revoked), tokens: past(tokens.values, \.revoked, made: \.issued),
            vendors: past(vendors.values, \.revoked),
            vendorTokens: past(vendorTokens.values, \.revoked, made: \.issued),
            delegations: past(delegations, \.revoked, made: \.created),
            clients: past(clients.values, \.revoked, made: \.created))
    }
}

/// Which change of the rights was the last: equal only where everything before it is the same too.
public struct RightsVersion: Sendable, Hashable {
    /// How many changes there were.
    public let number: Int
    /// The last one's own, by chance; nil where it was made by a node of a former version, which gives none.
    public let mark: String?

    public init(number: Int, mark: String?) {
        self.number = number
        self.mark = mark
    }
}

/// What a reading of the rights found.
public struct RightsReading: Sendable {
    /// All of them, or those of the grants and vendors that changed after `since`.
    public let rights: GrantSnapshot
    /// Nil: these are all.
    public let since: RightsVersion?
    public let version: RightsVersion

    /// - Parameter version: by default one that no change follows.
    public init(
        rights: GrantSnapshot, since: RightsVersion? = nil, version: RightsVersion = RightsVersion(number: 0, mark: nil)
    ) {
        self.rights = rights
        self.since = since
        self.version = version
    }
}
