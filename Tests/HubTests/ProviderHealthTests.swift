import CatalogueModel
import DataProviders
import Foundation
import ProviderHealth
import Testing
import Values

@testable import unefois

/// How a whole hub tells of its providers.
struct ProviderHealthTests {
    private static func bench() -> HubBench {
        var bench = HubBench()
        bench.usesSandbox = true
        return bench
    }

    @Test func `a ping turns bad with its provider, and good again`() async throws {
        try await Self.bench().run { hub in
            #expect(try await hub.send("/ping/cnav/quotient-familial").json["status"] == "unknown")
            await hub.look()
            for path in ["/ping/cnav/quotient-familial", "/ping/insee/sirene", "/ping/mesri/statut-etudiant"] {
                let answer = try await hub.send(path)
                #expect(answer.status == 200 && answer.json["status"] == "ok", "\(path)")
                #expect(answer.json["last_update"] == "2026-05-15T10:01:00Z" && answer.json["until"] == nil)
                #expect(answer.json["last_ok_status"] == answer.json["last_update"])
            }
            #expect(try await hub.send("/ping/france_connect/cles").json["status"] == "ok")
            try await hub.fault("cnav", #"{"mode":"status","status":500}"#)
            await hub.look(2)
            for path in ["/ping/cnav/quotient-familial", "/ping/cnav/cnav", "/api/cnav/ping"] {
                let answer = try await hub.send(path)
                #expect(answer.status == 502 && answer.json["status"] == "bad_gateway", "\(path)")
                #expect(answer.json["last_update"] == "2026-05-15T10:03:00Z")
                #expect(answer.json["last_ok_status"] == "2026-05-15T10:01:00Z")
            }
            #expect(try await hub.send("/ping/insee/insee").status == 200)
            try await hub.fault("cnav", nil)
            await hub.look()
            #expect(try await hub.send("/api/cnav/ping").json["status"] == "ok")
            let cnav = try #require(hub.hub.watch.report().providers.first { $0.id == "cnav" })
            #expect(
                cnav.incidents == [Incident(provider: "cnav", start: may + 120, end: may + 240, kind: .down)])
            #expect(cnav.days.last?.tally == DayTally([.ok: 60, .down: 120]))
        }
    }

    @Test func `a provider without a ping is judged by the calls of ten minutes`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            await hub.look()
            #expect(try await hub.send("/ping/urssaf/urssaf").json["status"] == "unknown")
            func examine() async -> HealthState {
                let recent = hub.hub.gateway.recentCalls(to: "cnav", apis: ["quotient-familial"])
                return HealthState(calls: recent.calls, failures: recent.failures)
            }
            #expect(await examine() == .unknown)
            for month in 1...4 { _ = try await hub.send(Query.v3.with("mois", "\(month)").civility, token: token) }
            hub.stub.tell(.init(status: 404, body: #"{"errorCode":40409}"#))
            _ = try await hub.send(Query.v3.with("annee", "2025").civility, token: token)
            // A refusal that the descriptor knows, an answer out of the cache or a wrong call is no failure.
            _ = try await hub.send(Query.v3.with("mois", "1").civility, token: token)
            _ = try await hub.send(Query.v3.with("mois", "13").civility, token: token)
            #expect(hub.hub.gateway.recentCalls(to: "cnav", apis: []).calls == 5)
            #expect(await examine() == .ok)
            hub.stub.tell(.init(status: 500))
            _ = try await hub.send(Query.v3.with("annee", "2024").civility, token: token)
            #expect(await examine() == .degraded)
            hub.clock.advance(600)
            #expect(await examine() == .unknown)
        }
    }

    @Test func `all pings are listed`() async throws {
        try await HubBench().run { hub in
            let companies = try await hub.send("/pings")
            let entries = try #require(companies.json.items)
            #expect(companies.status == 200)
            #expect(entries.contains { $0["name"] == "insee/sirene" } && entries.contains { $0["name"] == "urssaf" })
            for list in [entries, try #require(try await hub.send("/api/pings").json.items)] {
                for entry in list {
                    let url = try #require(entry["url"]?.text)
                    #expect(url.hasPrefix(hub.hub.address.url))
                    let answer = try await hub.send(String(url.dropFirst(hub.hub.address.url.count)))
                    #expect(answer.status == 200 && answer.json["status"] == "unknown")
                }
            }
            for path in ["/ping/nobody/x", "/ping/cnav/x", "/ping/cnav/sirene", "/api/nobody/ping"] {
                let answer = try await hub.send(path)
                #expect(answer.status == 404 && answer.json == [:])
            }
        }
    }

    @Test func `a maintenance closes the API that it names and no other`() async throws {
        try await HubBench().run { hub in
            // Sunday 17 May 2026, 23:10:01 in Paris.
            hub.clock.set(Date(timeIntervalSince1970: 1_779_052_201))
            let token = try await hub.token(
                scopes: RunningHub.scopes + ["prime_activite", "tranche_quotient_familial"])
            let closed = try await hub.send(Query.v3.civility, token: token)
            #expect(closed.status == 503 && closed.codes == ["35020"])
            let meta = closed.json["errors"]?.items?.first?["meta"]
            #expect(meta?["retry_in"] == 2099 && meta?["provider"] == "CNAF & MSA")
            let open = try await hub.send("/v3/dss/prime_activite/identite?" + Query.v3.text, token: token)
            #expect(open.status != 503)
            // What derives from its answer is closed with it.
            let derived = try await hub.send(
                "/v3/reponses/quotient_familial/tranche/identite?grille=strasbourg-cantine&" + Query.v3.text,
                token: token)
            #expect(derived.status == 503 && derived.codes == ["35020"])
            let ping = try await hub.send("/ping/cnav/quotient-familial")
            #expect(ping.json["status"] == "maintenance" && ping.json["until"] == "2026-05-17T21:45:00Z")
        }
    }
}

extension RunningHub {
    /// Looks at the providers so many times, a minute apart.
    func look(_ times: Int = 1) async {
        for _ in 0..<times {
            clock.advance(60)
            await hub.watch.round()
        }
    }
}
