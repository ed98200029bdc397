import Foundation
import Hummingbird
import Testing

@testable import Pages

@Suite struct PageTests {
    static let paths = [
        "/", "/catalogue", "/catalogue?q=quotient", "/catalogue?q=rien-de-tel", "/catalogue/quotient-familial",
        "/catalogue/quotient-familial/essayer", "/openapi", "/erreurs", "/accessibilite", "/donnees-personnelles",
        "/mentions-legales", "/etat", "/etat/cnav", "/etat/insee", "/fournisseurs", "/fournisseurs/cnav",
        "/fournisseurs/insee", "/cas-usages",
        "/cas-usages/ccas", "/cas-usages/marches_publics", "/nouveautes", "/donnees", "/donnees?etat=pas-encore",
        "/donnees/ars/demander", "/developpeurs", "/catalogue/unites-legales",
        "/explain", "/catalogue/participation-familiale-eaje", "/catalogue?q=caf&theme=scolarite&public=communes",
    ]

    @Test(arguments: paths)
    func `a page answers with one title, landmarks and the security headers`(path: String) async throws {
        let missing = MissingNames()
        let page = try await Shipped.pages(missing: missing) { try await $0.visit(path) }
        #expect(page.status == 200)
        #expect(page.text.components(separatedBy: "<h1").count == 2)
        #expect(page.text.contains("<main id=\"content\""))
        #expect(page.text.contains("href=\"#content\""))
        #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
        #expect(!page.text.contains("<script") && !page.text.contains("style=\""))
        #expect(missing.all.isEmpty)
    }

    @Test func `an API tells its fields, scopes, errors and a command`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue/quotient-familial") }.text
        for text in [
            "cnaf_quotient_familial", "annee_calcul", "35003", "00365", "/v3/dss/quotient_familial/france_connect",
            "--data-urlencode &#39;prenoms[]=ANNE&#39;", "20 appels par seconde", "24 heures", "1er janvier 2026",
        ] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test func `an open API says that it wants no token and counts by address`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue/sirene-unites-legales") }.text
        #expect(page.contains("Aucun : la donnée est ouverte à tous.") && page.contains("comptés par adresse IP"))
        #expect(page.contains("curl --get") && !page.contains("Authorization: Bearer"))
    }

    @Test func `a field shows the scopes of the objects around it with its own`() throws {
        let operation = try #require(
            try Shipped.catalogue().operation("api_particulier_v3_mesri_statut_etudiant_with_ine"))
        let site = try Site(options: Shipped.options(), missing: nil)
        let rows = FieldRows(wording: Wording(messages: site.messages)).rows(operation.answer)
        func scopes(_ key: String) -> [String] {
            let row = rows.first { $0["fieldKey"] as? String == key }
            return (row?["fieldScopes"] as? [Row] ?? []).compactMap { $0["fieldScope"] as? String }
        }
        #expect(scopes("admissions") == ["mesri_admissions"])
        #expect(scopes("date_debut") == ["mesri_admissions"])
        #expect(scopes("est_inscrit") == ["mesri_admissions", "mesri_admission_inscrit"])
    }

    @Test func `without a sandbox there is neither a token nor a form`() async throws {
        let options = Shipped.options(sandbox: nil)
        try await Shipped.pages(options) { client in
            let home = try await client.visit("/")
            #expect(!home.text.contains("JETON="))
            let api = try await client.visit("/catalogue/quotient-familial")
            #expect(!api.text.contains("essayer"))
            let form = try await client.visit("/catalogue/quotient-familial/essayer")
            #expect(form.status == 404)
        }
    }

    @Test func `the home page tells how to fetch a missing design system`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/") }.text
        #expect(page.contains("scripts/dsfr") && !page.contains("dsfr.min.css"))
    }

    @Test func `the State's block is shown on the State's sites only`() async throws {
        var options = Shipped.options()
        let neutral = try await Shipped.pages(options) { try await $0.visit("/") }.text
        #expect(!neutral.contains("fr-logo") && neutral.contains("uf-neutral"))
        options.stateBrand = true
        let state = try await Shipped.pages(options) { try await $0.visit("/") }.text
        #expect(state.contains("fr-logo") && !state.contains("uf-neutral"))
    }
}

@Suite struct FaultTests {
    @Test(arguments: [
        "/nulle-part", "/catalogue/inconnue", "/openapi/inconnue.json", "/openapi/inconnue",
        "/fournisseurs/inconnu", "/cas-usages/inconnu", "/donnees/inconnue/demander",
    ])
    func `an unknown address is a page in plain words`(path: String) async throws {
        let page = try await Shipped.pages { try await $0.visit(path) }
        #expect(page.status == 404)
        #expect(page.text.contains("Page introuvable") && page.text.contains("/catalogue"))
        #expect(page.headers[.contentSecurityPolicy] != nil)
    }

    @Test func `a page that is only read refuses the rest`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue", method: .post) }
        #expect(page.status == 405)
        #expect(page.headers[.allow] == "GET, HEAD")
    }

    @Test func `a question without a page gets the headers alone`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/catalogue", method: .head) }
        #expect(page.status == 200 && page.text.isEmpty)
    }
}
