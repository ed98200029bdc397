import DataProviders
import Foundation
import Gateway
import Testing
import Values

@testable import unefois

/// Published answers for one made-up person.
private struct OneCase: Rehearsing {
    func answer(operation: String, parameters: [String: JSON]) -> (status: Int, body: [UInt8])? {
        guard parameters["nomNaissance"] == "MARTIN" else { return nil }
        let isFound = parameters["prenoms"] == ["AXELLE"]
        return (isFound ? 200 : 404, Array(#"{ "published" : "as it is", "operation" : "\#(operation)" }"#.utf8))
    }
}

struct RehearsalTests {
    private static let martin = Query.v3.with("nomNaissance", "MARTIN").with("prenoms[]", "AXELLE")

    @Test func `a published case is answered whole, before maintenance, cache, breaker and projection`() async throws {
        var bench = HubBench(rehearsals: OneCase())
        bench.breaker = Breaker(threshold: 1, rest: 600)
        try await bench.run { hub in
            let token = try await hub.token(scopes: ["cnaf_enfants"])
            hub.stub.tell(.init(status: 500))
            #expect(try await hub.send(Query.v3.civility, token: token).codes == ["35000"])
            // Sunday 17 May 2026, 23:10 in Paris.
            hub.clock.set(Date(timeIntervalSince1970: 1_779_052_200))
            for _ in 0..<2 {
                let answer = try await hub.send(Self.martin.civility, token: token)
                #expect(answer.status == 200 && answer.headers["x-response-cached"] == "false")
                #expect(
                    answer.text == #"{ "published" : "as it is", "operation" : "#
                        + #""api_particulier_v3_cnav_quotient_familial_with_civility" }"#)
            }
            #expect(try await hub.send(Self.martin.with("prenoms[]", "ZOE").civility, token: token).status == 404)
            #expect(try await hub.send(Self.martin.version2, token: token).status == 200)
            #expect(try await hub.send(Query.v3.civility, token: token).codes == ["35020"])
            #expect(hub.stub.asked.count == 1)
        }
    }

    @Test func `token, scope and parameters are checked all the same`() async throws {
        try await HubBench(rehearsals: OneCase()).run { hub in
            #expect(try await hub.send(Self.martin.civility).codes == ["00101"])
            #expect(try await hub.send(Self.martin.civility, token: hub.token(scopes: [])).codes == ["00100"])
            let token = try await hub.token()
            #expect(try await hub.send(Self.martin.with("recipient").civility, token: token).codes == ["00203"])
            #expect(
                try await hub.send(Self.martin.with("sexeEtatCivil", "X").civility, token: token).codes == ["00427"])
            #expect(
                try await hub.send(Query.v3.civility, token: token).json["data"]?["quotient_familial"]?["valeur"] == 620
            )
        }
    }
}
