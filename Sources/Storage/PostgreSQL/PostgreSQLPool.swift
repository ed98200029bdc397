import Dispatch
import Foundation
import Synchronization

/// Threads with a link each, that take work from one queue.
final class PostgreSQLPool: Sendable {
    /// Accesses that may wait for a thread; one more is refused.
    private static let longestQueue = 2000
    /// How long an access may wait for a thread, and go on after conflicts.
    private static let patience = Duration.milliseconds(5000)

    private struct Job: Sendable {
        let since: ContinuousClock.Instant
        /// Called once, with the thread's link or the reason why there is none.
        let run: @Sendable (Worker, _ isLate: Bool) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var next = 0
        var isStopped = false
        /// After a failure to connect, nobody tries before.
        var retryAt: ContinuousClock.Instant?
        var failures = 0
        var reason: SQLError?
    }

    private let address: PostgreSQLAddress
    private let state = Mutex(State())
    private let waiting = DispatchSemaphore(value: 0)
    private let connections: Int

    init(_ address: PostgreSQLAddress, connections: Int) {
        self.address = address
        self.connections = connections
        for number in 1...connections {
            let thread = Thread { Worker(self).loop() }
            thread.name = "postgresql-\(number)"
            thread.start()
        }
    }

    var isReachable: Bool { state.withLock { $0.reason == nil } }

    /// Ends the threads once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<connections { waiting.signal() }
    }

    /// Runs `body` on a thread with a link, again after conflicts.
    func run<Value: Sendable>(_ body: @escaping @Sendable (PostgreSQLLink) throws -> Value) async throws -> Value {
        let isCancelled = Mutex(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let job = Job(since: .now) { worker, isLate in
                    continuation.resume(
                        with: Result {
                            if isCancelled.withLock({ $0 }) { throw CancellationError() }
                            if isLate { throw SQLError(.busy, "every connection to the database is taken") }
                            return try worker.persist(until: .now + Self.patience, body)
                        })
                }
                guard !add(job) else { return }
                continuation.resume(throwing: SQLError(.busy, "too many accesses to the database wait"))
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }

    private func add(_ job: Job) -> Bool {
        let isAdded = state.withLock { state in
            guard !state.isStopped, state.jobs.count - state.next < Self.longestQueue else { return false }
            state.jobs.append(job)
            return true
        }
        if isAdded { waiting.signal() }
        return isAdded
    }

    /// The next piece of work; nil at the end.
    private func take() -> Job? {
        waiting.wait()
        return state.withLock { state in
            guard state.next < state.jobs.count else { return nil }
            defer {
                state.next += 1
                if state.next > 64, state.next * 2 > state.jobs.count {
                    state.jobs.removeFirst(state.next)
                    state.next = 0
                }
            }
            return state.jobs[state.next]
        }
    }

    /// A new link, unless a failure to connect is too recent: then work is refused at once.
    private func connect() throws -> PostgreSQLLink {
        let refusal = state.withLock { state in state.retryAt.flatMap { $0 > .now ? state.reason : nil } }
        if let refusal { throw refusal }
        do {
            let link = try PostgreSQLLink(address)
            state.withLock { ($0.retryAt, $0.failures, $0.reason) = (nil, 0, nil) }
            return link
        } catch let error as SQLError {
            state.withLock { state in
                state.failures += 1
                let wait = min(2000, 50 << min(state.failures, 6)) + Int.random(in: 0..<50)
                (state.retryAt, state.reason) = (.now + .milliseconds(wait), error)
            }
            throw error
        }
    }

    /// What one thread does.
    private final class Worker {
        private let pool: PostgreSQLPool
        private var link: PostgreSQLLink?

        init(_ pool: PostgreSQLPool) { self.pool = pool }

        func loop() {
            while let job = pool.take() { job.run(self, job.since + PostgreSQLPool.patience < .now) }
        }

        /// Runs `body` until it neither conflicts with another transaction nor loses its link.
        func persist<Value>(
            until deadline: ContinuousClock.Instant, _ body: (PostgreSQLLink) throws -> Value
        ) throws -> Value {
            var attempts = 0
            var losses = 0
            while true {
                let link = try self.link ?? pool.connect()
                self.link = link
                do {
                    return try body(link)
                } catch {
                    if link.isLost { self.link = nil }
                    guard let error = error as? SQLError else { throw error }
                    if error.code == .unreachable { self.link = nil }
                    guard error.mayPass, deadline > .now else { throw error }
                    if error.code == .unreachable {
                        // A link that has been idle may have died long ago; a fresh one says how things are.
                        losses += 1
                        if losses > 2 { throw error }
                    } else if error.code == .other {
                        try link.forgetPrepared()
                    }
                    attempts += 1
                    let longest = min(50_000, 1000 << min(attempts, 6))
                    // On the link's own thread. Transactions that met would meet again if all were rerun at once.
                    usleep(UInt32.random(in: 0..<UInt32(longest)))
                }
            }
        }
    }
}
