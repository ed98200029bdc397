import CatalogueModel
import Hummingbird
import HummingbirdTesting
import Testing
import Values

@testable import Pages

@Suite struct ErrorsTests {
    private static func get(_ path: String, accept: String?) async throws -> (HTTPFields, String, JSON) {
        try await Shipped.pages { client in
            let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
            return try await client.execute(uri: path, method: .get, headers: headers) { response in
                #expect(response.status == .ok)
                let text = String(buffer: response.body)
                return (response.headers, text, (try? JSON(parsing: text.utf8)) ?? .null)
            }
        }
    }

    @Test(
        arguments: [
            (nil, .json), ("", .json), ("*/*", .json), ("application/json", .json), ("text/html", .page),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", .page),
            ("text/html, application/json", .json), ("text/html;q=0.9, application/json;q=0.8", .page),
            ("TEXT/HTML ; q=1.0", .page), ("application/vnd.api+json, text/html;q=0.5", .json),
            ("text/html;q=0", .json), ("text/*, */*;q=0.1", .json), ("application/xhtml+xml", .page),
            ("text/html;q=nan", .json), ("text/html;level=1;q=0.4, */*;q=0.5", .json), (",;,;q", .json),
        ] as [(String?, Preference)])
    func `data is given unless pages are named and liked better`(accept: String?, expected: Preference) {
        #expect(Preference(accept: accept) == expected)
    }

    @Test func `one address gives browsers the page and programs the data`() async throws {
        let (page, html, _) = try await Self.get("/errors", accept: "text/html,*/*;q=0.8")
        #expect(page[.contentType]?.hasPrefix("text/html") == true && page[.vary] == "Accept")
        #expect(html.contains("id=\"code-00213\"") && html.contains("NN563"))
        let (data, _, json) = try await Self.get("/errors", accept: "*/*")
        #expect(data[.contentType] == "application/json" && data[.vary] == "Accept")
        #expect(json["meta"]?["total"]?.int == json["data"]?.items?.count)
    }

    @Test func `each bouquet lists its errors with what to do and who gives them`() async throws {
        let company = try await Self.get("/errors", accept: nil).2["data"]?.items ?? []
        let person = try await Self.get("/api/errors", accept: "text/html").2["data"]?.items ?? []
        func item(_ items: [JSON], _ code: String, _ status: Int) -> JSON? {
            items.first { $0["code"]?.text == code && $0["status"]?.int == status }
        }
        let siren = try #require(item(company, "00301", 422))
        #expect(siren["source"] == ["parameter": "siren"] && siren["provider"] == .null && siren["remedy"]?.text != nil)
        #expect(siren["operations"]?.items?.contains("api_entreprise_v4_insee_unites_legales") == true)
        #expect(item(company, "01003", 404)?["provider"] == "INSEE" && item(person, "01003", 404) == nil)
        #expect(item(person, "23003", 404)?["provider"] == "CNAF" && item(company, "23003", 404) == nil)
        // v2 has its own statuses and words.
        let second = try #require(item(person, "00420", 400))
        #expect(second["v2_error"] == "bad_request" && item(person, "00420", 422)?["v2_error"] == .null)
        #expect(second["operations"]?.items?.allSatisfy { $0.text?.contains("_v2_") == true } == true)
        // The hub's own errors that no operation gives are there too.
        #expect(item(company, "00403", 410)?["operations"] == [] && item(person, "00430", 422) != nil)
        #expect(!company.contains { $0["code"]?.text?.hasPrefix("NN") ?? true })
    }

    @Test func `the errors of one operation can be asked for`() async throws {
        let name = "api_particulier_v3_cnav_quotient_familial_with_civility"
        let items = try await Self.get("/api/errors?operation_id=" + name, accept: nil).2["data"]?.items ?? []
        #expect(items.count > 20 && items.allSatisfy { $0["operations"] == [.string(name)] })
        for path in ["/errors?operation_id=" + name, "/api/errors?operation_id=none"] {
            #expect(try await Self.get(path, accept: nil).2["data"] == [])
        }
    }

    @Test func `both bouquets describe what a token and a vendor can ask`() throws {
        for (bouquet, errors) in [(APIDescription.Bouquet.entreprise, "/errors"), (.particulier, "/api/errors")] {
            let document = OpenAPIDocument(
                .bouquet(bouquet), of: try Shipped.catalogue(), server: "https://unefois.test", version: "1")
            let paths = try #require(document).json["paths"]
            let introspection = paths?["/v3/token/introspect"]?["get"]?["responses"]
            #expect(introspection?["200"] != nil && introspection?["422"] != nil && introspection?["403"] != nil)
            #expect(paths?["/editeur/api/v1/delegations"]?["get"]?["responses"]?["200"] != nil)
            #expect(paths?[errors]?["get"]?["security"] == [])
            let example =
                bouquet == .entreprise
                ? "/v3/msa/etablissements/{siret}/conformite_cotisations" : "/v3/dss/quotient_familial/identite"
            let operation = paths?[example]?["get"]
            let names = operation?["parameters"]?.items?.compactMap { $0["name"]?.text } ?? []
            #expect(Set(names).isSuperset(of: ["delegation_id", "X-Delegation-Id", "X-Agent-Id"]))
        }
        let one = OpenAPIDocument(.api("quotient-familial"), of: try Shipped.catalogue(), server: "", version: "1")
        #expect(one?.json["paths"]?["/v3/token/introspect"] == nil)
    }
}
