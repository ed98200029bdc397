import CatalogueModel
import Foundation
import Hummingbird
import ProviderHealth
import Values

/// The state of the providers for machines: JSON, and the incidents as an Atom feed (RFC 4287).
struct StatusDocuments {
    let site: Site
    let report: StatusReport
    /// Incidents in the feed: readers come often, and older ones are on the page.
    private static let entries = 100

    var json: Response {
        let body: JSON = [
            "generated": Self.instant(report.generated), "providers": .array(report.providers.map(Self.provider)),
        ]
        return response(body.bytes, "application/json")
    }

    private static func provider(_ provider: StatusReport.Provider) -> JSON {
        .object(
            [JSON.Member("id", .string(provider.id)), JSON.Member("title", .string(provider.title))]
                + present(provider.present)
                + [
                    JSON.Member("availability", provider.availability.map { .decimal(String($0)) } ?? .null),
                    JSON.Member(
                        "sources",
                        .array(
                            provider.sources.map { source in
                                .object(
                                    [
                                        JSON.Member("name", .string(source.name)),
                                        JSON.Member("how", .string(source.how.rawValue)),
                                    ] + present(source.present))
                            })),
                    JSON.Member("days", .array(provider.days.map(day))),
                    JSON.Member("incidents", .array(provider.incidents.map(incident))),
                    JSON.Member("maintenances", .array(provider.upcoming.map(closing))),
                    JSON.Member("known_issues", .array(provider.issues.map(issue))),
                ])
    }

    private static func present(_ present: PresentState) -> [JSON.Member] {
        [
            JSON.Member("status", .string(present.state.rawValue)),
            JSON.Member("last_update", instant(present.updated)),
            JSON.Member("last_ok_status", instant(present.lastOK)), JSON.Member("until", instant(present.until)),
        ]
    }

    /// Seconds by state.
    private static func day(_ day: StatusReport.Day) -> JSON {
        .object(
            [JSON.Member("day", .string(day.day.description))]
                + HealthState.allCases.map { JSON.Member($0.rawValue, .integer(day.tally[$0])) })
    }

    private static func incident(_ incident: Incident) -> JSON {
        ["start": instant(incident.start), "end": instant(incident.end), "kind": .string(incident.kind.rawValue)]
    }

    private static func closing(_ closing: MaintenanceCalendar.Closing) -> JSON {
        [
            "start": instant(closing.span.lowerBound), "end": instant(closing.span.upperBound),
            "apis": .array(closing.window.apis.sorted().map(JSON.string)),
        ]
    }

    private static func issue(_ issue: KnownIssue) -> JSON {
        [
            "since": .string(issue.since.description), "until": issue.until.map { .string($0.description) } ?? .null,
            "text": .string(issue.text),
        ]
    }

    private static func instant(_ date: Date?) -> JSON { date.map { .string($0.formatted(.iso8601)) } ?? .null }

    // MARK: - Feed

    var atom: Response {
        let incidents = report.providers.flatMap { provider in provider.incidents.map { (provider, $0) } }
            .sorted { ($0.1.end ?? $0.1.start) > ($1.1.end ?? $1.1.start) }.prefix(Self.entries)
        let updated = incidents.first.map { $0.1.end ?? $0.1.start } ?? Date(timeIntervalSince1970: 0)
        let address = site.options.publicURL + "/etat.atom"
        let feed = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
            <id>\(AtomFeed.escaped(address))</id>
            <title>\(AtomFeed.escaped(site.messages.text("status.feedTitle")))</title>
            <updated>\(updated.formatted(.iso8601))</updated>
            <author><name>\(AtomFeed.escaped(site.messages.text("service")))</name></author>
            <link rel="self" href="\(AtomFeed.escaped(address))"/>
            <link rel="alternate" href="\(AtomFeed.escaped(site.options.publicURL))/etat"/>
            \(incidents.map { entry($0.1, $0.0) }.joined())</feed>

            """
        return response(Array(feed.utf8), "application/atom+xml; charset=utf-8")
    }

    private func entry(_ incident: Incident, _ provider: StatusReport.Provider) -> String {
        let wording = StatusWording(messages: site.messages)
        let (what, length) = wording.incident(incident)
        let address = "\(site.options.publicURL)/etat/\(provider.id)#\(incident.anchor)"
        let summary = site.messages.text(
            "status.feedEntry",
            ["what": what, "start": wording.instant(incident.start), "length": length])
        return """
            <entry>
            <id>\(AtomFeed.escaped(address))</id>
            <title>\(AtomFeed.escaped("\(provider.title) : \(what.lowercased())"))</title>
            <published>\(incident.start.formatted(.iso8601))</published>
            <updated>\((incident.end ?? incident.start).formatted(.iso8601))</updated>
            <link rel="alternate" href="\(AtomFeed.escaped(address))"/>
            <summary>\(AtomFeed.escaped(summary))</summary>
            </entry>

            """
    }

    private func response(_ body: [UInt8], _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "no-cache", .accessControlAllowOrigin: "*"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
