import Dispatch
import Foundation
import Logging
import Synchronization

/// Writes log lines on a thread of its own, so that no caller ever waits for a slow terminal or pipe.
///
/// The queue is bounded: when the reader of the log does not follow, lines are dropped, counted, and the log says how
/// many. Lines still queued when the process is killed are lost; a normal exit writes them.
public final class LogOutput: Sendable {
    private struct State {
        var entries: [LogEntry] = []
        var dropped = 0
        var waiters: [DispatchSemaphore] = []
        var isClosed = false
    }

    private let format: LogFormat
    private let capacity: Int
    private let sink: @Sendable ([UInt8]) -> Void
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let totalDropped = Atomic(0)

    /// How many lines were dropped since the start.
    public var dropped: Int { totalDropped.load(ordering: .relaxed) }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - capacity: the most lines that wait at a time, 1 or more.
    ///   - sink: takes whole lines; called on the thread of the output, and may block.
    public init(format: LogFormat, capacity: Int = 8192, sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.format = format
        self.capacity = capacity
        self.sink = sink
        let thread = Thread { [self] in drain() }
        thread.name = "log"
        thread.start()
    }

    /// Queues an entry, or drops and counts it where the queue is full or closed. Never blocks on the output.
    func add(_ entry: LogEntry) {
        let isFirst = state.withLock { state in
            guard state.entries.count < capacity, !state.isClosed else {
                state.dropped += 1
                totalDropped.add(1, ordering: .relaxed)
                return false
            }
            state.entries.append(entry)
            return state.entries.count == 1
        }
        if isFirst { wake.signal() }
    }

    /// Waits until every line queued before the call is written, or until `seconds` have passed.
    ///
    /// - Returns: whether they all were.
    @discardableResult
    public func flush(seconds: Double = 2) -> Bool {
        let done = DispatchSemaphore(value: 0)
        let isClosed = state.withLock { state in
            state.waiters.append(done)
            return state.isClosed
        }
        guard !isClosed else { return true }
        wake.signal()
        return done.wait(timeout: .now() + seconds) == .success
    }

    /// Writes what is queued and ends the thread; later lines are dropped.
    public func close() {
        flush()
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    private func drain() {
        var bytes: [UInt8] = []
        while true {
            wake.wait()
            let batch = state.withLock { state in
                defer { state = State(isClosed: state.isClosed) }
                return state
            }
            bytes.removeAll(keepingCapacity: true)
            for entry in batch.entries { entry.write(format, into: &bytes) }
            if batch.dropped > 0 { notice(of: batch.dropped).write(format, into: &bytes) }
            if !bytes.isEmpty { sink(bytes) }
            for waiter in batch.waiters { waiter.signal() }
            if batch.isClosed { return }
        }
    }

    private func notice(of dropped: Int) -> LogEntry {
        LogEntry(
            time: Date(), level: .warning, label: "log",
            message: "lignes de journal perdues : la sortie ne suit pas",
            metadata: [["dropped": .stringConvertible(dropped)]])
    }
}
