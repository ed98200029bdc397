import CatalogueModel
import Foundation
import Values

/// How the catalogue's facts are put into words.
struct Wording: Sendable {
    let messages: Messages

    /// « Version 3, avec FranceConnect ».
    func title(_ operation: APIOperation) -> String {
        let modality = modality(operation)
        let version = messages.text("operation.version", ["n": String(operation.version)])
        return modality.isEmpty ? version : "\(version), \(modality)"
    }

    /// Titles by identifier; those that would be alike also tell what only their address holds.
    func titles(_ operations: [APIOperation]) -> [String: String] {
        var titles: [String: String] = [:]
        for operation in operations {
            let title = title(operation)
            let alike = operations.filter { $0.id != operation.id && self.title($0) == title }
            let others = Set(alike.flatMap { $0.route.split(separator: "/") })
            let own = operation.route.split(separator: "/").filter { !others.contains($0) }
            let isTold = !alike.isEmpty && !own.isEmpty
            titles[operation.id] = isTold ? "\(title) (\(own.joined(separator: ", ")))" : title
        }
        return titles
    }

    /// How the person or the company is named in the call.
    func modality(_ operation: APIOperation) -> String {
        switch operation.identity {
        case .franceConnect: return messages.text("modality.franceConnect")
        case .either: return messages.text("modality.either")
        case .parameters, .nobody: break
        }
        let last = operation.route.split(separator: "/").last.map(String.init) ?? ""
        if messages.has("modality.\(last)") { return messages.text("modality.\(last)") }
        guard let variable = operation.parameters.last(where: \.isInPath)?.plainName else { return "" }
        let known = "modality.by-\(variable)"
        return messages.has(known) ? messages.text(known) : messages.text("modality.by", ["name": variable])
    }

    func limit(_ operation: APIOperation) -> String {
        guard let limit = operation.limit else { return messages.text("limit.none") }
        let period =
            switch limit.period {
            case 1: messages.text("limit.second")
            case 60: messages.text("limit.minute")
            case 3600: messages.text("limit.hour")
            default: messages.text("limit.seconds", ["n": String(limit.period)])
            }
        let sharing = messages.text(limit.isPerOperation ? "limit.own" : "limit.shared")
        let text = messages.text("limit.text", ["n": String(limit.calls), "period": period, "sharing": sharing])
        return operation.identity == .nobody ? "\(text) \(messages.text("limit.byAddress"))" : text
    }

    func cache(_ cache: CacheLifetime?) -> String {
        switch cache {
        case nil, .seconds(0): messages.text("cache.none")
        case .seconds(let seconds) where seconds % 3600 == 0: messages.count("cache.hours", seconds / 3600)
        case .seconds(let seconds): messages.count("cache.minutes", max(1, seconds / 60))
        case .endOfDay(plus: 0): messages.text("cache.day")
        case .endOfDay(let plus): messages.text("cache.dayPlus", ["n": String(plus / 3600)])
        case .endOfMonth: messages.text("cache.month")
        }
    }

    func type(_ leaf: Field.Leaf) -> String { messages.text("type.\(leaf.rawValue)") }

    /// `2026-01-01` as « 1er janvier 2026 »; any other text as it is.
    func date(_ text: String) -> String {
        guard let date = CivilDate(text), date.isComplete else { return text }
        let day = date.day == 1 ? messages.text("date.first") : String(date.day)
        return "\(day) \(messages.text("date.months.\(date.month)")) \(date.year)"
    }

    /// The badges of an API, most telling first.
    func badges(_ api: APIDescription, _ operations: [APIOperation]) -> [Row] {
        var badges: [Row] = []
        func add(_ name: String, _ style: String) {
            badges.append(["badgeText": messages.text("badge.\(name)"), "badgeStyle": style])
        }
        if api.lifecycle == .announced { add("announced", "fr-badge--new") }
        if api.knownIssue != nil { add("knownIssue", "fr-badge--warning") }
        if api.lifecycle == .beta { add("beta", "fr-badge--new") }
        if api.lifecycle == .deprecated { add("deprecated", "fr-badge--warning") }
        add(api.isOpen ? "open" : "restricted", api.isOpen ? "fr-badge--green-emeraude" : "fr-badge--blue-ecume")
        if operations.contains(where: \.takesFranceConnect) { add("franceConnect", "fr-badge--purple-glycine") }
        return badges
    }

    /// What a provider is called for short: its title up to the colon.
    static func shortName(_ provider: ProviderDescription) -> String {
        provider.title.components(separatedBy: " : ").first ?? provider.title
    }

    /// « Chaque dimanche, de 23 h à 23 h 45 », « Le 1er décembre 2026, de 22 h 00 à 23 h 00 »; nil for one that is over.
    func maintenance(_ window: MaintenanceWindow, at now: Date) -> String? {
        switch window.rule {
        case .regular(let from, let to, let weekday): return regular(from, to, weekday)
        case .once(let span):
            guard span.upperBound > now else { return nil }
            let text = StatusWording(messages: messages).span(span)
            return messages.text("providers.maintenanceOnce", ["span": text.prefix(1).uppercased() + text.dropFirst()])
        }
    }

    private func regular(_ from: Int, _ to: Int, _ weekday: Int?) -> String {
        func time(_ minutes: Int) -> String {
            minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(CivilDate.padded(minutes % 60, 2))"
        }
        let day = weekday.map { messages.text("date.everyWeekday.\($0)") } ?? messages.text("date.everyDay")
        return messages.text("date.window", ["day": day, "from": time(from), "to": time(to)])
    }

    func date(_ date: CivilDate) -> String { self.date(date.description) }

    func list(_ values: [JSON]) -> String { values.map { $0.text ?? "null" }.joined(separator: ", ") }
}
