import CatalogueModel
import Synchronization
import Values

/// Counts calls in fixed windows, by token and group of APIs.
public final class RateLimiter: Sendable {
    /// What is left to a caller.
    public struct Quota: Sendable, Equatable {
        public let limit: Int
        public let remaining: Int
        /// End of the window, in seconds since 1970.
        public let reset: Int
        public let isExceeded: Bool
    }

    private struct Key: Hashable {
        let caller: String
        let group: Int
    }
    private struct Window {
        var end: Int
        var calls: Int
    }
    /// Several, so that calls of different tokens seldom wait for each other.
    private final class Shard: Sendable {
        let windows = Mutex<[Key: Window]>([:])
    }

    private let shards = (0..<8).map { _ in Shard() }
    private static let bound = 50_000

    public init() {}

    /// Counts one call; nil where nothing limits it.
    func count(_ caller: String, _ operation: APIOperation, _ limit: Grant.Limit, now: Int) -> Quota? {
        switch limit {
        case .unlimited: return nil
        case .perMinute(let calls): return count(Key(caller: caller, group: -1), calls, 60, now)
        case .standard:
            guard let group = operation.limit else { return nil }
            let index = group.isPerOperation ? 1_000 + operation.index : group.index
            return count(Key(caller: caller, group: index), group.calls, group.period, now)
        }
    }

    /// Doors that need no token of ours, each with the requests a minute that one caller may make there.
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
    }

    /// Counts one request at a door.
    /// - Parameter caller: a network address or, where the request shows one, a token's identifier.
    /// - Returns: seconds to wait where there were more, else nil.
    public func secondsToWait(at door: Door, _ caller: String, now: Int) -> Int? {
        let quota = count(Key(caller: caller, group: -1 - door.rawValue), door.rawValue, 60, now)
        return quota.isExceeded ? max(1, quota.reset - now) : nil
    }

    private func count(_ key: Key, _ limit: Int, _ period: Int, _ now: Int) -> Quota {
        shards[abs(key.hashValue % shards.count)].windows.withLock { windows in
            if windows.count > Self.bound { windows = windows.filter { $0.value.end > now } }
            var window = windows[key] ?? Window(end: 0, calls: 0)
            if window.end <= now { window = Window(end: (now / period + 1) * period, calls: 0) }
            let isExceeded = window.calls >= limit
            if !isExceeded { window.calls += 1 }
            windows[key] = window
            return Quota(
                limit: limit, remaining: max(0, limit - window.calls), reset: window.end, isExceeded: isExceeded)
        }
    }
}

/// Calls under way, so that two equal ones of one token do not run at once.
public final class CallsInFlight: Sendable {
    private let keys = Mutex<Set<String>>([])

    public init() {}

    /// False where an equal call is under way.
    func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: String) { keys.withLock { _ = $0.remove(key) } }
}
