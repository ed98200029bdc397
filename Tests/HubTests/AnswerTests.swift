import Foundation
import TestSupport
import Testing
import Values

struct AnswerTests {
    @Test func `an answer has the envelope and the headers of the contract`() async throws {
        try await HubBench().run { hub in
            let answer = try await hub.send(Query.v3.civility, token: hub.token(limit: .standard))
            #expect(answer.status == 200)
            #expect(
                answer.text == """
                    {"data":{"quotient_familial":{"fournisseur":"CNAF","valeur":620,"annee":2026,"mois":5,"annee_calcul":2026,\
                    "mois_calcul":5},"allocataires":[{"nom_naissance":"LEFEBVRE","nom_usage":null,"prenoms":"CLAIRE MARIE",\
                    "date_naissance":"1987-06-27","sexe":"F"}],"enfants":[],"adresse":{"destinataire":"MME LEFEBVRE",\
                    "complement_information":null,"complement_information_geographique":null,"numero_libelle_voie":null,\
                    "lieu_dit":null,"code_postal_ville":"08000 VILLERS","pays":null}},"links":{},"meta":{}}
                    """)
            for (name, value) in [
                ("content-type", "application/vnd.api+json"), ("x-response-cached", "false"),
                ("x-cache-expires-in", ""),
                ("ratelimit-limit", "20"), ("ratelimit-remaining", "19"), ("ratelimit-reset", "1778839201"),
                ("vary", "Accept, Origin, X-Generate-Proof"), ("x-frame-options", "SAMEORIGIN"),
                ("x-content-type-options", "nosniff"),
            ] { #expect(answer.headers[name] == value, "\(name)") }
            #expect(answer.headers["cache-control"]?.contains("no-cache") == true)
            #expect(Double(answer.headers["x-runtime"] ?? "") != nil && answer.headers["retry-after"] == nil)
            #expect(
                hub.stub.asked.first?.contains(
                    "nomNaissance=LEFEBVRE&listePrenoms=CLAIRE%20MARIE&dateNaissance=1987-06-27") == true)
        }
    }

    @Test func `a scope that is missing takes its key away, in v3 and in v2`() async throws {
        let v3 = ["quotient_familial", "allocataires", "enfants", "adresse"]
        let v2 = [["quotientFamilial", "annee", "mois"], ["allocataires"], ["enfants"], ["adresse"]]
        try await HubBench().run { hub in
            for mask in 1..<16 {
                let opened = (0..<4).filter { mask & 1 << $0 != 0 }
                let token = try await hub.token(scopes: opened.map { RunningHub.scopes[$0] } + ["unknown_scope"])
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.json["data"]?.members?.map(\.key) == opened.map { v3[$0] })
                let older = try await hub.send(Query.v3.version2, token: nil, headers: ["X-Api-Key": token])
                #expect(older.json.members?.map(\.key) == opened.flatMap { v2[$0] })
                #expect(older.headers["content-type"] == "application/json")
            }
            for scopes in [[], ["unknown_scope"]] {
                let token = try await hub.token(scopes: scopes)
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.status == 403 && answer.codes == ["00100"] && !answer.text.contains("LEFEBVRE"))
                #expect(try await hub.send(Query.v3.version2, token: token).status == 401)
            }
        }
    }

    @Test func `in any order of tokens, a kept answer never shows more than the token at hand opens`() async throws {
        let keys = ["quotient_familial", "allocataires", "enfants", "adresse"]
        try await HubBench().run { hub in
            var tokens: [(opened: [String], token: String)] = []
            for mask in 1..<16 {
                let opened = (0..<4).filter { mask & 1 << $0 != 0 }
                let token = try await hub.token(scopes: opened.map { RunningHub.scopes[$0] })
                tokens.append((opened.map { keys[$0] }, token))
            }
            var (random, cached) = (SeededGenerator(seed: 4), 0)
            for _ in 0..<300 {
                let (opened, token) = try #require(tokens.randomElement(using: &random))
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.json["data"]?.members?.map(\.key) == opened)
                if answer.headers["x-response-cached"] == "true" { cached += 1 }
            }
            #expect(cached > 200)
        }
    }

    @Test func `an answer is served again for a day, to whoever holds the same scopes`() async throws {
        try await HubBench().run { hub in
            let (all, part) = (try await hub.token(), try await hub.token(scopes: ["cnaf_enfants"]))
            func ask(_ token: String, _ query: Query = .v3, fresh: Bool = false) async throws -> RunningHub.Answer {
                try await hub.send(
                    query.civility, token: token, headers: fresh ? ["Cache-Control": "max-age=0, No-Cache"] : [:])
            }
            #expect(try await ask(all).headers["x-response-cached"] == "false")
            hub.clock.advance(100)
            let again = try await ask(hub.token(), .v3.with("inconnu", "1"))
            #expect(again.headers["x-response-cached"] == "true" && again.headers["x-cache-expires-in"] == "86300")
            #expect(again.json["data"]?["adresse"] != nil && hub.stub.asked.count == 1)
            let other = try await ask(part)
            #expect(
                other.headers["x-response-cached"] == "false" && other.json["data"]?.members?.map(\.key) == ["enfants"])
            #expect(try await ask(all, .v3.with("nomNaissance", "AUTRE")).headers["x-response-cached"] == "false")
            #expect(try await ask(all, fresh: true).headers["x-response-cached"] == "false")
            #expect(hub.stub.asked.count == 4)
            hub.clock.advance(86_400)
            #expect(try await ask(all).headers["x-response-cached"] == "false")
        }
    }

    @Test func `an error is never served again`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            hub.stub.tell(.init(status: 404, body: #"{"errorCode":40406}"#))
            #expect(try await hub.send(Query.v3.civility, token: token).codes == ["35003"])
            hub.stub.tell(.init())
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    @Test func `the identifier of a call is the caller's, or a new one`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for id in ["7b1f9d1e-4b7e-4f0e-9a57-0123456789ab", "dossier_2026-0042"] {
                let answer = try await hub.send(Query.v3.civility, token: token, headers: ["X-Request-Id": id])
                #expect(answer.headers["x-request-id"] == id)
            }
            for id in ["x", "LEFEBVRE CLAIRE", String(repeating: "a", count: 65)] {
                let answer = try await hub.send(Query.v3.civility, headers: ["X-Request-Id": id])
                #expect(answer.headers["x-request-id"]?.count == 36 && answer.status == 401)
            }
        }
    }

    @Test(
        arguments: [
            (400, #"{"errorCode":40013,"error":"date"}"#, [:], 422, "00366"),
            (404, #"{"errorCode":40409}"#, [:], 422, "00355"),
            (404, #"{"errorCode":40412}"#, ["X-APISECU-FD": "00810011"], 404, "35003"),
            (404, "{}", ["X-APISECU-FD": "00810011"], 404, "23003"),
            (404, "{}", ["X-APISECU-FD": "00171001"], 404, "10003"),
            (404, "{}", ["X-APISECU-FD": "99430000"], 404, "40003"), (404, "<", [:], 404, "35003"),
            (429, "", [:], 502, "35008"),
            (500, "", [:], 502, "35000"), (503, "", [:], 502, "35001"), (504, "", [:], 504, "35002"),
            (302, "", [:], 502, "35000"),
            (200, "<html>", [:], 502, "35999"), (200, "[]", [:], 502, "35999"), (200, "{}", [:], 502, "35999"),
            (200, #"{"quotientFamilial":{"x":1}}"#, ["X-APISECU-FD": "00810011"], 502, "35999"),
        ] as [(Int, String, [String: String], Int, String)])
    func `each answer of the provider becomes one of the contract`(
        status: Int, body: String, headers: [String: String], expected: Int, code: String
    ) async throws {
        try await HubBench().run { hub in
            hub.stub.tell(.init(status: status, headers: headers, body: body))
            let answer = try await hub.send(Query.v3.civility, token: hub.token())
            #expect(answer.status == expected && answer.codes == [code])
            let meta = answer.json["errors"]?.items?.first?["meta"]
            if code == "00366" {
                #expect(meta?["provider_error_code"] == 40013 && meta?["provider_error_message"] == "date")
            }
        }
    }
}
