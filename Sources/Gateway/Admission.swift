import Foundation
import Metrics
import Synchronization
import Values

/// How many calls are under way at once, and whose: beyond what the hub can carry the rest is refused at once, so that
/// those that are let in still get their answer in time, and one organisation's rush is not the others' outage.
///
/// Nothing waits in a queue: whoever would wait is told when to come back.
public final class Admission: Sendable {
    /// Why a call is not let in.
    enum Refusal: Error {
        /// The hub is full.
        case full
        /// What is left is for organisations that have less than their share.
        case overShare
    }

    /// A call that was let in; it must be given back with ``Admission/end(_:)``.
    struct Place: Sendable {
        fileprivate let holder: Holder
    }

    /// One organisation's calls.
    fileprivate final class Holder: Sendable {
        let underWay = Atomic(0)
        /// The second in which it last asked, let in or not.
        let lastAsked = Atomic<Int64>(0)
        /// The most that it had or wanted at once in this second, and in the one before.
        let peak = Atomic(0)
        let formerPeak = Atomic(0)
        /// What is kept for it: its recent peak, up to its share.
        let kept = Atomic(0)
    }

    private struct State {
        var holders: [String: Holder] = [:]
        /// The tenth of a second in which the holders were last looked through.
        var looked: Int64 = 0
        var share = Int.max
        /// What is kept for all of them.
        var kept = 0
    }

    /// Calls at once.
    public let limit: Int
    private let state = Mutex(State())
    private let underWay = Atomic(0)
    private let refusedFull = Counter(label: "unefois_calls_refused", dimensions: [("reason", "full")])
    private let refusedShare = Counter(label: "unefois_calls_refused", dimensions: [("reason", "share")])
    private let level = Gauge(label: "unefois_calls_under_way")
    private let organisations = Gauge(label: "unefois_calling_organisations")

    public init(limit: Int = Admission.standardLimit) { self.limit = limit }

    /// One call for each MiB of the machine's memory, from 256 to 4 096: a call holds some 100 kB, and an answer of a
    /// provider up to 16 MiB.
    public static var standardLimit: Int {
        min(max(Int(ProcessInfo.processInfo.physicalMemory >> 20), 256), 4_096)
    }

    /// Lets a call in or refuses it.
    ///
    /// The share of an organisation is the limit divided by the organisations that have calls under way or asked within
    /// the last second. One below its share is let in while there is room. One above it leaves room for what the others
    /// had or wanted at once in the last two seconds, each up to its share, and for a twentieth of the limit at least.
    /// - Parameters:
    ///   - organisation: who calls; all who are nobody in particular count as one.
    ///   - now: the instant of the call.
    func begin(_ organisation: String, now: ContinuousClock.Instant) -> Result<Place, Refusal> {
        let elapsed = Self.origin.duration(to: now).nanoseconds
        let (second, tenth) = (Int64(elapsed / 1_000_000_000), Int64(elapsed / 100_000_000))
        let (holder, share, keptForOthers) = state.withLock { state in
            let holder = state.holders[organisation] ?? Holder()
            if holder.lastAsked.exchange(second, ordering: .relaxed) == 0 {
                state.holders[organisation] = holder
            }
            // Calls that another loop read earlier may come later.
            if state.looked < tenth { lookThrough(&state, tenth) }
            return (holder, state.share, state.kept - holder.kept.load(ordering: .relaxed))
        }
        let total = underWay.wrappingAdd(1, ordering: .relaxed).newValue
        let own = holder.underWay.wrappingAdd(1, ordering: .relaxed).newValue
        if own > holder.peak.load(ordering: .relaxed) { holder.peak.store(own, ordering: .relaxed) }
        let isOver = own > share
        guard total > limit || (isOver && own > limit - max(keptForOthers, limit / 20)) else {
            return .success(Place(holder: holder))
        }
        end(Place(holder: holder))
        guard !isOver else {
            refusedShare.increment()
            return .failure(.overShare)
        }
        // More is kept for who has less than a share and finds no room.
        holder.peak.wrappingAdd(1, ordering: .relaxed)
        refusedFull.increment()
        return .failure(.full)
    }

    func end(_ place: Place) {
        place.holder.underWay.wrappingSubtract(1, ordering: .relaxed)
        underWay.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Forgets organisations that have nothing under way and have not asked for a second, and reckons what is kept for
    /// the others.
    private func lookThrough(_ state: inout State, _ tenth: Int64) {
        let isNewSecond = state.looked / 10 != tenth / 10
        state.looked = tenth
        if isNewSecond {
            state.holders = state.holders.filter { _, holder in
                holder.underWay.load(ordering: .relaxed) > 0
                    || holder.lastAsked.load(ordering: .relaxed) >= tenth / 10 - 1
            }
            level.record(underWay.load(ordering: .relaxed))
            organisations.record(state.holders.count)
        }
        state.share = max(1, limit / max(1, state.holders.count))
        state.kept = 0
        for holder in state.holders.values {
            let own = holder.underWay.load(ordering: .relaxed)
            if isNewSecond {
                holder.formerPeak.store(holder.peak.exchange(own, ordering: .relaxed), ordering: .relaxed)
            }
            let peak = max(holder.peak.load(ordering: .relaxed), holder.formerPeak.load(ordering: .relaxed))
            let kept = min(peak, state.share)
            holder.kept.store(kept, ordering: .relaxed)
            state.kept += kept
        }
    }

    /// Before any call, so that no second is 0.
    private static let origin = ContinuousClock.now - .seconds(10)
}
