import Foundation
import Synchronization

/// Records between the calls' threads and the writer's.
final class LedgerQueue: Sendable {
    struct Entry: Sendable {
        let members: [UInt8]
        /// Nil where nobody waits for this very record.
        let completion: (@Sendable (Result<UInt64, LedgerError>) -> Void)?
    }

    /// Entries that follow each other, from that sequence on.
    struct Batch: Sendable {
        let first: UInt64
        var entries: [Entry]
    }

    private struct State {
        /// Of the first entry that waits.
        var first: UInt64
        /// How often sequences were taken back: what was begun before is void.
        var withdrawals = 0
        var entries: [Entry] = []
        var bytes = 0
        var isWaiting = false
        /// Why nothing more is accepted; nil while records are.
        var refusal: LedgerError?
        var hasEnded = false
        var whenEnded: [@Sendable () -> Void] = []
        var counts = LedgerCounts()
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let limits: LedgerLimits

    init(limits: LedgerLimits, first: UInt64) {
        self.limits = limits
        state = Mutex(State(first: first))
    }

    var isOpen: Bool { state.withLock { $0.refusal == nil } }
    var counts: LedgerCounts { state.withLock { $0.counts } }

    /// Gives an entry its place.
    ///
    /// An outcome whose intent is kept has twice the room: its provider has been asked already.
    /// - Parameter intent: what the entry is the outcome of.
    /// - Throws: why the entry is not taken.
    func enqueue(_ entry: Entry, after intent: LedgerIntent? = nil) throws(LedgerError) -> LedgerIntent {
        let (result, mustWake) = state.withLock { state -> (Result<LedgerIntent, LedgerError>, Bool) in
            if let refusal = state.refusal { return (.failure(refusal), false) }
            let room = intent == nil ? 1 : 2
            guard state.entries.count < limits.queuedRecords * room,
                state.bytes + entry.members.count <= limits.queuedBytes * room
            else { return (.failure(.overloaded), false) }
            if let intent, intent.withdrawals != state.withdrawals { return (.failure(.full), false) }
            let place = LedgerIntent(
                sequence: state.first + UInt64(state.entries.count), withdrawals: state.withdrawals)
            state.entries.append(entry)
            state.bytes += entry.members.count
            defer { state.isWaiting = false }
            return (.success(place), state.isWaiting)
        }
        if mustWake { wake.signal() }
        return try result.get()
    }

    /// Waits for entries and takes them all: none at the deadline, nil once the queue is closed and empty.
    func take(until deadline: DispatchTime? = nil) -> Batch? {
        while true {
            let (batch, isOver) = state.withLock { state -> (Batch, Bool) in
                let batch = Batch(first: state.first, entries: state.entries)
                state.isWaiting = batch.entries.isEmpty && state.refusal == nil
                state.first += UInt64(batch.entries.count)
                state.entries = []
                state.entries.reserveCapacity(64)
                state.bytes = 0
                return (batch, batch.entries.isEmpty && state.refusal != nil)
            }
            if isOver { return nil }
            if !batch.entries.isEmpty { return batch }
            guard let deadline else {
                wake.wait()
                continue
            }
            if wake.wait(timeout: deadline) == .timedOut { return batch }
        }
    }

    /// Takes back the sequences from `first` on, of which nothing was written.
    /// - Returns: the entries that had waited behind.
    func withdraw(to first: UInt64) -> [Entry] {
        state.withLock { state in
            state.first = first
            state.withdrawals += 1
            state.bytes = 0
            defer { state.entries = [] }
            return state.entries
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
