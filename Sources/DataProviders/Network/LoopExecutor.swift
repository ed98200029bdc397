import NIOCore
import NIOPosix
import Synchronization

/// An event loop as the executor of the tasks of its connections' calls (HTTP/1), which stay on it.
///
/// What was read in one turn of the loop is taken together: all of it is read, then calls begin or go on one after the
/// other, then what they have written leaves. Left to the global executor, a task that was resumed runs « on the loop » and
/// asks for « anywhere » at the head of each function that waits: it is put back into the loop's queue six times a call.
public final class LoopExecutor: TaskExecutor {
    /// What has written something that is to leave at the end of the turn.
    public protocol Writing: AnyObject {
        func endTurn()
    }

    private struct Waiting {
        var jobs: [UnownedJob] = []
        /// True from the first job, or the first that has written, to the moment when neither is left.
        var isScheduled = false
    }

    private static let ofThread = ThreadSpecificVariable<LoopExecutor>()

    private let loop: any EventLoop
    private let waiting = Mutex(Waiting())
    private let written: NIOLoopBoundBox<[any Writing]>

    private init(_ loop: any EventLoop) {
        self.loop = loop
        written = NIOLoopBoundBox([], eventLoop: loop)
    }

    /// The executor of the loop that the caller runs on.
    public static func of(_ loop: any EventLoop) -> LoopExecutor {
        loop.preconditionInEventLoop()
        if let known = ofThread.currentValue, known.loop === loop { return known }
        let executor = LoopExecutor(loop)
        ofThread.currentValue = executor
        return executor
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        schedule { $0.append(job) }
    }

    /// Ends the turn of something once all that was read has been taken; called on the loop, once a turn.
    public func atEnd(_ writing: any Writing) {
        written.value.append(writing)
        if written.value.count == 1 { schedule { _ in } }
    }

    private func schedule(_ add: (inout [UnownedJob]) -> Void) {
        let isFirst = waiting.withLock { waiting in
            add(&waiting.jobs)
            defer { waiting.isScheduled = true }
            return !waiting.isScheduled
        }
        if isFirst { loop.execute { self.run() } }
    }

    private func run() {
        while let jobs = next() {
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if jobs.isEmpty {
                let ended = written.value
                written.value.removeAll(keepingCapacity: true)
                for writing in ended { writing.endTurn() }
            }
        }
    }

    /// The jobs that wait: none where only the turn is left to end, nil where nothing is.
    private func next() -> [UnownedJob]? {
        waiting.withLock { waiting in
            guard waiting.jobs.isEmpty else {
                let jobs = waiting.jobs
                waiting.jobs = []
                waiting.jobs.reserveCapacity(jobs.count)
                return jobs
            }
            waiting.isScheduled = !written.value.isEmpty
            return waiting.isScheduled ? [] : nil
        }
    }
}
