import Synchronization
import Values

/// What was waited for did not come in time.
struct WaitedTooLong: Error {}

extension Task where Failure == any Error {
    /// The task's value, waited for until the deadline; the task itself goes on.
    /// - Throws: ``WaitedTooLong``, or the task's own failure.
    func value(by deadline: Deadline) async throws -> Success {
        try await withCheckedThrowingContinuation { continuation in
            let first = FirstResult(continuation)
            let alarm = Task<Void, Never> {
                guard (try? await ContinuousClock().sleep(until: deadline.instant)) != nil else { return }
                first.resume(with: .failure(WaitedTooLong()))
            }
            Task<Void, Never> {
                first.resume(with: await result)
                alarm.cancel()
            }
        }
    }
}

/// Resumes a continuation with the first of several results.
private final class FirstResult<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ continuation: CheckedContinuation<Value, any Error>) { waiting = Mutex(continuation) }

    func resume(with result: Result<Value, any Error>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
