import Foundation
import Synchronization

/// Records between the calls' threads and the writer's.
final class LedgerQueue: Sendable {
    struct Entry: Sendable {
        let members: [UInt8]
        let completion: @Sendable (Result<UInt64, LedgerError>) -> Void
    }

    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        var isWaiting = false
        /// Why nothing more is accepted; nil while records are.
        var refusal: LedgerError?
        var hasEnded = false
        var whenEnded: [@Sendable () -> Void] = []
        var counts = LedgerCounts()
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let limits: LedgerLimits

    init(limits: LedgerLimits) { self.limits = limits }

    var isOpen: Bool { state.withLock { $0.refusal == nil } }
    var counts: LedgerCounts { state.withLock { $0.counts } }

    /// - Returns: why the entry was not taken; nil where it was.
    func enqueue(_ entry: Entry) -> LedgerError? {
        let (refusal, mustWake) = state.withLock { state -> (LedgerError?, Bool) in
            if let refusal = state.refusal { return (refusal, false) }
            guard state.entries.count < limits.queuedRecords, state.bytes + entry.members.count <= limits.queuedBytes
            else { return (.overloaded, false) }
            state.entries.append(entry)
            state.bytes += entry.members.count
            defer { state.isWaiting = false }
            return (nil, state.isWaiting)
        }
        if mustWake { wake.signal() }
        return refusal
    }

    /// Waits for entries and takes them all; nil once the queue is closed and empty.
    func take() -> [Entry]? {
        while true {
            let (entries, isOver) = state.withLock { state -> ([Entry], Bool) in
                defer {
                    state.entries = []
                    state.entries.reserveCapacity(64)
                    state.bytes = 0
                }
                state.isWaiting = state.entries.isEmpty && state.refusal == nil
                return (state.entries, state.entries.isEmpty && state.refusal != nil)
            }
            if isOver { return nil }
            if !entries.isEmpty { return entries }
            wake.wait()
        }
    }

    /// Accepts nothing more; what waits is still written.
    func close() {
        let mustWake = state.withLock { state -> Bool in
            state.refusal = state.refusal ?? .closed
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if mustWake { wake.signal() }
    }

    /// Accepts nothing more, ever, and gives back what waits.
    func fail() -> [Entry] {
        state.withLock { state in
            state.refusal = .unwritable
            defer { state.entries = [] }
            return state.entries
        }
    }

    /// Adds one flush to the counts.
    func count(records: Int) {
        state.withLock { state in
            state.counts.records += records
            state.counts.flushes += 1
        }
    }

    /// Says that the writer's thread is over.
    func end() {
        let actions = state.withLock { state in
            state.hasEnded = true
            defer { state.whenEnded = [] }
            return state.whenEnded
        }
        for action in actions { action() }
    }

    /// Runs `action` once the writer's thread is over.
    func whenEnded(_ action: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.hasEnded { state.whenEnded.append(action) }
            return state.hasEnded
        }
        if isOver { action() }
    }
}
