import CatalogueModel
import Testing

@testable import Pages

@Suite struct SearchTests {
    private func found(_ query: String) throws -> [String] {
        let site = try Site(options: Shipped.options(), missing: nil)
        let index = CatalogueIndex(try Shipped.catalogue(), site.messages)
        return index.search(CatalogueQuery(FormFields(query))).map(\.api.id)
    }

    @Test(arguments: [
        "q=QUOTIENT", "q=qu%C3%B4tient", "q=cantine+caf", "q=S%C3%A9curit%C3%A9+sociale", "q=annee_calcul",
        "q=annee+calcul", "q=mois+demande", "bouquet=particulier", "acces=restreint&franceconnect=oui", "",
    ])
    func `words are found whatever their case, accents and place`(query: String) throws {
        #expect(try found(query).contains("quotient-familial"))
    }

    @Test(arguments: ["q=quotient+introuvable", "bouquet=open", "q=quotient&acces=ouvert"])
    func `every word and every filter must hold`(query: String) throws {
        let ids = try found(query)
        #expect(!ids.contains("quotient-familial"))
    }

    @Test func `a hostile search is shown as text`() async throws {
        let path = "/catalogue?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%7B%7Bt.service%7D%7D"
        let page = try await Shipped.pages { try await $0.visit(path) }.text
        #expect(page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{t.service}}"))
        #expect(!page.contains("<script"))
        #expect(page.contains("Aucune API"))
    }
}
