import Foundation
import Metrics
import Synchronization

/// How many calls are under way at once, and whose: beyond what the hub can carry the rest is refused at once, so that
/// those that are let in still get their answer in time, and one organisation's rush is not the others' outage.
///
/// Nothing waits in a queue: whoever would wait is told when to come back.
public final class Admission: Sendable {
    /// Why a call is not let in.
    enum Refusal: Int, Sendable {
        /// The hub is full.
        case full
        /// The hub is nearly full, and the organisation has more than its share of it.
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
    }

    private struct State {
        var holders: [String: Holder] = [:]
        /// The second in which the holders were last looked through.
        var looked: Int64 = 0
    }

    /// Calls at once.
    public let limit: Int
    /// Above that many, an organisation with more than its share is let in no more: a tenth of the places is always
    /// for those who have less.
    private let crowded: Int
    private let state = Mutex(State())
    private let underWay = Atomic(0)
    private let refused: [Counter]
    private let level = Gauge(label: "unefois_calls_under_way")
    private let organisations = Gauge(label: "unefois_calling_organisations")

    public init(limit: Int = Admission.standardLimit) {
        self.limit = limit
        crowded = max(1, limit - max(1, limit / 10))
        refused = ["full", "share"].map { Counter(label: "unefois_calls_refused", dimensions: [("reason", $0)]) }
    }

    /// One call for each MiB of the machine's memory, from 256 to 4 096: a call holds some 100 kB, and an answer of a
    /// provider up to 16 MiB.
    public static var standardLimit: Int {
        min(max(Int(ProcessInfo.processInfo.physicalMemory >> 20), 256), 4_096)
    }

    /// Lets a call in or refuses it.
    ///
    /// The share of an organisation is the limit divided by the organisations that have calls under way or asked within
    /// the last second. One below its share is let in while there is room; one above it, while there is more than a
    /// tenth left.
    /// - Parameters:
    ///   - organisation: who calls; all who are nobody in particular count as one.
    ///   - now: the instant of the call.
    func begin(_ organisation: String, now: ContinuousClock.Instant) -> Result<Place, RefusalError> {
        let second = Self.origin.duration(to: now).components.seconds
        let (holder, share) = state.withLock { state -> (Holder, Int) in
            if state.looked != second { lookThrough(&state, second) }
            let holder = state.holders[organisation] ?? Holder()
            if holder.lastAsked.exchange(second, ordering: .relaxed) == 0 { state.holders[organisation] = holder }
            return (holder, max(1, limit / state.holders.count))
        }
        let total = underWay.wrappingAdd(1, ordering: .relaxed).newValue
        let own = holder.underWay.wrappingAdd(1, ordering: .relaxed).newValue
        guard total > limit || (own > share && total > crowded) else { return .success(Place(holder: holder)) }
        end(Place(holder: holder))
        let refusal: Refusal = own > share ? .overShare : .full
        refused[refusal.rawValue].increment()
        return .failure(RefusalError(refusal: refusal))
    }

    struct RefusalError: Error { let refusal: Refusal }

    func end(_ place: Place) {
        place.holder.underWay.wrappingSubtract(1, ordering: .relaxed)
        underWay.wrappingSubtract(1, ordering: .relaxed)
    }

    /// Forgets organisations that have nothing under way and have not asked for a second.
    private func lookThrough(_ state: inout State, _ second: Int64) {
        state.looked = second
        state.holders = state.holders.filter { _, holder in
            holder.underWay.load(ordering: .relaxed) > 0 || holder.lastAsked.load(ordering: .relaxed) >= second - 1
        }
        level.record(underWay.load(ordering: .relaxed))
        organisations.record(state.holders.count)
    }

    /// Before any call, so that no second is 0.
    private static let origin = ContinuousClock.now - .seconds(10)
}
