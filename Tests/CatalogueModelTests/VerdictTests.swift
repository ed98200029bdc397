@testable import CatalogueModel
import Foundation
import Testing
import Values

@Suite struct VerdictTests {
    static func code(_ id: String, status: Int, body: String = "{}", headers: [String: String] = [:]) throws -> String {
        let operation = try #require(try Shipped.catalogue.operation(id))
        let replay = Replay(catalogue: try Shipped.catalogue)
        let facts = replay.received(
            replay.facts(operation, parameters: []), status: status, headers: headers, bytes: Data(body.utf8),
            by: operation)
        return try operation.verdict(on: facts).map(operation.code) ?? "accepted"
    }

    @Test(arguments: [
        (504, "36002"), (502, "36001"), (503, "36001"), (301, "36000"), (308, "36000"), (500, "36000"), (429, "36008"),
        (418, "36999"), (200, "accepted"),
    ])
    func `the statuses of the way come before the rules of the descriptor`(_ status: Int, _ code: String) throws {
        #expect(try Self.code("api_particulier_v3_cnav_prime_activite_with_civility", status: status) == code)
    }

    @Test func `a refusal of one status is found whatever stands before it, and holds for no other`() throws {
        let is404 = Condition.equal(.fact(.status), .literal(.integer(404)))
        let hasCode = Condition.equal(.member(.fact(.body), "code"), .literal("A"))
        let conditions: [Condition] = [
            is404, hasCode, .all([is404, hasCode]), .all([hasCode, is404]), .all([.all([is404]), hasCode]),
            .any([is404, hasCode]), .equal(.literal(.integer(404)), .fact(.status)),
            .different(.fact(.status), .literal(404)),
            .equal(.fact(.status), .literal("404")), .always,
        ]
        for condition in conditions {
            let refusal = Refusal(condition: condition, problem: nil)
            for status in [200, 400, 404] {
                for body in [#"{"code":"A"}"#, "{}", "null"] {
                    var facts = CallFacts(asked: [], today: CivilDate(year: 2026, month: 5, day: 28))
                    facts.status = status
                    facts.content = .text(try JSONText(parsing: Array(body.utf8)))
                    let frame = Frame(facts)
                    #expect(try refusal.holds(in: frame) == condition.holds(in: frame), "\(condition), \(status)")
                }
            }
        }
    }

    @Test func `a success that is no JSON is unknown`() throws {
        #expect(
            try Self.code("api_particulier_v3_cnav_prime_activite_with_civility", status: 200, body: "<html>")
                == "36999")
        #expect(
            try Self.code("api_particulier_v3_cnav_prime_activite_with_civility", status: 200, body: "null") == "36999")
        #expect(try Self.code("api_particulier_v3_cnav_prime_activite_with_civility", status: 204, body: "") == "36999")
    }

    @Test func `an answer of success that lacks its first value is unknown, never a benefit granted`() throws {
        let catalogue = try Shipped.catalogue
        for operation in catalogue.operations where operation.provider.id == "cnav" && operation.errorPrefix == "36" {
            let replay = Replay(catalogue: catalogue)
            let facts = replay.received(
                replay.facts(operation, parameters: []), status: 200, headers: ["X-APISECU-FD": "00810011"],
                bytes: Data("{}".utf8), by: operation)
            guard case .problem = replay.outcome(operation, facts, scopes: catalogue.scopes.set(catalogue.scopes.names))
            else {
                Issue.record("\(operation.id) answers an empty object")
                continue
            }
        }
    }

    @Test func `a redirection of Sirene names the number to ask for, once`() throws {
        let operation = try #require(try Shipped.catalogue.operation("api_entreprise_v4_insee_unites_legales"))
        let replay = Replay(catalogue: try Shipped.catalogue)
        var facts = replay.facts(operation, parameters: [("siren", "532221694")])
        facts.status = 301
        facts.headers = ["location": "https://insee.example/siren/778870675"]
        let plan = try #require(try operation.plan(for: facts))
        let again = try #require(try plan.redirected(facts))
        #expect(again.parameters[operation.parameters[0].slot] == "778870675")
        #expect(again.redirectedFrom == "532221694")
        #expect(again.status == 0)
        for location in ["https://insee.example/siren/../token", "https://insee.example/siren/12", ""] {
            facts.headers = ["location": location]
            #expect(try plan.redirected(facts) == nil)
        }
        facts.status = 200
        #expect(try plan.redirected(facts) == nil)
    }

    @Test func `a refusal takes values of the provider's answer with it, in the shape that the descriptor gives them`()
        throws
    {
        let operation = try #require(try Shipped.catalogue.operation("api_entreprise_v3_infogreffe_extraits_rcs"))
        let replay = Replay(catalogue: try Shipped.catalogue)
        let facts = replay.received(
            replay.facts(operation, parameters: []), status: 200, headers: [:],
            bytes: Data("<r><return type='t'>006 -DOSSIER INCONNU-</return></r>".utf8), by: operation)
        let problem = try #require(try operation.verdict(on: facts))
        #expect(operation.code(of: problem) == "02003")
        #expect(
            JSON.object(try problem.meta(facts)).serialized
                == #"{"provider_error":{"code":"006","message":"DOSSIER INCONNU"}}"#)
    }

    @Test func `a student is asked for by number with one request and by name with another`() throws {
        let operation = try #require(try Shipped.catalogue.operation("api_particulier_v2_mesri_student_status"))
        let replay = Replay(catalogue: try Shipped.catalogue)
        let number = try #require(
            try operation.plan(for: replay.facts(operation, parameters: [("ine", "0123456789A")])))
        #expect((number.method, number.client) == (.get, "ine"))
        let facts = replay.facts(
            operation,
            parameters: [("nom", "CHARME"), ("prenom", "Lou"), ("dateDeNaissance", "2004-02-29"), ("sexe", "f")])
        let name = try #require(try operation.plan(for: facts))
        #expect((name.method, name.client) == (.post, "identite"))
        guard case .json(let template, let keepsNulls) = name.body else {
            Issue.record("no JSON body")
            return
        }
        #expect(
            try template.value(on: facts, keepsNulls: keepsNulls).matches([
                "nomFamille": "CHARME", "prenom1": "Lou", "dateNaissance": "2004-02-29", "sexe": "2",
            ]))
    }

    @Test func `the commune of birth is looked up by name, in its département where several have that name`() throws {
        let operation = try #require(
            try Shipped.catalogue.operation("api_particulier_v3_mesri_statut_etudiant_with_civility"))
        let lookup = try #require(operation.lookups.first)
        let replay = Replay(catalogue: try Shipped.catalogue)
        var facts = replay.facts(
            operation,
            parameters: [
                ("nomCommuneNaissance", "La Rochette"), ("anneeDateNaissance", "2000"),
                ("codeCogInseeDepartementNaissance", "04"),
            ])
        let frame = Frame(facts: facts, node: .null)
        #expect(try lookup.plan.condition?.holds(in: frame) == true)
        #expect(try lookup.plan.query.map { try $0.value.value(in: frame) } == ["2000-01-01", "La Rochette", "false"])
        func found(_ body: JSON) throws -> JSON {
            facts.body = body
            return try lookup.value.value(in: Frame(facts: facts, node: body))
        }
        #expect(try found([["code": "77389"], ["code": "04170"], ["code": "04171"]]) == "04170")
        #expect(try found([["code": "77389"]]) == "77389")
        #expect(try found([["code": "77389"], ["code": "16282"]]) == nil)
        #expect(try found([]) == nil)
        #expect(try found(nil) == nil)
        let known = replay.facts(
            operation,
            parameters: [
                ("codeCogInseeCommuneNaissance", "04170"), ("nomCommuneNaissance", "La Rochette"),
                ("anneeDateNaissance", "2000"),
                ("codeCogInseeDepartementNaissance", "04"),
            ])
        #expect(try lookup.plan.condition?.holds(in: Frame(facts: known, node: .null)) == false)
    }

    @Test func `v2 has statuses of its own`() throws {
        let catalogue = try Shipped.catalogue
        let old = try #require(catalogue.operation("api_particulier_v2_cnav_prime_activite"))
        let new = try #require(catalogue.operation("api_particulier_v3_cnav_prime_activite_with_civility"))
        for (code, v2, v3) in [("00366", 400, 422), ("NN999", 503, 502), ("NN002", 504, 504), ("NN003", 404, 404)] {
            #expect(catalogue.status(of: ProblemTemplate(code: code), in: old) == v2)
            #expect(catalogue.status(of: ProblemTemplate(code: code), in: new) == v3)
        }
    }

    @Test func `an address that is gone says what took its place`() throws {
        let catalogue = try Shipped.catalogue
        #expect(catalogue.gone("/v2/entreprises/130025265") != nil)
        #expect(catalogue.gone("/v3/inpi/unites_legales/130025265/brevets") != nil)
        #expect(catalogue.gone("/api/v2/composition-familiale") != nil)
        for path in [
            "/v2", "/v3/inpi/unites_legales/130025265", "/v3/inpi/unites_legales/130025265/brevets/1",
            "/api/v2/etudiants", "/",
        ] {
            #expect(catalogue.gone(path) == nil, "\(path)")
        }
    }

    @Test func `a nomenclature keeps commas and quotes of its cells`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("code,intitule,de\nA,\"riz, \"\"long\"\" et blé\",\nB,\"l'été\nen deux lignes\",2\n".utf8).write(
            to: file)
        let table = try Nomenclature(name: "essai", file: file)
        #expect(table.cell("A", 1) == "riz, \"long\" et blé")
        #expect(table.cell("A", 2) == nil)
        #expect(table.cell("B", 1) == "l'été\nen deux lignes")
        #expect(table.cell("B", 2) == "2")
        #expect(table.cell("C", 2) == nil)
    }
}
