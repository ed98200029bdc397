import CatalogueModel
import Foundation
import Testing
import Values

@testable import Pages

@Suite struct OpenAPITests {
    private func document(_ part: OpenAPIDocument.Part = .bouquet(.particulier)) throws -> JSON {
        let document = OpenAPIDocument(
            part, of: try Shipped.catalogue(), server: "https://unefois.test", version: "1")
        return try #require(document).json
    }

    private func operation(_ path: String) throws -> JSON {
        try #require(try document()["paths"]?[path]?["get"])
    }

    private func schema(_ operation: JSON, _ status: String = "200") -> JSON? {
        operation["responses"]?[status]?["content"]?["application/json"]?["schema"]
    }

    @Test func `the quotient familial has its envelope, its types and its scopes`() throws {
        let schema = try #require(schema(try operation("/v3/dss/quotient_familial/identite")))
        #expect(schema["required"] == ["data", "links", "meta"])
        let familyQuotient = try #require(schema["properties"]?["data"]?["properties"]?["quotient_familial"])
        #expect(familyQuotient["x-scope"] == "cnaf_quotient_familial")
        let amount: JSON = ["type": ["integer", "null"], "description": "Montant, en euros"]
        #expect(familyQuotient["properties"]?["valeur"] == amount)
        let fund: JSON = [
            "type": "string", "enum": ["CNAF", "MSA"], "description": "Caisse qui verse les prestations",
        ]
        #expect(familyQuotient["properties"]?["fournisseur"]?.matches(fund) == true)
    }

    @Test func `v2 answers without an envelope and refuses in its own form`() throws {
        let operation = try operation("/api/v2/composition-familiale-v2")
        #expect(schema(operation)?["properties"]?["quotientFamilial"]?["type"] == ["integer", "null"])
        #expect(operation["deprecated"] == true)
        #expect(schema(operation, "400") == ["$ref": "#/components/schemas/ErreurV2"])
        #expect(operation["responses"]?["422"] == nil && operation["responses"]?["502"] == nil)
        #expect(parameter("recipient", operation)?["required"] == false)
    }

    @Test func `the document of version 2 holds its addresses and no other`() throws {
        let document = try document(.version(.particulier, 2))
        let paths = try #require(document["paths"]?.members).map(\.key)
        #expect(paths.allSatisfy { $0.hasPrefix("/api/v2/") })
        // Every address of that version that is still served.
        #expect(
            Set(paths) == [
                "/api/v2/composition-familiale-v2", "/api/v2/revenu-solidarite-active", "/api/v2/prime-activite",
                "/api/v2/allocation-soutien-familial", "/api/v2/allocation-adulte-handicape",
                "/api/v2/complementaire-sante-solidaire", "/api/v2/etudiants", "/api/v2/etudiants-boursiers",
                "/api/v2/scolarites", "/api/v2/situations-pole-emploi", "/api/v2/paiements-pole-emploi",
            ])
        #expect(document["info"]?["title"] == "UneFois : données des particuliers, version 2")
    }

    @Test func `values named one by one may be null, and the document says so`() throws {
        let grant = try #require(schema(try operation("/v5/cnous/etudiant_boursier/ine")))
        let student = grant["properties"]?["data"]?["properties"]?["identite"]?["properties"]
        #expect(student?["prenoms"]?["items"] == ["type": ["string", "null"]])
    }

    private func parameter(_ name: String, _ operation: JSON) -> JSON? {
        operation["parameters"]?.items?.first { $0["name"]?.text == name }
    }

    @Test func `parameters tell their type, their place and whether they are mandatory`() throws {
        let operation = try operation("/v3/dss/quotient_familial/identite")
        #expect(parameter("recipient", operation)?["required"] == true)
        let names = parameter("prenoms[]", operation)
        #expect(names?["schema"] == ["type": "array", "items": ["type": "string"]])
        #expect(names?["style"] == "form" && names?["explode"] == true)
        #expect(parameter("sexeEtatCivil", operation)?["schema"]?["enum"] == ["M", "F"])
        #expect(parameter("X-Request-Id", operation)?["in"] == "header")
    }

    @Test func `each way of asking has its proof of identity`() throws {
        let identity = try operation("/v3/dss/quotient_familial/identite")
        #expect(identity["security"]?.items?.count == 2)
        let franceConnect = try operation("/v3/dss/quotient_familial/france_connect")
        #expect(franceConnect["security"] == [["franceConnect": []]])
        #expect(identity["x-scopes"]?.items?.contains("cnaf_adresse") == true)
    }

    @Test func `open data wants neither a token nor a word about the call`() throws {
        let document = try document(.bouquet(.open))
        #expect(document["components"]?["securitySchemes"] == .object([]))
        let operation = try #require(document["paths"]?["/v1/sirene/unites_legales/{siren}"]?["get"])
        #expect(operation["security"] == [] && operation["x-scopes"] == [])
        #expect(operation["parameters"]?.items?.compactMap { $0["name"]?.text } == ["siren", "X-Request-Id"])
        #expect(operation["responses"]?["401"] == nil && operation["responses"]?["403"] == nil)
        #expect(operation["responses"]?["409"] == nil && operation["responses"]?["429"] != nil)
        let invalid = operation["responses"]?["422"]?["content"]?["application/json"]?["examples"]
        #expect(invalid?.members?.map(\.key) == ["00301", "00444"])
    }

    @Test func `errors carry the provider's number and the nomenclature's texts`() throws {
        let document = try document(.api("quotient-familial"))
        let operation = try #require(document["paths"]?["/v3/dss/quotient_familial/identite"]?["get"])
        let notFound = operation["responses"]?["404"]?["content"]?["application/json"]?["examples"]
        #expect(notFound?.members?.map(\.key) == ["10003", "23003", "35003", "40003"])
        #expect(notFound?["35003"] == ["$ref": "#/components/examples/35003"])
        let example = document["components"]?["examples"]?["35003"]
        let error = example?["value"]?["errors"]?.items?.first
        #expect(error?["meta"]?["provider"] == "CNAF & MSA")
        #expect(operation["responses"]?["429"]?["headers"]?["Retry-After"] != nil)
        #expect(operation["responses"]?["401"]?["content"]?["application/json"]?["examples"]?["50001"] == nil)
    }

    @Test func `the documents are served at their addresses and at those that clients know`() async throws {
        try await Shipped.pages { client in
            for path in ["/openapi/particulier.json", "/openapi/quotient-familial.json"] {
                let answer = try await client.visit(path)
                #expect(answer.headers[.contentType] == "application/json")
                let json = try JSON(parsing: Array(answer.text.utf8))
                #expect(json["openapi"] == "3.1.0")
            }
            for path in ["/api/open-api-v2.yml", "/api/open-api-v3.yml", "/api/open-api.yml"] {
                let answer = try await client.visit(path)
                #expect(answer.headers[.contentType] == "application/yaml")
            }
        }
    }
}
