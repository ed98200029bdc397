import Testing
import Values

@testable import unefois

struct ParameterRulesTests {
    private struct Rule: Sendable {
        let change: String
        let query: Query
        /// Nil where the call is accepted.
        let code: String?

        init(_ name: String, _ values: [String], _ code: String?, _ base: Query = .v3) {
            change = name + "=" + values.joined(separator: ",")
            query = values.isEmpty ? base.with(name) : values.reduce(base.with(name)) { $0.adding(name, $1) }
            self.code = code
        }
    }

    private static let withoutCommune = Query.v3.with("codeCogInseeCommuneNaissance").with(
        "nomCommuneNaissance", "Vouziers")
    private static let located = withoutCommune.with("codeCogInseeDepartementNaissance", "08")

    /// Today is 15 May 2026.
    private static let rules: [Rule] = [
        Rule("nomNaissance", [], "00420"), Rule("nomNaissance", [""], "00420"), Rule("nomNaissance", ["R2D2"], "00420"),
        Rule("nomNaissance", ["<b>"], "00420"), Rule("nomNaissance", ["' -"], "00420"),
        Rule("nomNaissance", ["王"], "00420"),
        Rule("nomNaissance", ["A×B"], "00420"), Rule("nomNaissance", ["A\0B"], "00420"),
        Rule("nomNaissance", ["A\nB"], "00420"),
        Rule("nomNaissance", [String(repeating: "A", count: 401)], "00420"),
        Rule("nomNaissance", ["d'Él-Ÿ Ouï"], "00420"),
        Rule("nomNaissance", ["d'ÉL-ÿ Ouï"], nil), Rule("nomNaissance", ["1", "LEFEBVRE"], nil),
        Rule("nomUsage", ["1"], "00420"), Rule("nomUsage", [" "], nil), Rule("nomUsage", ["MARCHAND"], nil),
        Rule("prenoms[]", [], "00421"), Rule("prenoms[]", [""], "00421"), Rule("prenoms[]", ["CLAIRE", ""], "00421"),
        Rule("prenoms[]", ["CLAIRE", "2"], "00421"), Rule("prenoms[]", ["CLAIRE"], nil),
        Rule("prenoms", ["CLAIRE"], "00367", Query.v3.with("prenoms[]")),
        Rule("anneeDateNaissance", ["1899"], "00363"), Rule("anneeDateNaissance", ["2027"], "00363"),
        Rule("anneeDateNaissance", ["19x7"], "00363"), Rule("anneeDateNaissance", ["+198"], "00363"),
        Rule("anneeDateNaissance", [], nil), Rule("moisDateNaissance", ["13"], "00363"),
        Rule("moisDateNaissance", ["0"], "00363"), Rule("moisDateNaissance", [""], nil),
        Rule("jourDateNaissance", ["32"], "00363"), Rule("jourDateNaissance", ["0"], "00363"),
        Rule("jourDateNaissance", ["٣"], "00363"), Rule("jourDateNaissance", [], nil),
        Rule("jourDateNaissance", ["027"], nil),
        Rule("jourDateNaissance", ["29"], "00363", Query.v3.with("moisDateNaissance", "2")),
        Rule(
            "jourDateNaissance", ["15"], "00363",
            Query.v3.with("anneeDateNaissance", "2026").with("moisDateNaissance", "5")),
        Rule(
            "jourDateNaissance", ["14"], nil, Query.v3.with("anneeDateNaissance", "2026").with("moisDateNaissance", "5")
        ),
        Rule(
            "moisDateNaissance", ["6"], "00363", Query.v3.with("anneeDateNaissance", "2026").with("jourDateNaissance")),
        Rule("sexeEtatCivil", [], "00427"), Rule("sexeEtatCivil", ["X"], "00427"),
        Rule("sexeEtatCivil", ["MF"], "00427"),
        Rule("sexeEtatCivil", ["f"], nil),
        Rule("codeCogInseePaysNaissance", [], "00400"), Rule("codeCogInseePaysNaissance", ["98100"], "00400"),
        Rule("codeCogInseePaysNaissance", ["9910"], "00400"), Rule("codeCogInseePaysNaissance", ["99١٠٠"], "00400"),
        Rule("codeCogInseePaysNaissance", ["92352"], nil), Rule("codeCogInseePaysNaissance", ["99127"], nil),
        Rule("codeCogInseeCommuneNaissance", [], "00365"), Rule("codeCogInseeCommuneNaissance", ["0848"], "00365"),
        Rule("codeCogInseeCommuneNaissance", ["20004"], "00365"),
        Rule("codeCogInseeCommuneNaissance", ["2C004"], "00365"),
        Rule("codeCogInseeCommuneNaissance", ["2A004"], nil), Rule("codeCogInseeCommuneNaissance", ["97411"], nil),
        Rule("codeCogInseeCommuneNaissance", [], nil, Query.v3.with("codeCogInseePaysNaissance", "99127")),
        Rule("codeCogInseeDepartementNaissance", ["08"], nil, withoutCommune),
        Rule("codeCogInseeDepartementNaissance", ["2B"], nil, withoutCommune),
        Rule("codeCogInseeDepartementNaissance", [], "00365", withoutCommune),
        Rule("codeCogInseeDepartementNaissance", ["96"], "00365", withoutCommune),
        Rule("codeCogInseeDepartementNaissance", ["20"], "00365", withoutCommune),
        Rule("anneeDateNaissance", [], "00365", located), Rule("nomCommuneNaissance", [], "00365", located),
        Rule("annee", ["2023"], "00356"), Rule("annee", ["2027"], "00356"), Rule("annee", ["26"], "00356"),
        Rule("annee", ["MMXXVI"], "00356"), Rule("annee", ["2024"], nil), Rule("annee", [" "], nil),
        Rule("mois", ["0"], "00354"), Rule("mois", ["13"], "00354"), Rule("mois", ["6"], "00354"),
        Rule("mois", ["mai"], "00354"),
        Rule("mois", ["05"], nil), Rule("mois", ["12"], nil, Query.v3.with("annee", "2025")),
        Rule("mois", ["12"], "00354", Query.v3.with("annee", "2026")),
        Rule("inconnu", ["x"], nil),
    ]

    @Test func `each rule of the quotient familial has its code, in the form of each version`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for rule in Self.rules {
                let v3 = try await hub.send(rule.query.civility, token: token)
                #expect(v3.status == (rule.code == nil ? 200 : 422) && v3.code == rule.code, "v3 \(rule.change)")
                let v2 = try await hub.send(rule.query.version2, token: token)
                // v2 takes a person without first names, as its published cases do.
                let codeInV2 = rule.change == "prenoms[]=" && rule.query.isWithout("prenoms[]") ? nil : rule.code
                #expect(v2.status == (codeInV2 == nil ? 200 : 400), "v2 \(rule.change)")
                guard let code = codeInV2 else { continue }
                let detail = hub.hub.catalogue.errors.entry(code)?.detail ?? "none"
                #expect(
                    v2.json == ["error": "bad_request", "reason": .string(detail), "message": .string(detail)],
                    "v2 \(rule.change)")
                #expect(v2.headers["content-type"] == "application/json")
                #expect(v3.headers["content-type"] == "application/vnd.api+json")
            }
        }
    }

    @Test func `the error names the parameter as the caller wrote it`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for (name, value, source) in [
                ("sexeEtatCivil", "X", "sexeEtatCivil"), ("annee", "1999", "annee"), ("recipient", "1", "recipient"),
            ] {
                let answer = try await hub.send(Query.v3.with(name, value).civility, token: token)
                #expect(answer.json["errors"]?.items?.first?["source"]?["parameter"]?.text == source)
            }
        }
    }

    @Test func `the recipient is wanted in v3 and, where given, checked in v2`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for (value, v3, v2) in [(nil, "00203", 200), ("", "00203", 200), ("1", "00210", 400)]
                as [(String?, String, Int)]
            {
                let query = value.map { Query.v3.with("recipient", $0) } ?? Query.v3.with("recipient")
                let answer = try await hub.send(query.civility, token: token)
                #expect(answer.status == 422 && answer.codes == [v3])
                #expect(try await hub.send(query.version2, token: token).status == v2)
            }
        }
    }
}
