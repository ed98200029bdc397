import Foundation

extension Paris {
    /// Which of the two instants that a clock shows alike in the night when it goes back.
    public enum Showing: Sendable { case first, last }

    private static let zone = TimeZone(identifier: "Europe/Paris") ?? .gmt

    /// The instant at which a clock in Paris shows that minute of that day; nil where the date is incomplete.
    ///
    /// In the night when clocks go forward some minutes are never shown: the instant of the change stands for them.
    /// - Parameter minute: minutes since midnight as the clock shows them, 0 to 1439.
    public static func instant(of date: CivilDate, minute: Int, _ showing: Showing = .first) -> Date? {
        guard let midnight = midnight(of: date) else { return nil }
        let start = Date(timeIntervalSince1970: Double(midnight))
        let unchanged = start.addingTimeInterval(Double(minute * 60))
        guard let change = zone.nextDaylightSavingTimeTransition(after: start), change < endOfDay(after: start) else {
            return unchanged
        }
        let gained = zone.secondsFromGMT(for: change) - zone.secondsFromGMT(for: start)
        let changed = unchanged.addingTimeInterval(Double(-gained))
        switch (unchanged < change, changed >= change) {
        case (true, true): return showing == .first ? unchanged : changed
        case (true, false): return unchanged
        case (false, true): return changed
        case (false, false): return change
        }
    }
}
