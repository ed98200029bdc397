import Synchronization

/// Calls under way on this node, so that two equal ones of one token do not run at once.
public final class CallsInFlight: Sendable {
    private let keys = Mutex<Set<String>>([])

    public init() {}

    /// False where an equal call is under way.
    func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
    func end(_ key: String) { keys.withLock { _ = $0.remove(key) } }
}
