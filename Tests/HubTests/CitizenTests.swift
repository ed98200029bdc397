import Foundation
import Testing
import Values

@testable import unefois

/// Calls with a citizen's FranceConnect token in place of the hub's own.
struct CitizenTests {
    private static func run(_ body: @Sendable @escaping (RunningHub) async throws -> Void) async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run(body)
    }

    private static let recipient = Query.v3.with("nomNaissance").with("prenoms[]").with("anneeDateNaissance")
        .with("moisDateNaissance").with("jourDateNaissance").with("sexeEtatCivil").with("codeCogInseePaysNaissance")
        .with("codeCogInseeCommuneNaissance")

    @Test func `the citizen's token tells who is asked about`() async throws {
        try await Self.run { hub in
            let answer = try await hub.send(Self.recipient.citizen, token: "fc-famille-deux-enfants")
            #expect(answer.status == 200 && answer.headers["ratelimit-limit"] == "20")
            #expect(answer.json["data"]?["quotient_familial"]?["valeur"] == 620)
            #expect(answer.json["data"]?["allocataires"]?.items?.first?["prenoms"] == "CLAIRE MARIE")
            // Another identity in the address changes nothing.
            let other = try await hub.send(
                Query.v3.with("nomNaissance", "ROUVIÈRE").with("prenoms[]", "ANTOINE").citizen,
                token: "fc-famille-deux-enfants")
            #expect(other.json["data"] == answer.json["data"])
        }
    }

    @Test func `v2 takes either token, by its carrier, and mixes no identities`() async throws {
        try await Self.run { hub in
            let citizen = try await hub.send(
                Self.recipient.with("nomUsage", "AUTRE").with("nomCommuneNaissance", "Paris").version2,
                token: "fc-famille-deux-enfants")
            #expect(citizen.status == 200 && citizen.json["quotientFamilial"] == 620)
            #expect(citizen.headers["x-response-cached"] == "false")
            let plain = try await hub.send(Self.recipient.version2, token: "fc-famille-deux-enfants")
            #expect(plain.headers["x-response-cached"] == "true")
            let ours = try await hub.send(Query.v3.version2, headers: ["X-Api-Key": hub.token()])
            #expect(ours.status == 200 && ours.json["quotientFamilial"] == 620)
            let without = try await hub.send("/api/v2/composition-familiale-v2", token: "fc-famille-deux-enfants")
            #expect(without.status == 400)
        }
    }

    @Test func `a citizen's token never answers on the student of another number`() async throws {
        try await Self.run { hub in
            for path in ["/api/v2/etudiants", "/api/v2/etudiants-boursiers"] {
                let target = path + "?ine=0123456789B&recipient=13002526500013"
                let answer = try await hub.send(target, token: "fc-etudiant-inscrit")
                #expect(answer.status == 200 && answer.json["nom"] == "MOREAU", "\(path): \(answer.text)")
            }
        }
    }

    @Test func `no other token opens the citizen's way`() async throws {
        try await Self.run { hub in
            let ours = try await hub.token()
            for (token, code) in [("unknown", "50002"), (ours, "50002"), ("a b", "50001"), ("fc-nobody", "50002")] {
                let answer = try await hub.send(Self.recipient.citizen, token: token)
                #expect(answer.status == 401 && answer.codes == [code], "\(token)")
            }
            #expect(try await hub.send(Self.recipient.citizen).codes == ["00101"])
            #expect(try await hub.send(Self.recipient.citizen, headers: ["X-Api-Key": ours]).codes == ["00101"])
            #expect(try await hub.send(Query.v3.civility, token: "fc-famille-deux-enfants").codes == ["00101"])
            #expect(
                try await hub.send(Self.recipient.with("recipient").citizen, token: "fc-famille-deux-enfants").codes
                    == ["00203"])
        }
    }

    @Test func `FranceConnect that fails is a provider that fails`() async throws {
        try await Self.run { hub in
            for (order, status, code) in [
                (#"{"mode":"status","status":500}"#, 502, "51999"), (#"{"mode":"garbage"}"#, 502, "51999"),
                (#"{"mode":"close"}"#, 504, "51002"),
            ] {
                try await hub.fault("france_connect", order)
                let answer = try await hub.send(Self.recipient.citizen, token: "fc-famille-deux-enfants")
                #expect(answer.status == status && answer.codes == [code])
                #expect(answer.json["errors"]?.items?.first?["meta"]?["provider"] == "FranceConnect")
            }
        }
    }
}
