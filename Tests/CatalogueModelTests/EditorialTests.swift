import CatalogueModel
import Foundation
import Testing
import Values

/// What is said around the APIs of the shipped catalogue.
@Suite struct ShippedEditorialTests {
    private func editorial() throws -> Editorial { try Shipped.catalogue.editorial }

    @Test func `six use cases are about companies and nine about people`() throws {
        let useCases = try editorial().useCases
        #expect(useCases.filter { $0.bouquet == .entreprise }.count == 6)
        #expect(useCases.filter { $0.bouquet == .particulier }.count == 9)
        for useCase in useCases {
            #expect(!useCase.audiences.isEmpty && !useCase.introduction.isEmpty && !useCase.access.isEmpty)
            #expect(useCase.uses.contains { $0.kind == .forbidden }, "\(useCase.id) forbids nothing")
        }
    }

    @Test func `APIs to come are each named by a use case or by the map of data`() throws {
        let catalogue = try Shipped.catalogue
        let named = Set(catalogue.editorial.useCases.flatMap { $0.uses.map(\.api) })
            .union(catalogue.editorial.exchangedData.flatMap(\.apis))
        let missing = named.filter { catalogue.api($0) == nil }.sorted()
        print("API nommées et pas encore au catalogue : \(missing.joined(separator: ", "))")
        for api in catalogue.editorial.apisToCome.keys where catalogue.api(api) == nil {
            #expect(named.contains(api), "\(api) is announced for nothing")
        }
    }

    @Test func `a use case tells what an API is to it`() throws {
        let uses = try editorial().uses(of: "quotient-familial")
        func kind(_ id: String) -> UseCase.Use.Kind? { uses.first { $0.useCase.id == id }?.use.kind }
        #expect(kind("tarification_municipale_enfance") == .useful)
        #expect(kind("fraude") == .forbidden)
        #expect(kind("marches_publics") == nil)
    }

    @Test func `each datum of the map has a source, and most of them that of the table`() throws {
        let data = try editorial().exchangedData
        #expect(data.filter { $0.source == "CRPA D114-9-1" }.count > data.count / 2)
        #expect(Set(data.map(\.id)).count == data.count)
    }
}

/// Faults around the APIs of a small catalogue.
@Suite struct BrokenEditorialTests {
    private static let useCase = """
        use-case: cantine
        title: Cantine
        bouquet: entreprise
        for: [communes]
        audience: Communes.
        introduction: |
          Un début.

          Une suite,
          sur deux lignes.
        role: Un rôle.
        legal-basis: [{ article: CRPA L114-8, text: Le texte. }]
        useful: { fiche: Pour savoir. }
        optional: { autre: Au besoin. }
        access: Demandez.
        """
    private static let editorial: [String: String] = [
        "Catalogue/themes.yaml": "themes: { famille: Famille }\naudiences: { communes: Communes }",
        "Catalogue/apis-to-come.yaml": "apis-to-come: { autre: Autre API }",
        "Catalogue/changelog.yaml": "changelog:\n  a: { date: 2026-01-31, title: A, text: B }",
        "Catalogue/map.yaml": """
        families: { registres: Registres }
        exchanged-data:
          sirene: { title: Sirene, family: registres, holder: Insee, source: CRPA D114-9-1, apis: [fiche] }
        """,
        "Procedures/use-cases/cantine.yaml": useCase,
    ]

    /// Compiles the small catalogue with these files around it, once `old` is `new` in one of them.
    private func compile(_ name: String = "", _ old: String = "", _ new: String = "") throws -> CompiledCatalogue {
        let root = FileManager.default.temporaryDirectory.appending(path: "editorial-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let apis = BrokenCatalogueTests.files.map { ("Catalogue/" + $0.key, $0.value) }
        for (path, text) in apis + Self.editorial.map({ ($0.key, $0.value) }) {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            if path == name { #expect(text.contains(old), "\(old)") }
            try Data((path == name ? text.replacing(old, with: new, maxReplacements: 1) : text).utf8).write(to: file)
        }
        return try CatalogueCompiler(folder: root.appending(path: "Catalogue")).compile()
    }

    @Test func `the small catalogue is right, and paragraphs are parted by blank lines`() throws {
        let editorial = try compile().editorial
        #expect(editorial.useCases.first?.introduction == ["Un début.", "Une suite, sur deux lignes."])
        #expect(editorial.useCases.first?.uses.map(\.api) == ["fiche", "autre"])
        #expect(editorial.news.map(\.id) == ["a"])
        #expect(editorial.apisToCome == ["autre": "Autre API"])
    }

    private static let cantine = "Procedures/use-cases/cantine.yaml"
    private static let api = "Catalogue/entreprise/essai/fiche.yaml"

    @Test(arguments: [
        (cantine, "useful: { fiche:", "useful: { fichier:", "API 'fichier' is neither in the catalogue nor to come"),
        (cantine, "optional: { autre:", "optional: { fiche:", "API 'fiche' is named twice"),
        (cantine, "[communes]", "[lunes]", "audience 'lunes' is not declared"),
        (cantine, "role: Un rôle.\n", "", "'role' is missing"),
        (cantine, "[{ article: CRPA L114-8, text: Le texte. }]", "[]", "a use case wants its legal basis"),
        (cantine, "useful: { fiche: Pour savoir. }\n", "", "no API is useful here"),
        ("Catalogue/map.yaml", "[fiche]", "[fichier]", "API 'fichier' is neither in the catalogue nor to come"),
        ("Catalogue/map.yaml", "family: registres", "family: autres", "family 'autres' is not declared"),
        ("Catalogue/map.yaml", "source: CRPA D114-9-1, ", "", "a datum wants title, family, holder and source"),
        ("Catalogue/changelog.yaml", "2026-01-31", "2026-02-31", "news wants title, text and date, as 2026-01-31"),
        (api, "limit: calme", "themes: [fleurs]\nlimit: calme", "theme 'fleurs' is not declared"),
        (
            api, "limit: calme", "faq: [{ question: Quoi ? }]\nlimit: calme",
            "a line of the faq wants question and answer"
        ),
        (
            api, "limit: calme", "known-issue: { since: mars, text: Faux. }\nlimit: calme",
            "text and since, as 2026-01-31, were expected"
        ),
        (
            api, "limit: calme",
            "history: [{ date: 2026-01-31, text: A }, { date: 2026-01-31, text: B }]\nlimit: calme",
            "the history has that day already: join the two texts"
        ),
    ])
    func `a fault is found`(file: String, old: String, new: String, remark: String) throws {
        let fault = #expect(throws: CatalogueFault.self) { try compile(file, old, new) }
        #expect(fault?.diagnostics.contains { $0.message == remark } == true, "\(fault.map(\.description) ?? "")")
    }

    @Test func `an API to come has an address in the sandbox only`() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "announced-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in BrokenCatalogueTests.files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.replacing("limit: calme", with: "lifecycle: announced\nlimit: calme").utf8).write(to: file)
        }
        for isSandbox in [true, false] {
            let catalogue = try CatalogueCompiler(folder: root, servesAnnounced: isSandbox).compile()
            var isServed = false
            if case .operation = catalogue.routes.match("/v3/fiche/130025265") { isServed = true }
            #expect(isServed == isSandbox)
            #expect(catalogue.api("fiche")?.lifecycle == .announced)
            let document = OpenAPIDocument(.api("fiche"), of: catalogue, server: "http://u", version: "1")
            #expect(document?.json["info"]?["description"]?.text?.contains("À venir") == true)
        }
    }
}
