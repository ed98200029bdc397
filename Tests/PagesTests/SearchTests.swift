import CatalogueModel
import Testing

@testable import Pages

@Suite struct SearchTests {
    private func found(_ query: String) throws -> [String] {
        let site = try Site(options: Shipped.options(), missing: nil)
        let index = CatalogueIndex(try Shipped.catalogue(), site.messages)
        return index.search(CatalogueQuery(FormFields(query), index: index)).map(\.api.id)
    }

    @Test(arguments: [
        "q=QUOTIENT", "q=qu%C3%B4tient", "q=cantine+caf", "q=S%C3%A9curit%C3%A9+sociale", "q=annee_calcul",
        "q=annee+calcul", "q=mois+demande", "bouquet=particulier", "acces=restreint", "acces=franceconnect",
        "public=ccas",
        "theme=famille&fournisseur=cnav&q=caf", "theme=inconnu", "",
    ])
    func `words are found whatever their case, accents and place`(query: String) throws {
        #expect(try found(query).contains("quotient-familial"))
    }

    @Test(arguments: [
        "q=quotient+introuvable", "bouquet=entreprise", "q=quotient&acces=ouvert", "theme=scolarite",
        "public=acheteurs",
    ])
    func `every word and every filter must hold`(query: String) throws {
        let ids = try found(query)
        #expect(!ids.contains("quotient-familial"))
    }

    @Test func `accents, case, ligatures and apostrophes are folded`() {
        #expect(SearchWords.folded("Main-d’ŒUVRE, Où ?") == "main-d'oeuvre, ou ?")
    }

    @Test func `each filter counts what it would leave, the others being as they are`() throws {
        let site = try Site(options: Shipped.options(), missing: nil)
        let index = CatalogueIndex(try Shipped.catalogue(), site.messages)
        for query in ["", "q=caf", "theme=famille", "bouquet=particulier&acces=franceconnect&q=sant%C3%A9"] {
            for facet in CatalogueFacet.allCases {
                let chosen = CatalogueQuery(FormFields(query), index: index)
                for (value, count) in index.counts(facet, chosen) {
                    var fields = chosen.without(facet).path.split(separator: "?").dropFirst().joined()
                    fields += "&\(facet.rawValue)=\(value)"
                    let narrowed = CatalogueQuery(FormFields(fields), index: index)
                    #expect(index.search(narrowed).count == count, "\(query) \(facet) \(value)")
                }
            }
        }
    }

    @Test func `an address holds the whole search, and can be made anew from it`() throws {
        let site = try Site(options: Shipped.options(), missing: nil)
        let index = CatalogueIndex(try Shipped.catalogue(), site.messages)
        let query = CatalogueQuery(FormFields("q=l%27%C3%A9t%C3%A9+%26+%2B&theme=famille&public=ccas"), index: index)
        let again = CatalogueQuery(FormFields(String(query.path.dropFirst("/catalogue?".count))), index: index)
        #expect(again.text == "l'été & +" && again.filters == query.filters && query.filters.count == 2)
    }

    @Test func `a search that finds nothing tells which part of it to drop`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue?q=quotient&theme=cotisations") }.text
        #expect(page.contains("Aucune API ne répond"))
        #expect(page.contains("<a href=\"/catalogue?q=quotient\">Sans le filtre"))
        #expect(page.contains("<a href=\"/catalogue?theme=cotisations\">Sans les mots"))
        #expect(page.contains("href=\"/donnees\""))
    }

    @Test func `a hostile search is shown as text`() async throws {
        let path = "/catalogue?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%7B%7Bt.service%7D%7D"
        let page = try await Shipped.pages { try await $0.visit(path) }.text
        #expect(page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{t.service}}"))
        #expect(!page.contains("<script"))
        #expect(page.contains("Aucune API"))
    }
}
