import Foundation
import ProviderHealth
import Values

/// How times, durations and states are put into words.
struct StatusWording: Sendable {
    let messages: Messages

    func state(_ state: HealthState) -> String { messages.text("status.state.\(state.rawValue)") }

    /// The row of a state with its sign; both tell the same.
    func badge(_ state: HealthState) -> Row {
        ["stateKey": state.rawValue, "stateText": self.state(state), "stateSign": Self.signs[state]]
    }

    /// Outlines in a square of 16 by 16.
    private static let signs: [HealthState: String] = [
        .ok: "M2.5 8.5 6 12l7.5-8", .degraded: "M8 2 15 14H1zM8 6.5v3.5M8 11.5v1", .down: "M3 3l10 10M13 3 3 13",
        .maintenance: "M5.5 3v10M10.5 3v10", .unknown: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.2 8.7 8 9.2 8 10M8 12v1",
    ]

    /// « 15 mai 2026 ».
    func day(_ day: CivilDate) -> String { Wording(messages: messages).date(day.description) }

    /// « 15 mai 2026 à 12 h 05 », in Paris.
    func instant(_ date: Date) -> String {
        messages.text("status.instant", ["day": day(Paris.date(at: date)), "time": time(date)])
    }

    private func time(_ date: Date) -> String {
        let minute = Paris.timeOfDay(at: date).minute
        return messages.text(
            "status.time", ["hour": String(minute / 60), "minute": CivilDate.padded(minute % 60, 2)])
    }

    /// « Jusqu'au 15 mai 2026 à 12 h 05. »
    func until(_ date: Date) -> String { messages.text("status.until", ["end": instant(date)]) }

    /// « 1 h 05 min », « 12 min » ; what is shorter than a minute is told so.
    func duration(_ seconds: Int) -> String {
        guard seconds >= 60 else { return messages.text("status.shortest") }
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        var parts: [String] = []
        if days > 0 { parts.append(messages.text("status.days", ["n": String(days)])) }
        if hours > 0 { parts.append(messages.text("status.hours", ["n": String(hours)])) }
        if minutes > 0 && days == 0 { parts.append(messages.text("status.minutes", ["n": String(minutes)])) }
        return parts.joined(separator: " ")
    }

    /// « 99,95 % », never rounded up: what was not always well is not 100 %.
    func availability(_ part: Double?) -> String {
        guard let part else { return messages.text("status.noMeasure") }
        let hundredths = Int((part * 10_000).rounded(.down))
        let decimals = hundredths % 100
        let text = String(hundredths / 100) + (decimals == 0 ? "" : "," + CivilDate.padded(decimals, 2))
        return messages.text("status.percent", ["n": text])
    }

    /// « Du … au … », shorter within one day.
    func span(_ span: Range<Date>) -> String {
        let (first, last) = (Paris.date(at: span.lowerBound), Paris.date(at: span.upperBound))
        if first == last {
            return messages.text(
                "status.spanOfDay",
                ["day": day(first), "start": time(span.lowerBound), "end": time(span.upperBound)])
        }
        return messages.text(
            "status.span", ["start": instant(span.lowerBound), "end": instant(span.upperBound)])
    }

    /// « Panne de 12 min » or « Panne en cours ».
    func incident(_ incident: Incident) -> (what: String, length: String) {
        let what = messages.text("status.incident.\(incident.kind.rawValue)")
        guard let end = incident.end else { return (what, messages.text("status.lasting")) }
        return (what, duration(Int(end.timeIntervalSince(incident.start))))
    }
}
