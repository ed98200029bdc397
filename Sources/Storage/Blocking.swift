import Dispatch

/// Work that waits for a disk, kept off the event loops and off the threads that Swift's tasks share.
package enum Blocking {
    /// Runs `work` on a thread of its own kind and waits for it without holding one.
    package static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
