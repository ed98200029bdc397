import Synchronization
import Values

/// Calls under way on this node, so that two equal ones of one token do not run at once.
public final class CallsInFlight: Sendable {
    /// What tells a call from others: two digests of who asks what, under keys of the process. Parameters count in any
    /// order. Of a thousand calls under way two different ones are alike with a chance below 2⁻¹⁰⁰.
    struct Key: Hashable, Sendable {
        private let digests: (UInt64, UInt64)

        init(_ caller: String, _ path: String, _ query: QueryParameters) {
            digests = (Self.digest(0, caller, path, query), Self.digest(1, caller, path, query))
        }

        private static func digest(_ salt: UInt8, _ caller: String, _ path: String, _ query: QueryParameters) -> UInt64
        {
            var parameters: UInt64 = 0
            for pair in query.pairs {
                var hasher = Hasher()
                hasher.combine(salt)
                hasher.combine(pair)
                parameters &+= UInt64(bitPattern: Int64(hasher.finalize()))
            }
            var hasher = Hasher()
            hasher.combine(salt)
            hasher.combine(caller)
            hasher.combine(path)
            hasher.combine(parameters)
            return UInt64(bitPattern: Int64(hasher.finalize()))
        }

        static func == (left: Key, right: Key) -> Bool { left.digests == right.digests }
        func hash(into hasher: inout Hasher) { hasher.combine(digests.0) }
    }

    private let keys = Mutex<Set<Key>>([])

    public init() {}

    /// False where an equal call is under way.
    func begin(_ key: Key) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: Key) { keys.withLock { _ = $0.remove(key) } }
}
