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
            query.forEach { pair in
                var hasher = Hasher()
                hasher.combine(bytes: UnsafeRawBufferPointer(pair))
                parameters &+= hasher.finalize()
            }
            var hasher = Hasher()
            caller.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            // No byte of UTF-8.
            hasher.combine(0xFF as UInt8)
            path.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(parameters)
            digest = hasher.finalize()
        }
    }

    private let keys = Mutex<Set<Key>>([])

    public init() {}

    /// False where an equal call is under way.
    func begin(_ key: Key) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: Key) { keys.withLock { _ = $0.remove(key) } }
}
