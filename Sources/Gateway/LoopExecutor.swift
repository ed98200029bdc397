import NIOCore
import Synchronization

/// Runs the code of a call on the event loop of its connection, so that no step of it is handed to another thread.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    private init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    private static let known = Mutex<[ObjectIdentifier: LoopExecutor]>([:])

    /// The executor of that loop, one for each.
    static func of(_ loop: any EventLoop) -> LoopExecutor {
        known.withLock { known in
            if let executor = known[ObjectIdentifier(loop)] { return executor }
            let executor = LoopExecutor(loop)
            known[ObjectIdentifier(loop)] = executor
            return executor
        }
    }
}
