import Foundation
import Gateway
import Ledger
import Testing
import Values

@testable import unefois

/// A hub that is full, as its callers see it.
struct SheddingTests {
    private static func bench(limit: Int, perProvider: Int = 256) -> HubBench {
        var bench = HubBench()
        bench.admission = Admission(limit: limit)
        bench.callsPerProvider = perProvider
        return bench
    }

    @Test func `beyond its places a hub refuses at once, says when to come back, and asks nobody`() async throws {
        try await Self.bench(limit: 2).run { hub in
            let token = try await hub.token()
            hub.stub.hold()
            async let first = hub.send(Query.v3.with("mois", "1").civility, token: token)
            async let second = hub.send(Query.v3.with("mois", "2").civility, token: token)
            await hub.stub.reaches(2)
            for month in ["3", "4", "5"] {
                let refused = try await hub.send(Query.v3.with("mois", month).civility, token: token)
                #expect((refused.status, refused.codes) == (429, ["00471"]))
                #expect(refused.headers["retry-after"].flatMap(Int.init).map { (1...3).contains($0) } == true)
            }
            let older = try await hub.send(Query.v3.with("mois", "3").version2, token: token)
            #expect(older.status == 429 && older.json["errors"]?.items?.first?.text != nil)
            // Pages and health are not concerned.
            #expect(try await hub.send("/health").status == 200)
            #expect(hub.stub.asked.count == 2)
            hub.stub.release()
            #expect(try await [first.status, second.status] == [200, 200])
            #expect(try await hub.send(Query.v3.with("mois", "3").civility, token: token).status == 200)
        }
    }

    @Test func `a provider that holds its questions leaves room for what needs it not`() async throws {
        try await Self.bench(limit: 100, perProvider: 2).run { hub in
            let token = try await hub.token()
            // What is kept needs no provider.
            #expect(try await hub.send(Query.v3.with("mois", "5").civility, token: token).status == 200)
            hub.stub.hold()
            async let first = hub.send(Query.v3.with("mois", "1").civility, token: token)
            async let second = hub.send(Query.v3.with("mois", "2").civility, token: token)
            await hub.stub.reaches(3)
            let withheld = try await hub.send(Query.v3.with("mois", "3").civility, token: token)
            #expect((withheld.status, withheld.codes) == (503, ["00472"]))
            #expect(withheld.json["errors"]?.items?.first?["meta"]?["retry_in"] == 1)
            #expect(try await hub.send(Query.v3.with("mois", "5").civility, token: token).status == 200)
            hub.stub.release()
            #expect(try await [first.status, second.status] == [200, 200])
        }
    }

    @Test func `what was refused for want of room is not in the ledger; what a provider was spared is`() async throws {
        try await Self.bench(limit: 1).run { hub in
            let token = try await hub.token()
            hub.stub.hold()
            async let first = hub.send(Query.v3.with("mois", "1").civility, token: token)
            await hub.stub.reaches(1)
            _ = try await hub.send(Query.v3.with("mois", "2").civility, token: token)
            hub.stub.release()
            _ = try await first
            #expect(hub.hub.ledger.counts.records == 2)
        }
    }
}
