/// Counts the requests of one budget so that no span of `period`, whenever it begins, holds more than `calls`.
///
/// A request takes a place before it leaves and gives it back one period after its exchange has ended. It reaches the
/// provider somewhere in between, so two requests of one place are always more than a period apart, as the hub sends
/// them and as the provider counts them, however long they wait for a connection. A pure machine.
public struct QuotaWindow: Sendable {
    public enum Decision: Sendable, Equatable {
        case allow
        /// Refused; a new try makes sense after so long.
        case refuse(retryIn: Duration)
    }

    public package(set) var calls: Int
    public let period: Duration
    private var underWay = 0
    /// Ends of exchanges of the last period, the oldest first; those before `first` count no more.
    private var ends: [Duration] = []
    private var first = 0

    public init(calls: Int, period: Duration) {
        self.calls = calls
        self.period = period
    }

    /// Asks for a place.
    /// - Parameter now: on a monotonic clock.
    public mutating func take(at now: Duration) -> Decision {
        forget(before: now)
        guard remaining > 0 else {
            // Where all places are under way, none is free before a whole period.
            return .refuse(retryIn: first < ends.count ? max(.zero, ends[first] + period - now) : period)
        }
        underWay += 1
        return .allow
    }

    /// Tells that an exchange has ended, well or not.
    public mutating func end(at now: Duration) {
        underWay -= 1
        ends.append(now)
    }

    /// Gives back the place of a request that never left.
    public mutating func giveBack() { underWay -= 1 }

    /// Requests that may leave now.
    public mutating func remaining(at now: Duration) -> Int {
        forget(before: now)
        return remaining
    }

    private var remaining: Int { calls - underWay - (ends.count - first) }

    private mutating func forget(before now: Duration) {
        while first < ends.count, now - ends[first] > period { first += 1 }
        if first > calls {
            ends.removeFirst(first)
            first = 0
        }
    }
}
