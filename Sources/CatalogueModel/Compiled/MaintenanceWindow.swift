import Foundation
import Synchronization
import Values

/// Times at which a provider is closed, as clocks in Paris show them.
public struct MaintenanceWindow: Sendable, Hashable {
    public enum Rule: Sendable, Hashable {
        /// From one minute of the day to another; where the end is before the start it belongs to the next day.
        /// Weekday: 1 Sunday … 7 Saturday, of the day it starts on; nil: every day.
        case regular(from: Int, to: Int, weekday: Int?)
        case once(Range<Date>)
    }

    public let rule: Rule
    /// The APIs that are closed; empty: all of the provider's.
    public let apis: Set<String>

    public init(_ rule: Rule, apis: Set<String> = []) {
        self.rule = rule
        self.apis = apis
    }

    /// Whether it closes all of these APIs; none stands for the provider as a whole.
    public func closes(_ asked: Set<String>) -> Bool { apis.isEmpty || !asked.isEmpty && asked.isSubset(of: apis) }

    /// The time for which it is closed at that instant; nil where it is open.
    public func closing(at now: Date) -> Range<Date>? {
        let today = Paris.date(at: now)
        return [today.adding(days: -1), today].lazy.compactMap(occurrence).first { $0.contains(now) }
    }

    /// The first closing that begins after that instant, within 8 days where it is a regular one.
    public func next(after now: Date) -> Range<Date>? {
        let today = Paris.date(at: now)
        return (0...8).lazy.compactMap { occurrence(today.adding(days: $0)) }.first { $0.lowerBound > now }
    }

    /// The closing that begins on that day.
    ///
    /// In the nights when clocks change it lasts as long as any clock could take it to: an hour shown twice is closed
    /// twice.
    private func occurrence(_ day: CivilDate) -> Range<Date>? {
        switch rule {
        case .once(let span): return span
        case .regular(let from, let to, let weekday):
            guard weekday.map({ $0 == day.weekday }) ?? true,
                let start = Paris.instant(of: day, minute: from, .first),
                let end = Paris.instant(of: to < from ? day.adding(days: 1) : day, minute: to, .last)
            else { return nil }
            return start < end ? start..<end : nil
        }
    }
}

/// The windows of a provider, asked at every call.
public final class MaintenanceCalendar: Sendable, ExpressibleByArrayLiteral {
    public let windows: [MaintenanceWindow]
    /// What was found last and for how long it holds: a calendar's answer costs microseconds, and calls come often.
    private let known = Mutex<(span: Range<Date>, open: [Closing])?>(nil)

    /// A window in force.
    public struct Closing: Sendable {
        public let window: MaintenanceWindow
        public let span: Range<Date>

        public init(window: MaintenanceWindow, span: Range<Date>) {
            self.window = window
            self.span = span
        }
    }

    public init(_ windows: [MaintenanceWindow]) { self.windows = windows }

    public convenience init(arrayLiteral elements: MaintenanceWindow...) { self.init(elements) }

    /// The end of the closing of all these APIs at that instant, windows that follow each other taken as one; nil
    /// where one of them is open. No API stands for the provider as a whole.
    public func end(for apis: @autoclosure () -> Set<String>, at now: Date) -> Date? {
        let open = inForce(at: now)
        guard !open.isEmpty else { return nil }
        let apis = apis()
        var end = open.filter { $0.window.closes(apis) }.map(\.span.upperBound).max()
        // A day has room for few windows: more than these would close the provider for ever.
        for _ in 0..<32 {
            guard let known = end,
                let later = windows.filter({ $0.closes(apis) }).compactMap({ $0.closing(at: known)?.upperBound }).max()
            else { break }
            end = later
        }
        return end
    }

    /// Closings that begin within the next `days` days, the nearest first.
    public func upcoming(after now: Date, days: Int = 7) -> [Closing] {
        windows.compactMap { window in window.next(after: now).map { Closing(window: window, span: $0) } }
            .filter { $0.span.lowerBound < now.addingTimeInterval(Double(days) * 86_400) }
            .sorted { $0.span.lowerBound < $1.span.lowerBound }
    }

    /// Windows in force at that instant.
    public func inForce(at now: Date) -> [Closing] {
        guard !windows.isEmpty else { return [] }
        if let known = known.withLock({ $0 }), known.span.contains(now) { return known.open }
        let open = windows.compactMap { window in
            window.closing(at: now).map { Closing(window: window, span: $0) }
        }
        let bounds = open.map(\.span.upperBound) + windows.compactMap { $0.next(after: now)?.lowerBound }
        let end = min(bounds.min() ?? .distantFuture, Paris.endOfDay(after: now))
        known.withLock { $0 = (now..<max(now, end), open) }
        return open
    }
}
