import CatalogueModel
import Foundation
import Hummingbird
import Testing
import Values

@testable import Pages

@Suite struct UseCasePageTests {
    @Test func `a use case links to the APIs served and names those to come`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/cas-usages/tarification_municipale_enfance") }.text
        #expect(page.contains("<a href=\"/catalogue/quotient-familial\">"))
        #expect(page.contains("R531-52") && page.contains("Interdites"))
        let catalogue = try Shipped.catalogue()
        let useCase = catalogue.editorial.useCases.first { $0.id == "tarification_municipale_enfance" }
        for use in try #require(useCase).uses {
            let isServed = catalogue.api(use.api) != nil
            let title = try #require(catalogue.api(use.api)?.title ?? catalogue.editorial.apisToCome[use.api])
            let text =
                isServed ? "<a href=\"/catalogue/\(use.api)\">" : "\(title) <span class=\"uf-hint\">API à venir</span>"
            #expect(page.contains(text.replacing("'", with: "&#39;")), "\(use.api)")
        }
    }

    @Test func `an API tells the use cases that it serves and those that may not ask for it`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue/quotient-familial") }.text
        let parts = page.components(separatedBy: "Interdite pour…")
        #expect(parts.count == 2)
        #expect(parts[0].contains("/cas-usages/ccas") && !parts[0].contains("/cas-usages/fraude"))
        #expect(parts[1].contains("/cas-usages/fraude") && !parts[1].contains("/cas-usages/ccas"))
    }

    @Test func `an API to come says so, on its card and on its page`() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "announced-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for folder in ["Catalogue", "Procedures"] {
            try FileManager.default.copyItem(
                at: Shipped.root.appending(path: folder), to: root.appending(path: folder))
        }
        let file = root.appending(path: "Catalogue/particulier/cnav/prime-activite.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data((text + "\nlifecycle: announced\n").utf8).write(to: file)
        let catalogue = try CatalogueCompiler(folder: root.appending(path: "Catalogue")).compile()
        let site = try Site(options: Shipped.options(), missing: nil)
        let api = try #require(catalogue.api("prime-activite"))
        let warnings = APISurroundings(site: site, catalogue: catalogue, api: api).warnings
        #expect(warnings.first?["warningTitle"] as? String == "Une API à venir")
        let badges = Wording(messages: site.messages).badges(api, catalogue.operations(of: api.id))
        #expect(badges.first?["badgeText"] as? String == "À venir")
        let datum = try #require(catalogue.editorial.exchangedData.first { $0.id == "prime-d-activite" })
        #expect(DatumState(datum, catalogue).name == .soon)
    }

    @Test func `every use case of the catalogue has a page`() async throws {
        let useCases = try Shipped.catalogue().editorial.useCases
        try await Shipped.pages { client in
            let list = try await client.visit("/cas-usages").text
            for useCase in useCases {
                #expect(list.contains("/cas-usages/\(useCase.id)\""))
                #expect(try await client.visit("/cas-usages/\(useCase.id)").status == 200)
            }
        }
    }

    @Test func `an API tells its questions, its history and what is wrong with it`() async throws {
        try await Shipped.pages { client in
            let plain = try await client.visit("/catalogue/quotient-familial").text
            #expect(plain.contains("Puis-je demander un mois passé ?") && plain.contains("31 octobre 2025"))
            #expect(!plain.contains("Anomalie connue"))
            let faulty = try await client.visit("/catalogue/participation-familiale-eaje").text
            #expect(faulty.contains("Anomalie connue depuis le 28 avril 2026"))
            let document = try await client.visit("/openapi/participation-familiale-eaje.json").text
            #expect(document.contains("Anomalie connue depuis le 28/04/2026"))
        }
    }
}

@Suite struct ProviderPageTests {
    @Test func `a provider tells its APIs, its closures and the numbers of its errors`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/fournisseurs/cnav") }.text
        for text in [
            "Chaque dimanche, de 23 h à 23 h 45, heure de Paris : Quotient familial CAF et MSA",
            "<code>35</code> CNAF &amp; MSA",
            "<code>36</code>",
            "/catalogue/quotient-familial", "vieillesse",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func `a closing that comes once is told until it is over`() throws {
        let wording = Wording(messages: try Messages(folder: Shipped.sources.appending(path: "Resources")))
        let span = Shipped.noon..<Shipped.noon + 5400
        let told = wording.maintenance(MaintenanceWindow(.once(span)), at: span.upperBound - 1)
        #expect(
            told?.replacing("\u{A0}", with: " ") == "Le 15 mai 2026, de 12 h 00 à 13 h 30, heure de Paris")
        #expect(wording.maintenance(MaintenanceWindow(.once(span)), at: span.upperBound) == nil)
    }

    @Test func `how a provider is doing is told where it is known`() async throws {
        try await Shipped.pages(status: KnownStatus()) { client in
            for path in ["/fournisseurs/cnav", "/catalogue/prime-activite"] {
                let page = try await client.visit(path)
                #expect(page.text.contains("Perturbé"), "\(path)")
            }
            let other = try await client.visit("/fournisseurs/insee")
            #expect(!other.text.contains("uf-status"))
            let home = try await client.visit("/")
            #expect(home.text.contains("href=\"/etat\""))
        }
    }

    @Test func `only those that have an API are listed`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/fournisseurs") }.text
        #expect(page.contains("/fournisseurs/insee") && !page.contains("/fournisseurs/france_connect"))
    }
}

@Suite struct NewsTests {
    @Test func `the latest comes first, and that of an API leads to its page`() async throws {
        let entries = NewsEntry.all(try Shipped.catalogue())
        #expect(entries.map(\.date) == entries.map(\.date).sorted(by: >))
        #expect(Set(entries.map(\.id)).count == entries.count)
        let page = try await Shipped.pages { try await $0.visit("/nouveautes") }.text
        #expect(page.contains("<a href=\"/catalogue/quotient-familial\">") && page.contains("/nouveautes.atom"))
    }

    @Test func `the feed is served as Atom with stable names`() async throws {
        let feed = try await Shipped.pages { try await $0.visit("/nouveautes.atom") }
        #expect(feed.headers[.contentType] == "application/atom+xml; charset=utf-8")
        #expect(feed.text.contains("<id>http://unefois.test/nouveautes#quotient-familial-2025-10-31</id>"))
        #expect(feed.text.contains("<updated>2025-10-31T00:00:00Z</updated>"))
        #expect(feed.text.contains("href=\"http://unefois.test/nouveautes.atom\""))
    }

    @Test func `what XML would read is escaped, what it bars is left out`() {
        #expect(AtomFeed.escaped("<a href=\"x\">&\u{0}\u{1B}\n</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;\n&lt;/a&gt;")
        let entry = NewsEntry(
            id: "a", date: CivilDate(year: 2026, month: 1, day: 2), title: "]]> <b>", text: "&", path: nil)
        let feed = AtomFeed(title: "T", author: "A", publicURL: "http://u", entries: [entry]).xml
        #expect(feed.contains("<title>]]&gt; &lt;b&gt;</title>") && feed.contains(">&amp;</content>"))
    }
}

@Suite struct DeveloperPageTests {
    @Test func `the guide gives the call in every language and the limits of the catalogue`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/developpeurs") }.text
        for language in CodeSample.Language.allCases {
            #expect(page.contains("class=\"language-\(language.rawValue)\""), "\(language)")
        }
        #expect(page.contains("20 appels par seconde") && page.contains("jeton-de-demonstration"))
        let live = try await Shipped.pages(Shipped.options(sandbox: nil)) { try await $0.visit("/developpeurs") }.text
        #expect(!live.contains("jeton-de-demonstration"))
    }
}
