import Foundation
import Synchronization

/// Records between the calls' threads and the writer's.
final class LedgerQueue: Sendable {
    struct Entry: Sendable {
        let members: [UInt8]
        /// Nil where nobody waits for this very record.
        let delivery: LedgerWriter.Delivery?
    }

    /// Where an entry stands.
    struct Place: Sendable, Hashable {
        let sequence: UInt64
        /// How often sequences had been taken back when it was given.
        let withdrawals: Int
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
        /// Those of them that somebody waits for.
        var outcomes = 0
        /// Intents whose outcome has not come yet.
        var begun = 0
        /// True where the last outcome that was to come waits: nothing more is worth waiting for.
        var isComplete = false
        var bytes = 0
        /// When the first entry has waited long enough, in nanoseconds of uptime.
        var due: UInt64 = 0
        /// What ends the writer's sleep.
        var awaited = Awaited.nothing
        /// Why nothing more is accepted; nil while records are.
        var refusal: LedgerError?
        var hasEnded = false
        var whenEnded: [@Sendable () -> Void] = []
        var counts = LedgerCounts()

        /// Takes what waits out of the queue.
        mutating func clear() -> [Entry] {
            (bytes, outcomes, isComplete) = (0, 0, false)
            defer { entries = [] }
            return entries
        }

        /// Takes what waits, whose sequences are used from now on.
        mutating func takeAll() -> Batch {
            let batch = Batch(first: first, entries: clear())
            first += UInt64(batch.entries.count)
            entries.reserveCapacity(64)
            return batch
        }
    }

    private enum Awaited { case nothing, time, outcome, anything }

    /// How long an intent may wait for an outcome to share its flush, in nanoseconds: nobody waits for an intent itself.
    static let intentWait: UInt64 = 1_000_000

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
    func enqueue(_ entry: Entry, after intent: LedgerIntent? = nil) throws(LedgerError) -> Place {
        let (result, mustWake) = state.withLock { state -> (Result<Place, LedgerError>, Bool) in
            if intent != nil { state.begun -= 1 }
            if let refusal = state.refusal { return (.failure(refusal), false) }
            let room = intent == nil ? 1 : 2
            guard state.entries.count < limits.queuedRecords * room,
                state.bytes + entry.members.count <= limits.queuedBytes * room
            else { return (.failure(.overloaded), false) }
            if let intent, intent.place.withdrawals != state.withdrawals { return (.failure(.full), false) }
            let place = Place(sequence: state.first + UInt64(state.entries.count), withdrawals: state.withdrawals)
            if state.entries.isEmpty { state.due = DispatchTime.now().uptimeNanoseconds + Self.intentWait }
            state.entries.append(entry)
            state.bytes += entry.members.count
            if entry.delivery == nil { state.begun += 1 } else { state.outcomes += 1 }
            if intent != nil, state.begun == 0 { state.isComplete = true }
            let mustWake =
                switch state.awaited {
                case .nothing: false
                case .time: state.isComplete
                case .outcome: entry.delivery != nil
                case .anything: true
                }
            if mustWake { state.awaited = .nothing }
            return (.success(place), mustWake)
        }
        if mustWake { wake.signal() }
        return try result.get()
    }

    /// Waits for entries and takes them all, intents alone once they have waited for ``intentWait``: none at the deadline,
    /// nil once the queue is closed and empty.
    /// - Parameter earliest: before which only a closed queue gives any, or one that holds the outcomes of all calls begun.
    func take(from earliest: DispatchTime? = nil, until deadline: DispatchTime? = nil) -> Batch? {
        while true {
            let now = DispatchTime.now()
            let (batch, due) = state.withLock { state -> (Batch?, DispatchTime) in
                if let earliest, now < earliest, !state.isComplete, state.refusal == nil {
                    state.awaited = .time
                    return (nil, earliest)
                }
                let isRipe = state.outcomes > 0 || !state.entries.isEmpty && state.due <= now.uptimeNanoseconds
                if isRipe || state.refusal != nil { return (state.takeAll(), now) }
                state.awaited = state.entries.isEmpty ? .anything : .outcome
                return (nil, state.entries.isEmpty ? .distantFuture : DispatchTime(uptimeNanoseconds: state.due))
            }
            if let batch { return batch.entries.isEmpty ? nil : batch }
            if let deadline, deadline <= now { return Batch(first: 0, entries: []) }
            _ = wake.wait(timeout: min(due, deadline ?? .distantFuture))
        }
    }

    /// Takes back the sequences from `first` on, of which nothing was written.
    /// - Returns: the entries that had waited behind.
    func withdraw(to first: UInt64) -> [Entry] {
        state.withLock { state in
            state.first = first
            state.withdrawals += 1
            return state.clear()
        }
    }

    /// Accepts nothing more; what waits is still written.
    func close() {
        let mustWake = state.withLock { state -> Bool in
            state.refusal = state.refusal ?? .closed
            defer { state.awaited = .nothing }
            return state.awaited != .nothing
        }
        if mustWake { wake.signal() }
    }

    /// Accepts nothing more, ever, and gives back what waits.
    func fail() -> [Entry] {
        state.withLock { state in
            state.refusal = .unwritable
            return state.clear()
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
