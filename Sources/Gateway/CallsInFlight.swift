import Synchronization
import Values

/// Calls under way on this node, so that two equal ones of one token do not run at once.
public final class CallsInFlight: Sendable {
    /// What tells a call from others: a digest of who asks what, under a key of the process. Parameters count in any
    /// order. Of a thousand calls under way two different ones are alike, and one of them is refused, with a chance below
    /// 2⁻⁴⁰.
    struct Key: Hashable, Sendable {
        private let digest: Int

        init(_ caller: String, _ path: String, _ query: QueryParameters) {
            var parameters = 0
            let pairs = query.pairs
            for place in pairs.indices { parameters &+= Self.digest(pairs[place].name, pairs[place].value) }
            digest = Self.digest(caller, path, parameters)
        }

        /// Of two texts, parted by a byte that UTF-8 does not have, and a number.
        private static func digest(_ first: String, _ second: String, _ number: Int = 0) -> Int {
            var hasher = Hasher()
            first.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0xFF as UInt8)
            second.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(number)
            return hasher.finalize()
        }
    }

    private let keys = Mutex<Set<Key>>([])

    public init() {}

    /// False where an equal call is under way.
    func begin(_ key: Key) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: Key) { keys.withLock { _ = $0.remove(key) } }
}
