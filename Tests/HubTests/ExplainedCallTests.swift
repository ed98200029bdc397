import Foundation
import Ledger
import Pages
import Testing
import Values

@testable import Gateway
@testable import unefois

struct ExplainedCallTests {
    private static func id(_ number: Int) -> String { "4f0c2a9e-7b1d-4e6a-9c35-0000000000" + String(number + 10) }

    private static func explained(_ outcome: CallExplanation) -> [Explanation] {
        if case .explained(let explanations) = outcome { explanations } else { [] }
    }

    @Test func `each refusal is explained by the step that failed, its cause and what to do`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(
                [.bounded("cantine", 1), Purpose(id: "instruction", title: "Instruction", requiresCase: true)])
            let calls: [(path: String, headers: [String: String], step: String, cause: String)] = [
                (
                    Query.v3.civility, ["X-Purpose": "autre"], "La finalité",
                    "cantine (Finalité « cantine »), instruction"
                ),
                (
                    "/v3/dss/revenu_solidarite_active/identite?" + Query.v3.text, [:], "Les périmètres",
                    "cnaf_quotient_familial"
                ),
                (Query.v3.with("recipient").civility, [:], "Les paramètres de traçabilité", "recipient"),
                (Query.v3.with("recipient", "1").civility, [:], "Le destinataire", "SIRET"),
                (Query.v3.civility, ["X-Purpose": "instruction"], "Le dossier", "Instruction"),
                (Query.v3.with("sexeEtatCivil", "X").civility, [:], "Les paramètres", "sexe"),
                (Query.v3.civility, [:], "Le quota de la finalité", "1 appel par jour"),
            ]
            for (number, call) in calls.enumerated() {
                let headers = call.headers.merging(["X-Request-Id": Self.id(number)]) { $1 }
                #expect(try await hub.send(call.path, token: token, headers: headers).status >= 400)
            }
            await hub.hub.ledger.close()
            let explainer = ExplainedCalls(hub: hub.hub, folder: hub.folder)
            for (number, call) in calls.enumerated() {
                let found = Self.explained(await explainer.explain(request: Self.id(number), token: Redacted(token)))
                let explanation = try #require(found.first)
                #expect(found.count == 1 && explanation.isRefusal && explanation.remedy?.isEmpty == false)
                #expect(explanation.steps.filter { $0.state == .failed }.map(\.title) == [call.step])
                #expect(explanation.causes.contains { $0.contains(call.cause) }, "\(call.step): \(explanation.causes)")
                #expect(!"\(explanation)".contains("LEFEBVRE"))
            }
        }
    }

    @Test func `what has changed since is told: the same decisions, with the rights of now`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti", scopes: ["cnaf_enfants"])
            let path = "/v3/dss/revenu_solidarite_active/identite?" + Query.v3.text
            _ = try await hub.send(path, token: token, headers: ["X-Request-Id": Self.id(0)])
            _ = try await hub.send(Query.v3.civility, token: token, headers: ["X-Request-Id": "plain-name-of-mine"])
            await hub.hub.ledger.close()
            let explainer = ExplainedCalls(hub: hub.hub, folder: hub.folder)
            func today(_ id: String) async throws -> String {
                let found = Self.explained(await explainer.explain(request: id, token: Redacted(token)))
                return try #require(found.first).today.joined(separator: " ")
            }
            #expect(try await today(Self.id(0)).contains("Les périmètres : refus 00100"))
            // An identifier that is no UUID stands in the ledger under a pseudonym.
            #expect(try await today("plain-name-of-mine").contains("l'appel passerait"))
            hub.rights.change(hub.hub) { $0.grants[0].scopes += ["revenu_solidarite_active"] }
            #expect(try await today(Self.id(0)).contains("ce qui avait été refusé passerait maintenant"))
            // From another token of the grant, the first one having been revoked since.
            hub.clock.advance(60)
            hub.rights.change(hub.hub) { made in
                made.tokens[0].revoked = may.addingTimeInterval(30)
                made.tokens.append(
                    AccessToken(id: "second", grant: "grant-jti", issued: may, expires: .distantFuture))
            }
            guard case .refusedToken(let refusal) = await explainer.explain(request: Self.id(0), token: Redacted(token))
            else { throw HubBench.Failure() }
            #expect(refusal.summary.contains("00105") && refusal.steps.first?.state == .failed)
            let records = try CallSearch.records(of: Self.id(0), in: hub.folder)
            let replay = CallExplainer(
                catalogue: hub.hub.catalogue, grants: try #require(hub.hub.gateway.grants),
                meters: hub.hub.gateway.meters, now: may.addingTimeInterval(60)
            ).explanation(of: try #require(records.first))
            #expect(
                replay.today.contains { $0.contains("Le jeton : refus 00105") && $0.contains("n'était pas le cas") })
        }
    }

    @Test(arguments: ["anonymous", "franceconnect:3q2-7w"])
    func `a call that showed no token of ours is not replayed as one with an unknown token`(_ shown: String)
        async throws
    {
        try await HubBench().run { hub in
            _ = try await hub.token()
            let record = CallRecord(
                time: may, requestID: Self.id(0), token: shown,
                operation: try #require(hub.hub.catalogue.operations.first).id,
                provider: "cnav", outcome: CallRecord.Outcome(status: 200))
            let explanation = CallExplainer(
                catalogue: hub.hub.catalogue, grants: try #require(hub.hub.gateway.grants),
                meters: hub.hub.gateway.meters, now: may
            ).explanation(of: record)
            #expect(explanation.today.count == 1 && explanation.today[0].contains("Aucun jeton de ce service"))
        }
    }

    @Test func `nobody reads the calls of another grant, nor asks without bounds`() async throws {
        try await HubBench().run { hub in
            let (own, other) = (try await hub.token(), try await hub.token())
            _ = try await hub.send(Query.v3.civility, token: own, headers: ["X-Request-Id": Self.id(0)])
            await hub.hub.ledger.close()
            let explainer = ExplainedCalls(hub: hub.hub, folder: hub.folder)
            func outcome(_ token: String) async -> String {
                switch await explainer.explain(request: Self.id(0), token: Redacted(token)) {
                case .explained: "explained"
                case .unknown: "unknown"
                case .refusedToken: "refused"
                case .tooMany: "many"
                case .unavailable: "unavailable"
                }
            }
            #expect(await outcome(own) == "explained")
            #expect(await outcome(other) == "unknown")
            #expect(await outcome("x") == "refused")
            for _ in 0..<7 { _ = await outcome(other) }
            #expect(await outcome(own) == "many")
            hub.clock.advance(60)
            #expect(await outcome(own) == "explained")
        }
    }
}
