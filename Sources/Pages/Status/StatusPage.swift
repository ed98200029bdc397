import CatalogueModel
import Foundation
import Hummingbird
import ProviderHealth
import Values

/// How the providers are, were for 90 days, and will be.
struct StatusPage {
    let site: Site
    let report: StatusReport
    /// Names the APIs that a maintenance closes.
    let catalogue: CompiledCatalogue
    /// Incidents shown of all providers; each provider's page shows all of its own.
    private static let shown = 20

    private var wording: StatusWording { StatusWording(messages: site.messages) }
    private var messages: Messages { site.messages }

    func response() -> Response {
        let incidents = report.providers.flatMap { provider in provider.incidents.map { (provider, $0) } }
            .sorted { $0.1.start > $1.1.start }
        return site.page(
            "status", title: messages.text("status.title"),
            [
                "summary": summary, "generated": wording.instant(report.generated),
                "issues": report.providers.flatMap { provider in provider.issues.map { issue($0, provider) } },
                "windows": report.providers.flatMap { provider in provider.upcoming.map { window($0, provider) } },
                "legend": StatusBars.legend(wording), "providers": report.providers.map(card),
                "incidents": incidents.prefix(Self.shown).map { incident($0.1, $0.0) },
                "hasIncidents": !incidents.isEmpty, "hasMoreIncidents": incidents.count > Self.shown,
                "hasProvider": true, "hasWindows": report.providers.contains { !$0.upcoming.isEmpty },
            ])
    }

    /// The page of one provider.
    /// - Throws: where there is none of that name.
    func response(provider id: String) throws -> Response {
        guard let provider = report.providers.first(where: { $0.id == id }) else { throw HTTPError(.notFound) }
        var content = card(provider)
        content["generated"] = wording.instant(report.generated)
        content["issues"] = provider.issues.map { issue($0, nil) }
        content["windows"] = provider.upcoming.map { window($0, nil) }
        content["legend"] = StatusBars.legend(wording)
        content["incidents"] = provider.incidents.map { incident($0, nil) }
        content["hasIncidents"] = !provider.incidents.isEmpty
        content["hasMoreIncidents"] = false
        content["hasWindows"] = !provider.upcoming.isEmpty
        content["hasProvider"] = false
        content["sources"] = provider.sources.map { source in
            var row = wording.badge(source.present.state)
            row["sourceName"] = source.name
            row["sourcePath"] = "/ping/\(provider.id)/\(source.name)"
            row["sourceHow"] = messages.text("status.how.\(source.how.rawValue)")
            row["sourceUpdated"] = source.present.updated.map(wording.instant) ?? messages.text("status.never")
            row["sourceOK"] = source.present.lastOK.map(wording.instant) ?? messages.text("status.never")
            return row
        }
        content["days"] = provider.days.reversed().map(day)
        return site.page("statusProvider", title: provider.title, content)
    }

    /// One sentence on the present.
    private var summary: String {
        let bad = report.providers.filter { $0.present.state.isBad }.count
        guard bad == 0 else { return messages.count("status.summaryBad", bad) }
        let isKnown = report.providers.contains { $0.present.state == .ok }
        return messages.text(isKnown ? "status.summaryOK" : "status.summaryUnknown")
    }

    private func card(_ provider: StatusReport.Provider) -> Row {
        let bars = StatusBars(days: provider.days, wording: wording)
        var row = bars.row
        let badge = wording.badge(provider.present.state)
        for name in ["stateKey", "stateText", "stateSign"] { row[name] = badge[name] }
        row["providerTitle"] = provider.title
        row["providerPath"] = "/etat/\(provider.id)"
        row["until"] = provider.present.until.map(wording.until)
        row["availability"] = wording.availability(provider.availability)
        row["troubledDays"] = String(bars.troubled)
        row["incidentCount"] = String(provider.incidents.count)
        return row
    }

    private func day(_ day: StatusReport.Day) -> Row {
        let state = day.tally.telling
        func time(_ state: HealthState) -> String {
            day.tally[state] > 0 ? wording.duration(day.tally[state]) : messages.text("status.nothing")
        }
        return [
            "dayText": wording.day(day.day), "dayState": wording.state(state),
            "dayAvailability": wording.availability(day.tally.availability), "dayDegraded": time(.degraded),
            "dayDown": time(.down), "dayMaintenance": time(.maintenance),
        ]
    }

    private func issue(_ issue: KnownIssue, _ provider: StatusReport.Provider?) -> Row {
        let since = wording.day(issue.since)
        let when =
            issue.until.map { messages.text("status.issueUntil", ["since": since, "until": wording.day($0)]) }
            ?? messages.text("status.issueSince", ["since": since])
        return ["issueProvider": provider?.title, "issueText": issue.text, "issueWhen": when]
    }

    private func window(_ closing: MaintenanceCalendar.Closing, _ provider: StatusReport.Provider?) -> Row {
        [
            "windowProvider": provider?.title, "windowText": wording.span(closing.span),
            "windowAPIs": catalogue.apis.filter { closing.window.apis.contains($0.id) }.map(\.title)
                .joined(separator: ", "),
        ]
    }

    private func incident(_ incident: Incident, _ provider: StatusReport.Provider?) -> Row {
        let (what, length) = wording.incident(incident)
        return [
            "incidentID": incident.anchor, "incidentStart": wording.instant(incident.start), "incidentWhat": what,
            "incidentLength": length, "incidentProvider": provider?.title,
        ]
    }
}

extension Incident {
    /// Its place on the page of its provider.
    var anchor: String { "incident-\(provider)-\(Int(start.timeIntervalSince1970))" }
}
