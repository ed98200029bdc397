import Foundation
import Synchronization

/// A date of the civil register, of which month or day may be unknown (written `00`).
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    /// 1…12, or 0 where unknown.
    public let month: Int
    /// 1…31, or 0 where unknown.
    public let day: Int

    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`, `DD/MM/YYYY` or the date of an ISO 8601 instant as written; nil for anything else.
    public init?(_ text: String) {
        var text = text
        guard let date = text.withUTF8(Self.init(bytes:)) else { return nil }
        self = date
    }

    private init?(bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= 10 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        let year: Int?
        let month: Int?
        let day: Int?
        if bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") {
            guard bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20 else { return nil }
            (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        } else if bytes.count == 10, bytes[2] == UInt8(ascii: "/"), bytes[5] == UInt8(ascii: "/") {
            (year, month, day) = (number(6..<10), number(3..<5), number(0..<2))
        } else {
            return nil
        }
        guard let year, let month, let day, month <= 12, day <= 31 else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`, with `00` for what is unknown.
    public var description: String {
        guard (0...9999).contains(year), (0...99).contains(month), (0...99).contains(day) else {
            return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
        }
        let (number, dash) = (UInt8(ascii: "0"), UInt8(ascii: "-"))
        let signs: [10 of UInt8] = [
            number + UInt8(year / 1000), number + UInt8(year / 100 % 10), number + UInt8(year / 10 % 10),
            number + UInt8(year % 10), dash, number + UInt8(month / 10), number + UInt8(month % 10), dash,
            number + UInt8(day / 10), number + UInt8(day % 10),
        ]
        return signs.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// `DD/MM/YYYY`.
    public var french: String { Self.padded(day, 2) + "/" + Self.padded(month, 2) + "/" + Self.padded(year, 4) }

    /// True where month and day are known and the day exists.
    public var isComplete: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.days(in: month, of: year)
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The last day of the month that lies `months` after this one.
    public func endOfMonth(after months: Int) -> CivilDate {
        let total = year * 12 + month - 1 + months
        let (year, month) = (total / 12, total % 12 + 1)
        return CivilDate(year: year, month: month, day: Self.days(in: month, of: year))
    }

    /// Completed years at `date`. Both dates must be complete.
    public func age(at date: CivilDate) -> Int {
        date.year - year - ((date.month, date.day) < (month, day) ? 1 : 0)
    }

    /// The days of a month of the Gregorian calendar; 0 for no month.
    public static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 1, 3, 5, 7, 8, 10, 12: 31
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 0
        }
    }

    /// A number on at least `width` digits.
    public static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return text.utf8.count < width ? String(repeating: "0", count: width - text.utf8.count) + text : text
    }
}

/// Civil time in France, the zone of the hubs' calendars.
public enum Paris {
    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/Paris") ?? .gmt
        return calendar
    }()

    /// Midnight in Paris at the start of that day, in seconds since 1970; nil where the date is incomplete.
    public static func midnight(of date: CivilDate) -> Int? {
        guard date.isComplete else { return nil }
        let parts = DateComponents(year: date.year, month: date.month, day: date.day)
        return calendar.date(from: parts).map { Int($0.timeIntervalSince1970.rounded(.down)) }
    }

    /// One day of Paris: a calendar's answer costs microseconds, and most calls of a day ask for that day.
    private struct Day {
        let interval: DateInterval
        let monthEnd: Date
        let date: CivilDate
        let weekday: Int
    }
    private static let lastDay = Mutex<Day?>(nil)

    private static func day(at instant: Date) -> Day {
        if let day = lastDay.withLock({ $0 }), day.interval.start <= instant, instant < day.interval.end { return day }
        let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: instant)
        let day = Day(
            interval: calendar.dateInterval(of: .day, for: instant) ?? DateInterval(start: instant, duration: 0),
            monthEnd: calendar.dateInterval(of: .month, for: instant)?.end ?? instant,
            date: CivilDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0),
            weekday: parts.weekday ?? 0)
        lastDay.withLock { $0 = day }
        return day
    }

    /// The calendar date in Paris at that instant.
    public static func date(at instant: Date) -> CivilDate { day(at: instant).date }

    /// The instant as ISO 8601 with milliseconds and the offset of Paris.
    public static func timestamp(at instant: Date) -> String {
        let offset = calendar.timeZone.secondsFromGMT(for: instant)
        let style = Date.ISO8601FormatStyle(
            timeZoneSeparator: .colon, includingFractionalSeconds: true,
            timeZone: TimeZone(secondsFromGMT: offset) ?? .gmt)
        let text = instant.formatted(style)
        return text.hasSuffix("Z") ? text.dropLast() + "+00:00" : text
    }

    /// Minutes since midnight and day of the week (1 Sunday … 7 Saturday) in Paris.
    public static func timeOfDay(at instant: Date) -> (minute: Int, weekday: Int) {
        let day = day(at: instant)
        if day.interval.duration == 86_400 {
            return (Int(instant.timeIntervalSince(day.interval.start)) / 60, day.weekday)
        }
        let parts = calendar.dateComponents([.hour, .minute], from: instant)
        return ((parts.hour ?? 0) * 60 + (parts.minute ?? 0), day.weekday)
    }

    /// The start of the next day in Paris.
    public static func endOfDay(after instant: Date) -> Date { day(at: instant).interval.end }

    /// The start of the next month in Paris.
    public static func endOfMonth(after instant: Date) -> Date { day(at: instant).monthEnd }
}

/// The hour, injected so that tests and `--clock` decide it.
public struct WallClock: Sendable {
    /// The present instant.
    public let now: @Sendable () -> Date

    public init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// The machine's clock.
    public static let system = WallClock { Date() }

    /// A clock that starts at `instant` and runs at the machine's pace.
    public static func starting(at instant: Date) -> WallClock {
        let offset = instant.timeIntervalSinceNow
        return WallClock { Date().addingTimeInterval(offset) }
    }

    /// A clock that stands still.
    public static func fixed(_ instant: Date) -> WallClock { WallClock { instant } }

    /// Today in Paris.
    public var today: CivilDate { Paris.date(at: now()) }
}
