import Foundation
import Values

/// What was found last of a provider or of a part of it. A pure machine: each finding closes the time since the one
/// before.
public struct HealthRecord: Sendable, Hashable {
    public internal(set) var state: HealthState
    /// When that was found.
    public internal(set) var updated: Date
    /// When it was found well for the last time.
    public internal(set) var lastOK: Date?
    /// When the first of the bad findings in a row was made.
    public internal(set) var failingSince: Date?
    /// The start of the incident that lasts.
    public internal(set) var incident: Date?

    /// Seconds after which nobody knows how things were: the hub itself did not look. A look at a provider that lets
    /// every request time out takes minutes; a restart of the hub takes less.
    public static let patience = 300.0

    /// What a finding adds to the history.
    public struct Passage: Sendable, Hashable {
        public var spent: [Share] = []
        public var incident: Change?
    }

    /// Seconds of a day of Paris spent in a state.
    public struct Share: Sendable, Hashable {
        public let day: CivilDate
        public let state: HealthState
        public let seconds: Int
    }

    public enum Change: Sendable, Hashable {
        case opened(at: Date, Incident.Kind)
        /// It goes on, and it may have become worse.
        case lasted(since: Date, Incident.Kind)
        case closed(since: Date, at: Date)
    }

    /// A record that begins with its first finding.
    public init(first state: HealthState, at now: Date) {
        self.init(state: state, updated: now)
        lastOK = state == .ok ? now : nil
        failingSince = state.isBad ? now : nil
    }

    init(state: HealthState, updated: Date) {
        self.state = state
        self.updated = updated
    }

    /// Takes what is found now, and tells how the time since the last finding was spent.
    ///
    /// An incident begins with the second bad finding in a row, at the time of the first: a single one may be chance.
    public mutating func find(_ found: HealthState, at now: Date) -> Passage {
        var passage = Passage()
        let isGap = now.timeIntervalSince(updated) > Self.patience
        passage.spent = Self.shares(from: updated, to: now, in: isGap ? .unknown : state)
        if isGap, let since = incident {
            passage.incident = .closed(since: since, at: updated)
            incident = nil
        }
        if isGap { failingSince = nil }
        if found.isBad {
            follow(found, at: now, &passage)
        } else {
            if let since = incident { passage.incident = .closed(since: since, at: now) }
            (failingSince, incident) = (nil, nil)
        }
        if found == .ok { lastOK = now }
        (state, updated) = (found, now)
        return passage
    }

    private mutating func follow(_ found: HealthState, at now: Date, _ passage: inout Passage) {
        let kind: Incident.Kind = found == .down || state == .down ? .down : .degraded
        if let since = incident {
            passage.incident = .lasted(since: since, kind)
        } else if let start = failingSince {
            incident = start
            passage.incident = .opened(at: start, kind)
        } else {
            failingSince = now
        }
    }

    /// Whole seconds between two instants by day; none where the clock went back.
    static func shares(from start: Date, to end: Date, in state: HealthState) -> [Share] {
        var shares: [Share] = []
        var cursor = start
        // Longer than the history is kept would be wasted on days nobody reads.
        cursor = max(cursor, end.addingTimeInterval(-Double(HealthHistory.days + 1) * 86_400))
        while cursor < end {
            let stop = min(Paris.endOfDay(after: cursor), end)
            let seconds = wholeSeconds(stop) - wholeSeconds(cursor)
            if seconds > 0 { shares.append(Share(day: Paris.date(at: cursor), state: state, seconds: seconds)) }
            cursor = stop
        }
        return shares
    }

    private static func wholeSeconds(_ instant: Date) -> Int { Int(instant.timeIntervalSince1970.rounded(.down)) }
}
