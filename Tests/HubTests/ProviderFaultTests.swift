import DataProviders
import Foundation
import Testing
import Values

@testable import unefois

/// Failures of a simulated provider over the network, and what the caller learns of them.
struct ProviderFaultTests {
    private static func bench() -> HubBench {
        var bench = HubBench()
        bench.usesSandbox = true
        return bench
    }

    @Test func `each failure has its code, for the data and for the token`() async throws {
        try await Self.bench().run { hub in
            let token = try await hub.token()
            for hasToken in [false, true] {
                for (order, status, code) in [
                    (#"{"mode":"garbage"}"#, 502, "35999"), (#"{"mode":"close"}"#, 504, "35002"),
                    (#"{"mode":"status","status":500}"#, 502, hasToken ? "35000" : "35999"),
                    (#"{"mode":"status","status":503}"#, 502, "35001"),
                    (#"{"mode":"status","status":504}"#, 504, "35002"),
                ] {
                    try await hub.fault("cnav", order)
                    let answer = try await hub.send(Query.v3.civility, token: token)
                    #expect(answer.status == status && answer.codes == [code], "\(order) \(hasToken)")
                    #expect(!answer.text.contains("garbage"))
                }
                try await hub.fault("cnav", nil)
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.status == 200 && answer.json["data"]?["quotient_familial"]?["valeur"] == 620)
                // The hub keeps the provider's token; a catalogue taken anew makes it forget the answer.
                hub.hub.use(hub.hub.catalogue)
            }
        }
    }

    @Test func `a slow answer is waited for`() async throws {
        try await Self.bench().run { hub in
            try await hub.fault("cnav", #"{"mode":"slow","milliseconds":50}"#)
            #expect(try await hub.send(Query.v3.civility, token: hub.token()).status == 200)
        }
    }

    @Test func `after failures in a row the hub asks no more, and says when to try again`() async throws {
        var bench = HubBench()
        bench.breaker = Breaker(threshold: 3, rest: 600)
        try await bench.run { hub in
            let token = try await hub.token()
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
            hub.stub.tell(.init(status: 500))
            for month in ["1", "2", "3"] {
                #expect(try await hub.send(Query.v3.with("mois", month).civility, token: token).codes == ["35000"])
            }
            let refused = try await hub.send(Query.v3.with("mois", "4").civility, token: token)
            #expect(refused.status == 502 && refused.codes == ["35001"] && hub.stub.asked.count == 4)
            let meta = refused.json["errors"]?.items?.first?["meta"]
            #expect((590...600).contains(meta?["retry_in"]?.int ?? 0) && meta?["provider"] == "CNAF & MSA")
            // What was answered before still is.
            #expect(try await hub.send(Query.v3.civility, token: token).headers["x-response-cached"] == "true")
            #expect(try await hub.send("/ping/cnav/cnav").json["status"] == "bad_gateway")
            let older = try await hub.send(Query.v3.with("mois", "5").version2, token: token)
            #expect(older.status == 503 && older.json["error"] == "data_provider_error")
        }
    }
}
