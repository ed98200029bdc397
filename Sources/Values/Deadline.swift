/// When something must be over, on a clock that never goes back.
public struct Deadline: Sendable, Hashable, Comparable {
    public let instant: ContinuousClock.Instant

    public init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    public static func after(_ time: Duration) -> Deadline { Deadline(.now + time) }

    /// Time left, never negative.
    public var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }

    /// Half of the time left: for a step whose failure must leave time to go on without it.
    public var halfway: Deadline { .after(remaining / 2) }

    public static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }
}

extension Duration {
    /// Whole nanoseconds; up to 292 years.
    package var nanoseconds: Int { Int(attoseconds / 1_000_000_000) }
}
