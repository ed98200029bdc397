import Foundation
import Values

/// The last 90 days of the providers, as kept.
public struct HealthHistory: Sendable, Hashable {
    /// Days shown and kept, today included.
    public static let days = 90

    /// What was found last, by provider and by what was looked at; the provider's own name stands for the whole.
    public var records: [Source: HealthRecord] = [:]
    /// By provider and day; a day without a finding is missing.
    public var tallies: [String: [CivilDate: DayTally]] = [:]
    /// The latest first.
    public var incidents: [Incident] = []

    public init() {}

    public struct Source: Sendable, Hashable {
        public let provider: String
        public let name: String

        public init(provider: String, name: String) {
            self.provider = provider
            self.name = name
        }

        /// True for the provider as a whole, whose history is kept.
        public var isWhole: Bool { provider == name }
    }

    /// The first day that is kept on that day.
    public static func firstDay(on today: CivilDate) -> CivilDate { today.adding(days: 1 - days) }
}

/// The seconds of one day by state.
public struct DayTally: Sendable, Hashable {
    private var ok = 0
    private var degraded = 0
    private var down = 0
    private var maintenance = 0
    private var unknown = 0

    public init(_ seconds: [HealthState: Int] = [:]) { for (state, count) in seconds { self[state] = count } }

    public subscript(state: HealthState) -> Int {
        get {
            switch state {
            case .ok: ok
            case .degraded: degraded
            case .down: down
            case .maintenance: maintenance
            case .unknown: unknown
            }
        }
        set {
            switch state {
            case .ok: ok = newValue
            case .degraded: degraded = newValue
            case .down: down = newValue
            case .maintenance: maintenance = newValue
            case .unknown: unknown = newValue
            }
        }
    }

    public mutating func add(_ other: DayTally) {
        for state in HealthState.allCases { self[state] += other[state] }
    }

    /// The part of the time that it was well, 0 to 1: maintenance told in advance, and time in which nobody looked,
    /// do not count. Nil where no time counts.
    public var availability: Double? {
        let counted = self[.ok] + self[.degraded] + self[.down]
        return counted > 0 ? Double(self[.ok]) / Double(counted) : nil
    }

    /// The state that tells most of that day: trouble of five minutes or more (a minute, where the day has been looked
    /// at for less than an hour) comes before the rest.
    public var telling: HealthState {
        let counted = HealthState.allCases.reduce(0) { $0 + ($1 == .unknown ? 0 : self[$1]) }
        let least = counted < 3600 ? 60 : 300
        for state in [HealthState.down, .degraded] where self[state] >= least { return state }
        if self[.maintenance] * 2 >= max(1, counted) { return .maintenance }
        return counted > 0 ? .ok : .unknown
    }
}

/// A time in which a provider failed, from the first bad finding to the first that was not bad.
public struct Incident: Sendable, Hashable {
    public enum Kind: String, Sendable { case degraded, down }

    public let provider: String
    public let start: Date
    /// Nil while it lasts.
    public var end: Date?
    /// The worst that was found.
    public var kind: Kind

    public init(provider: String, start: Date, end: Date? = nil, kind: Kind) {
        self.provider = provider
        self.start = start
        self.end = end
        self.kind = kind
    }
}
