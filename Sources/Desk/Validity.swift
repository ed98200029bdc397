import Foundation

/// How long rights last.
public enum Validity {
    /// In months: that of the tokens of API Particulier and API Entreprise.
    public static let months = 18

    /// The end of a right that starts, or starts anew, at `instant`: the same day and hour (UTC) 18 months later.
    public static func end(from instant: Date) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(byAdding: .month, value: months, to: instant) ?? instant
    }
}
