import CatalogueModel
import Synchronization
import Values

/// Counts calls in fixed windows, by token and group of APIs.
///
/// Nodes that share a database exchange their counts (`SharedCounts`) a few times a second. In between, what a caller
/// has left is divided among the nodes that it uses, so that together they pass its limit only by the calls of one
/// exchange: see `docs/decisions/0014-several-nodes.md`.
public final class RateLimiter: Sendable {
    /// What is left to a caller.
    public struct Quota: Sendable, Equatable {
        public let limit: Int
        public let remaining: Int
        /// End of the window, in seconds since 1970.
        public let reset: Int
        public let isExceeded: Bool
    }

    /// One caller's calls in one window, as nodes tell each other.
    public struct Count: Sendable, Hashable {
        public let caller: String
        /// Name of the limit.
        public let budget: String
        /// End of the window, in seconds since 1970.
        public let end: Int
        public let calls: Int

        public init(caller: String, budget: String, end: Int, calls: Int) {
            (self.caller, self.budget, self.end, self.calls) = (caller, budget, end, calls)
        }
    }

    private struct Key: Hashable {
        let caller: String
        let budget: String
        /// Worked out once: it is asked for several times.
        private let hash: Int

        init(caller: String, budget: String) {
            (self.caller, self.budget) = (caller, budget)
            var hasher = Hasher()
            hasher.combine(caller)
            hasher.combine(budget)
            hash = hasher.finalize()
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }

        /// One of so many places.
        func place(of count: Int) -> Int { Int(UInt(bitPattern: hash) % UInt(count)) }

        /// Doors, and callers of whom the key says more than an identifier of ours (`address:…`, `franceconnect:…`),
        /// stay on this node: nothing of a person goes into the database.
        var mayBeTold: Bool { !budget.hasPrefix("/") && !caller.utf8.contains(UInt8(ascii: ":")) }
    }
    private struct Window {
        var end: Int
        /// On this node.
        var calls = 0
        /// On the other nodes, and how many of them, as far as they have told.
        var others = 0
        var partners = 0
        /// This node's own at the last exchange.
        var told = 0

        /// Calls of this node until the next exchange, of those that were left at the last one.
        func share(of limit: Int) -> Int {
            let left = max(0, limit - told - others)
            return partners == 0 ? left : (left + partners) / (partners + 1)
        }

        /// Counts one call, in the next window where this one is over.
        mutating func count(_ limit: Int, _ period: Int, _ now: Int) -> Quota {
            if end <= now { self = Window(end: (now / period + 1) * period) }
            let isExceeded = calls - told >= share(of: limit)
            if !isExceeded { calls += 1 }
            return Quota(
                limit: limit, remaining: max(0, limit - calls - others), reset: end, isExceeded: isExceeded)
        }
    }
    /// Several, so that calls of different tokens seldom wait for each other.
    private final class Shard: Sendable {
        let windows = Mutex<(all: [Key: Window], changed: Set<Key>, isShared: Bool)>(([:], [], false))
    }

    private let shards = (0..<8).map { _ in Shard() }
    private static let bound = 50_000

    public init() {}

    /// Counts one call; nil where nothing limits it.
    package func count(_ caller: String, _ operation: APIOperation, _ limit: Grant.Limit, now: Int) -> Quota? {
        switch limit {
        case .unlimited: return nil
        case .perMinute(let calls): return count(Key(caller: caller, budget: ""), calls, 60, now)
        case .standard:
            guard let group = operation.limit else { return nil }
            let budget = group.isPerOperation ? operation.id : group.name
            return count(Key(caller: caller, budget: budget), group.calls, group.period, now)
        }
    }

    /// Doors that need no token of ours, each with the requests a minute that one caller may make there. Each node
    /// counts for itself: addresses of the network do not go into the database.
    public enum Door: Int, Sendable {
        /// A FranceConnect token still to be looked at; as many as the national hubs allow an address.
        case franceConnect = 1_000
        /// Files and documents of providers.
        case files = 50
        /// Requests for a token, of one address and of one client.
        case tokens = 120
        /// Codes of proofs.
        case proofs = 30
        /// Lists of cases that a grant's holder opens or closes.
        case cases = 60
        /// Refusals that somebody wants explained: each one reads the ledger.
        case explanations = 10

        /// Catalogues name no limit so.
        fileprivate var budget: String { "/door/\(self)" }
    }

    /// Counts one request at a door.
    /// - Parameter caller: a network address or, where the request shows one, a token's identifier.
    /// - Returns: seconds to wait where there were more, else nil.
    public func secondsToWait(at door: Door, _ caller: String, now: Int) -> Int? {
        let quota = count(Key(caller: caller, budget: door.budget), door.rawValue, 60, now)
        return quota.isExceeded ? max(1, quota.reset - now) : nil
    }

    private func count(_ key: Key, _ limit: Int, _ period: Int, _ now: Int) -> Quota {
        shard(of: key).windows.withLock { windows in
            if windows.all.count > Self.bound { windows.all = windows.all.filter { $0.value.end > now } }
            let quota = windows.all[key, default: Window(end: 0)].count(limit, period, now)
            if !quota.isExceeded, windows.isShared, key.mayBeTold { windows.changed.insert(key) }
            return quota
        }
    }

    private func shard(of key: Key) -> Shard { shards[key.place(of: shards.count)] }
}

extension RateLimiter {
    /// Keeps what other nodes must be told, from now on.
    public func share() {
        for shard in shards { shard.windows.withLock { $0.isShared = true } }
    }

    /// The windows in which this node has counted calls since the last time, with all its calls in each.
    public func takeChanges() -> [Count] {
        shards.flatMap { shard in
            shard.windows.withLock { windows in
                defer { windows.changed = [] }
                return windows.changed.compactMap { key in
                    windows.all[key].map { Count(caller: key.caller, budget: key.budget, end: $0.end, calls: $0.calls) }
                }
            }
        }
    }

    /// Tells again, with the next changes, what could not be told.
    public func putBack(_ changes: [Count]) {
        for change in changes {
            let key = Key(caller: change.caller, budget: change.budget)
            shard(of: key).windows.withLock { _ = $0.changed.insert(key) }
        }
    }

    /// Takes what an exchange has brought.
    /// - Parameters:
    ///   - told: what this node has told; it begins a new share of what is left.
    ///   - others: the calls of the other nodes together, with how many nodes those are.
    public func learn(told: [Count], others: [(count: Count, nodes: Int)]) {
        for count in told {
            update(count) { $0.told = count.calls }
        }
        for (count, nodes) in others {
            update(count) { window in
                // What has been used meanwhile is no longer to be shared.
                (window.others, window.partners) = (count.calls, nodes)
            }
        }
    }

    private func update(_ count: Count, _ change: (inout Window) -> Void) {
        let key = Key(caller: count.caller, budget: count.budget)
        shard(of: key).windows.withLock { windows in
            var window = windows.all[key] ?? Window(end: count.end)
            // A window that has begun since knows better.
            guard window.end <= count.end else { return }
            if window.end < count.end { window = Window(end: count.end) }
            change(&window)
            windows.all[key] = window
        }
    }
}
