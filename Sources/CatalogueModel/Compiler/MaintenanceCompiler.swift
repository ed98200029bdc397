import Foundation
import Values

/// Reads the maintenance windows of a provider: regular (`from`, `to`, perhaps `day`), of one day (`on`), or over days
/// (dates in `from` and `to`).
struct MaintenanceCompiler {
    let diagnostics: Diagnostics

    private static let days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    func window(_ element: Element) -> MaintenanceWindow? {
        element.allow(["on", "from", "to", "day", "apis"], diagnostics)
        guard let from = element["from"]?.text, let to = element["to"]?.text, let rule = rule(element, from, to) else {
            diagnostics.error(
                "a maintenance window wants from and to, as '23:00' or '2026-12-01 22:00', the end after the start",
                at: element)
            return nil
        }
        return MaintenanceWindow(rule, apis: Set(element["apis"]?.texts ?? []))
    }

    private func rule(_ element: Element, _ from: String, _ to: String) -> MaintenanceWindow.Rule? {
        if let start = instant(from, .first), let end = instant(to, .last) {
            guard element["on"] == nil, element["day"] == nil else { return nil }
            return start < end ? .once(start..<end) : nil
        }
        guard let from = minutes(from), let to = minutes(to), from != to else { return nil }
        if let on = element["on"] {
            guard element["day"] == nil, let day = on.text.flatMap({ CivilDate($0) }), day.isComplete,
                let start = Paris.instant(of: day, minute: from, .first),
                let end = Paris.instant(of: to < from ? day.adding(days: 1) : day, minute: to, .last)
            else { return nil }
            return .once(start..<end)
        }
        let day = element["day"]?.text.flatMap { Self.days.firstIndex(of: $0) }
        if let written = element["day"], day == nil { diagnostics.error("the day is unknown", at: written) }
        return .regular(from: from, to: to, weekday: day.map { $0 + 1 })
    }

    /// `2026-12-01 22:00`, as clocks in Paris show it.
    private func instant(_ text: String, _ showing: Paris.Showing) -> Date? {
        let words = text.split { $0 == " " || $0 == "T" }
        guard words.count == 2, words[0].count == 10, let day = CivilDate(String(words[0])), day.isComplete,
            let minute = minutes(String(words[1]))
        else { return nil }
        return Paris.instant(of: day, minute: minute, showing)
    }

    private func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour),
            (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }
}
