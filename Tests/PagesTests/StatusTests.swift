import Foundation
import ProviderHealth
import Testing
import Values

@testable import Pages

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct StatusTests {
    @Test func `the page tells the present, the past and what is to come`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/etat") }.text
        for text in [
            "1 fournisseur de données répond mal", "Perturbé", "Sans mesure", "Données &lt; en retard &gt;.",
            "Depuis le 1er mai 2026", "le 15 mai 2026, de 13\u{A0}h\u{A0}00 à 14\u{A0}h\u{A0}00",
            "seulement : Quotient familial CAF et MSA", "du 16 mai 2026 à 12\u{A0}h\u{A0}00 au 17 mai 2026",
            "1 jour avec une panne", "85 jours sans mesure", "1\u{A0}h 46\u{A0}min", "en cours",
            "href=\"/etat.atom\"", "href=\"/etat/cnav\"",
        ] { #expect(page.contains(text), "\(text)") }
        // 295399 of 302400 seconds, never rounded up.
        #expect(page.contains("97,68\u{A0}%") && page.contains("sans mesure"))
    }

    @Test func `the page of a provider has a row for each day`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/etat/cnav") }.text
        #expect(page.components(separatedBy: "<tr><th scope=\"row\">").count >= 90)
        #expect(page.contains("14 mai 2026") && page.contains("15 février 2026") && page.contains("Un appel d’essai"))
        #expect(page.contains("99,99\u{A0}%"))
        let unknown = try await Shipped.pages { try await $0.visit("/etat/personne") }
        #expect(unknown.status == 404)
    }

    @Test func `each bar stands in its place and tells one day`() throws {
        let wording = StatusWording(messages: try Self.messages)
        let days = Shipped.status.providers[0].days
        let row = StatusBars(days: days, wording: wording).row
        let paths = (row["bars"] as? [Row])?.compactMap { $0["barPath"] as? String } ?? []
        let bars = paths.flatMap { $0.split(separator: "z") }
        #expect(bars.count == 90 && row["barsWidth"] as? String == "540")
        let places = bars.compactMap { $0.dropFirst().split(separator: " ").first.flatMap { Int($0) } }
        #expect(places.sorted() == (0..<90).map { $0 * 6 })
        #expect(
            row["barsText"] as? String
                == "90 derniers jours : 2 jours sans trouble, 1 jour perturbé, 1 jour avec une panne, "
                + "1 jour de maintenance, 85 jours sans mesure.")
    }

    private static var messages: Messages {
        get throws { try Messages(folder: Shipped.sources.appending(path: "Resources")) }
    }

    @Test(
        arguments: [
            (0, "moins d’une minute"), (59, "moins d’une minute"), (60, "1 min"), (3600, "1 h"), (3660, "1 h 1 min"),
            (86_399, "23 h 59 min"), (86_400, "1 j"), (90_060, "1 j 1 h"),
        ])
    func `a duration is told in two words at most`(seconds: Int, text: String) throws {
        let told = StatusWording(messages: try Self.messages).duration(seconds).replacing("\u{A0}", with: " ")
        #expect(told == text)
    }

    @Test(
        arguments: [(1.0, "100 %"), (0.99999, "99,99 %"), (0.5, "50 %"), (0.9901, "99,01 %"), (0, "0 %")])
    func `availability is never rounded up`(part: Double, text: String) throws {
        let told = StatusWording(messages: try Self.messages).availability(part).replacing("\u{A0}", with: " ")
        #expect(told == text)
    }

    @Test func `the same for machines`() async throws {
        let answer = try await Shipped.pages { try await $0.visit("/etat.json") }
        #expect(answer.headers[.contentType] == "application/json")
        let provider = try #require(try JSON(parsing: Array(answer.text.utf8))["providers"]?.items?.first)
        #expect(provider["id"] == "cnav" && provider["status"] == "degraded")
        #expect(provider["last_ok_status"] == "2026-05-15T09:58:30Z" && provider["until"] == .null)
        #expect(provider["days"]?.items?.count == 90 && provider["days"]?.items?.last?["degraded"] == 200)
        #expect(
            provider["incidents"]?.items
                == [
                    ["start": "2026-05-15T09:58:30Z", "end": .null, "kind": "degraded"],
                    ["start": "2026-05-14T10:00:00Z", "end": "2026-05-14T11:46:40Z", "kind": "down"],
                ])
        #expect(provider["maintenances"]?.items?.first?["apis"] == ["quotient-familial"])
        #expect(provider["known_issues"]?.items?.first?["since"] == "2026-05-01")
        #expect(Double(provider["availability"]?.text ?? "").map { abs($0 - 0.97684) < 0.001 } == true)
    }

    @Test func `the feed is XML and has an entry for each incident`() async throws {
        let answer = try await Shipped.pages { try await $0.visit("/etat.atom") }
        #expect(answer.headers[.contentType] == "application/atom+xml; charset=utf-8")
        let reader = FeedReader()
        let parser = XMLParser(data: Data(answer.text.utf8))
        parser.delegate = reader
        #expect(parser.parse())
        #expect(reader.texts("entry/title") == ["Fournisseur & cnav : perturbation", "Fournisseur & cnav : panne"])
        #expect(Set(reader.texts("entry/id")).count == 2)
        #expect(reader.texts("entry/updated") == ["2026-05-15T09:58:30Z", "2026-05-14T11:46:40Z"])
        #expect(reader.texts("feed/updated") == ["2026-05-15T09:58:30Z"])
        for name in ["feed/id", "feed/title", "author/name"] { #expect(reader.texts(name).count == 1) }
    }
}

/// The texts of a feed, by the names of their element and its parent.
private final class FeedReader: NSObject, XMLParserDelegate {
    private var path: [String] = []
    private var found: [(String, String)] = []

    func texts(_ name: String) -> [String] { found.filter { $0.0 == name }.map(\.1) }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        path.append(name)
        found.append((path.suffix(2).joined(separator: "/"), ""))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !found.isEmpty else { return }
        found[found.count - 1].1 += text
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        path.removeLast()
        found.append(("", ""))
    }
}
