import Foundation
import Ledger
import Testing
import Values

@testable import Gateway
@testable import unefois

/// Open data, called without a token.
struct OpenDataTests {
    private static let company = "/v1/sirene/unites_legales/012345674"
    /// A number that is none: such a call is answered without the provider.
    private static let invalid = "/v1/sirene/unites_legales/012345675"

    /// A company as the INSEE tells it.
    private static let reply = ProviderStub.Reply(
        headers: [:],
        body: """
            {"uniteLegale":{"siren":"012345674","statutDiffusionUniteLegale":"O","dateCreationUniteLegale":"2015-03-01",\
            "dateDernierTraitementUniteLegale":"2026-02-03T08:40:23","periodesUniteLegale":[{"dateFin":null,\
            "etatAdministratifUniteLegale":"A","denominationUniteLegale":"BOULANGERIE","nicSiegeUniteLegale":"00019",\
            "categorieJuridiqueUniteLegale":"5710"}]}}
            """)

    @Test func `no token, recipient, context or object is asked, and what is sent of them is not looked at`()
        async throws
    {
        try await HubBench().run { hub in
            hub.stub.tell(Self.reply)
            for (query, token) in [("", nil), ("?recipient=1&context=&object=x", nil), ("", "forged")] {
                let answer = try await hub.send(Self.company + query, token: token)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["data"]?["personne_morale_attributs"]?["raison_sociale"] == "BOULANGERIE")
                let head = hub.hub.address.url + Self.company + "/siege_social"
                #expect(answer.json["links"]?["siege_social"]?.text == head)
                #expect(answer.headers["access-control-allow-origin"] == "*")
            }
            #expect(try await hub.send("/v9/sirene/unites_legales/012345674").codes == ["00402"])
        }
    }

    @Test func `everything else still wants a token`() async throws {
        try await HubBench().run { hub in
            for path in [
                Query.v3.civility, "/v4/insee/sirene/unites_legales/012345674",
                "/v4/insee/sirene/unites_legales/diffusibles/012345674", "/privileges",
            ] {
                let answer = try await hub.send(path)
                #expect(answer.status == 401 && answer.codes == ["00101"], "\(path)")
                #expect(answer.headers["access-control-allow-origin"] == nil)
            }
            #expect(hub.stub.asked.isEmpty)
        }
    }

    @Test func `the trace says that nobody in particular asked, and not from where`() async throws {
        try await HubBench().run { hub in
            hub.stub.tell(Self.reply)
            _ = try await hub.send(
                Self.company + "?recipient=13002526500013&object=dossier-de-Claire", token: "forged",
                headers: ["X-Forwarded-For": "192.0.2.7"])
            _ = try await hub.send(Self.invalid)
            await hub.hub.close()
            let records = try TraceTests.records(hub)
            #expect(records.map(\.outcome.status) == [200, 422])
            for record in records {
                #expect(record.token == CallRecord.anonymous && record.grant == nil && record.organisation == nil)
                #expect(record.recipient == nil && record.caseReference == nil && record.purpose == nil)
                #expect(record.operation == "open_v1_sirene_unites_legales" && record.scopes.isEmpty)
            }
            #expect(records.map(\.subject) == ["012345674", nil])
            let content = try TraceTests.content(hub)
            for trace in ["127.0.0.1", "192.0.2.7", "Claire", "forged"] {
                #expect(content.range(of: Data(trace.utf8)) == nil, "\(trace)")
            }
        }
    }

    @Test func `an address has a hundred calls a minute over the group; what is refused then leaves no trace`()
        async throws
    {
        try await HubBench().run { hub in
            let paths = [Self.invalid, "/v1/sirene/etablissements/1", Self.invalid + "/siege_social"]
            for call in 1...102 {
                // Whatever a header says that anybody can write.
                let answer = try await hub.send(
                    paths[call % 3], headers: ["X-Forwarded-For": "192.0.2.\(call)", "Authorization": "Bearer \(call)"])
                #expect(answer.status == (call <= 100 ? 422 : 429))
                #expect(answer.headers["ratelimit-limit"] == "100")
                if call > 100 { #expect(answer.codes == ["00429"] && answer.headers["retry-after"] != nil) }
            }
            #expect(try await hub.send(Query.v3.civility, token: hub.token()).status == 200)
            hub.clock.advance(60)
            #expect(try await hub.send(Self.invalid).status == 422)
            await hub.hub.close()
            #expect(try TraceTests.records(hub).count == 102)
        }
    }

    @Test func `two addresses are counted apart`() async throws {
        try await HubBench().run { hub in
            func call(_ address: String?) async -> Answer? {
                await hub.hub.gateway.answer(
                    Call(
                        method: "GET", path: Self.invalid, query: QueryParameters(""), bearer: nil, apiKey: nil,
                        requestID: nil, remoteAddress: address, wantsFresh: false))
            }
            for _ in 1...100 { _ = await call("192.0.2.7") }
            #expect(await call("192.0.2.7")?.status == 429)
            #expect(await call("192.0.2.8")?.status == 422)
            #expect(await call(nil)?.status == 422)
        }
    }

    @Test func `equal calls of different people pass at once, and nobody makes the provider work at will`() async throws
    {
        try await HubBench().run { hub in
            hub.stub.tell(Self.reply)
            hub.stub.hold()
            async let first = hub.send(Self.company)
            async let second = hub.send(Self.company)
            await hub.stub.reaches(2)
            hub.stub.release()
            #expect(try await [first.status, second.status] == [200, 200])
            let kept = try await hub.send(Self.company, headers: ["Cache-Control": "no-cache"])
            #expect(kept.headers["x-response-cached"] == "true" && hub.stub.asked.count == 2)
        }
    }

    @Test func `open data is given even while grants cannot be read, but not without a trace`() async throws {
        try await HubBench().run { hub in
            hub.stub.tell(Self.reply)
            hub.hub.gateway.losesGrants()
            let given = try await hub.send(Self.company)
            #expect(given.status == 200)
            await hub.hub.ledger.close()
            let untraced = try await hub.send(Self.company)
            #expect(untraced.codes == ["00510"])
        }
    }

    @Test func `who is not to be shown is not there, and who is to be shown in part is masked`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            // Of the sandbox: not to be shown, forbidden to all, shown in part (a person).
            for siren in ["010000065", "010000081"] {
                for path in ["unites_legales/\(siren)", "unites_legales/\(siren)/siege_social"] {
                    #expect(try await hub.send("/v1/sirene/" + path).codes == ["01003"], "\(path)")
                }
            }
            let person = try await hub.send("/v1/sirene/unites_legales/010000057").json["data"]
            #expect(person?["personne_physique_attributs"]?["nom_naissance"] == "[ND]")
            let place = try await hub.send("/v1/sirene/etablissements/01000005700017").json["data"]
            #expect(
                place?["adresse"]?["libelle_voie"] == "[ND]"
                    && place?["adresse"]?["acheminement_postal"]?["l2"] == "[ND]")
            #expect(place?["unite_legale"]?["personne_physique_attributs"]?["prenom_1"] == "[ND]")
        }
    }
}
