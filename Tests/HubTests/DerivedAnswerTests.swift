import DataProviders
import Foundation
import Testing
import Values

@testable import unefois

/// Derived answers and bouquets, over a whole hub.
struct DerivedAnswerTests {
    private static let scopes = ["tranche_quotient_familial", "quotient_familial_au_plus"]

    private static func threshold(_ amount: Int, _ query: Query = .v3) -> String {
        "/v3/reponses/quotient_familial/au_plus/identite?" + query.with("seuil", String(amount)).text
    }
    private static func bracket(_ grid: String) -> String {
        "/v3/reponses/quotient_familial/tranche/identite?" + Query.v3.with("grille", grid).text
    }

    @Test func `a fourth question on a family is refused, however it is spelt, and those before still answered`()
        async throws
    {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti-d", scopes: Self.scopes)
            #expect(try await hub.send(Self.threshold(600), token: token).json["data"]?["au_plus"] == false)
            #expect(try await hub.send(Self.threshold(620), token: token).json["data"]?["au_plus"] == true)
            #expect(try await hub.send(Self.bracket("nantes-transport"), token: token).status == 200)
            for query in [
                Query.v3, .v3.with("nomNaissance", "Lefebvre"), .v3.with("prenoms[]", "claire"),
                .v3.with("jourDateNaissance"), .v3.with("nomUsage", "AUTRE"), .v3.with("mois", "2"),
            ] {
                let refused = try await hub.send(Self.threshold(610, query), token: token)
                #expect(refused.status == 429 && refused.codes == ["00441"], "\(query.text)")
            }
            #expect(try await hub.send(Self.bracket("bordeaux-transport"), token: token).codes == ["00441"])
            // A question already answered tells nothing new.
            for _ in 0..<2 { #expect(try await hub.send(Self.threshold(600), token: token).status == 200) }
            // Another grant counts for itself; a day later all begins anew.
            let other = try await hub.token(scopes: Self.scopes)
            #expect(try await hub.send(Self.threshold(610), token: other).status == 200)
            hub.clock.advance(86_401)
            #expect(try await hub.send(Self.threshold(610), token: token).status == 200)
        }
    }

    @Test func `the count of questions outlives the process`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti-d", scopes: Self.scopes)
            for amount in [1, 2, 3] { _ = try await hub.send(Self.threshold(amount), token: token) }
            let again = try hub.folder.openQuestions(hub.hub.store)
            // The subject as the gateway writes it: rule, grant, people of the answer.
            let people =
                #"[{"nom_naissance":"LEFEBVRE","nom_usage":null,"prenoms":"CLAIRE MARIE","#
                + #""date_naissance":"1987-06-27","sexe":"F"}]"#
            let subject = Array(#"["quotient-familial","grant-jti-d",\#(people)]"#.utf8)
            let since = may.addingTimeInterval(-86_400)
            let isAdmitted = try await again.admits(
                Array(#"["4"]"#.utf8), about: subject, distinct: 3, since: since, now: may)
            let isKnown = try await again.admits(
                Array(#"["3"]"#.utf8), about: subject, distinct: 3, since: since, now: may)
            #expect(!isAdmitted && isKnown)
        }
    }

    @Test func `nothing of the amount is kept: neither ledger, nor database, nor any file of the service holds it`()
        async throws
    {
        try await HubBench().run { hub in
            hub.stub.tell(.init(body: ProviderStub.quotient.replacing("620", with: "87341")))
            let token = try await hub.token(scopes: Self.scopes)
            let answer = try await hub.send(Self.threshold(90_000), token: token)
            #expect(answer.json["data"]?["au_plus"] == true && !answer.text.contains("87341"))
            #expect(try await hub.send(Self.bracket("cantine-un-euro"), token: token).status == 200)
            #expect(answer.headers.values.allSatisfy { !$0.contains("87341") })
            await hub.hub.close()
            let files = FileManager.default.enumerator(atPath: hub.folder.url.path)?.compactMap { $0 as? String } ?? []
            #expect(!files.isEmpty)
            for file in files {
                guard let bytes = try? Data(contentsOf: hub.folder.url.appending(path: file)) else { continue }
                #expect(bytes.range(of: Data("87341".utf8)) == nil, "\(file)")
            }
        }
    }

    // MARK: - Bouquets

    private static let bouquet = "/v3/bouquets/dossier_famille/identite?"
    private static let rights = [
        "cnaf_quotient_familial", "revenu_solidarite_active", "prime_activite", "allocation_adulte_handicape",
    ]

    private static func states(_ answer: RunningHub.Answer) -> [String: String] {
        let members = answer.json["data"]?.members ?? []
        return Dictionary(members.map { ($0.key, $0.value["etat"]?.text ?? "") }, uniquingKeysWith: { $1 })
    }

    @Test func `a bouquet asks its sources at the same time and tells the state of each`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(scopes: Self.rights)
            hub.stub.hold()
            async let pending = hub.send(Self.bouquet + Query.v3.text, token: token)
            // All four are asked before one of them answers; the fifth is not granted.
            await hub.stub.reaches(4)
            hub.stub.release()
            let answer = try await pending
            #expect(answer.status == 200)
            let states = Self.states(answer)
            #expect(states["quotient_familial"] == "valeur" && states["allocation_soutien_familial"] == "refuse")
            let data = answer.json["data"]
            #expect(data?["quotient_familial"]?["valeur"]?["quotient_familial"]?["valeur"] == 620)
            #expect(data?["quotient_familial"]?["valeur"]?["enfants"] == nil)
            #expect(data?["allocation_soutien_familial"]?["code"]?.text == "00100")
            #expect(hub.stub.asked.count == 4)
        }
    }

    @Test func `what is absent and what fails are told apart, and each source leaves its own record`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti-b", scopes: Self.rights)
            hub.stub.tell(.init(status: 404, body: #"{"errorCode":"40406"}"#))
            let absent = Self.states(try await hub.send(Self.bouquet + Query.v3.text, token: token))
            #expect(absent["quotient_familial"] == "absent" && absent["prime_activite"] == "absent")
            hub.stub.tell(.init(status: 500, body: "{}"))
            let failing = Self.states(try await hub.send(Self.bouquet + Query.v3.text, token: token))
            #expect(failing["quotient_familial"] == "en_retard")
            await hub.hub.close()
            let records = try TraceTests.records(hub)
            #expect(
                records.filter { $0.operation.contains("quotient_familial") }.map(\.outcome.code) == ["35003", "35000"])
            #expect(records.filter { $0.operation.hasPrefix("unefois") }.map(\.outcome.status) == [200, 200])
            // Five sources, twice, and the bouquet itself.
            #expect(records.count == 12 && records.allSatisfy { $0.purpose == "principale" })
        }
    }

    @Test func `a question that a source would refuse is refused by that source only`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(scopes: Self.rights)
            hub.stub.tell(.init(body: #"{"indicateur":"NON_BENEFICIAIRE"}"#))
            let answer = try await hub.send(Self.bouquet + Query.v3.with("mois", "13").text, token: token)
            // The month is the bouquet's own parameter: it is checked once, by who uses it.
            let states = Self.states(answer)
            #expect(states["quotient_familial"] == "refuse" && states["prime_activite"] == "valeur")
        }
    }
}
