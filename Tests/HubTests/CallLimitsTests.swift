import Foundation
import Testing
import Values

@testable import unefois

struct CallLimitsTests {
    @Test func `twenty calls a second and token, shared by the group, then a refusal until the window ends`()
        async throws
    {
        try await HubBench().run { hub in
            let token = try await hub.token(limit: .standard)
            for call in 1...22 {
                let answer = try await hub.send(Query.v3.with("mois", String(call % 5 + 1)).civility, token: token)
                #expect(answer.status == (call <= 20 ? 200 : 429))
                #expect(answer.headers["ratelimit-limit"] == "20")
                #expect(answer.headers["ratelimit-remaining"] == String(max(0, 20 - call)))
                #expect(answer.headers["ratelimit-reset"] == "1778839201")
                #expect(answer.headers["retry-after"] == (call <= 20 ? nil : "1"))
                if call > 20 { #expect(answer.codes == ["00429"]) }
            }
            #expect(try await hub.send(Query.v3.civility, token: hub.token(limit: .standard)).status == 200)
            hub.clock.advance(1)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    @Test func `a grant's own limit counts by the minute, and v2 refuses in a shape of its own`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(limit: .perMinute(2))
            for path in [Query.v3.civility, Query.v3.version2] {
                #expect(try await hub.send(path, token: token).headers["ratelimit-limit"] == "2")
            }
            let refused = try await hub.send(Query.v3.version2, token: token)
            #expect(refused.status == 429 && refused.headers["retry-after"] == "60")
            #expect(refused.json["errors"]?.items?.first?.text != nil)
        }
    }

    @Test func `an address outside the grant's blocks is refused before it is counted`() async throws {
        try await HubBench().run { hub in
            for (blocks, status) in [
                (["127.0.0.1"], 200), (["192.0.2.0/24", "127.0.0.0/8"], 200), (["192.0.2.0/24"], 403),
                (["nonsense"], 403),
                (["::1"], 403),
            ] {
                let token = try await hub.token(limit: .perMinute(5), addresses: blocks)
                // A header that anybody can write says nothing of where a call comes from.
                let answer = try await hub.send(
                    Query.v3.civility, token: token, headers: ["X-Forwarded-For": "192.0.2.7"])
                #expect(answer.status == status, "\(blocks)")
                guard status == 403 else { continue }
                #expect(answer.codes == ["00107"] && answer.headers["ratelimit-limit"] == nil)
                #expect(answer.json["errors"]?.items?.first?["source"] == ["header": "X-Forwarded-For"])
            }
        }
    }

    @Test func `of two equal calls at once the second is refused, of two different ones none`() async throws {
        try await HubBench().run { hub in
            let (token, other) = (try await hub.token(), try await hub.token())
            hub.stub.hold()
            async let first = hub.send(Query.v3.civility, token: token)
            await hub.stub.reaches(1)
            let equal = try await hub.send(Query.v3.civility, token: token)
            #expect(equal.status == 409 && equal.codes == ["00015"])
            // The same in another order and with other escapes.
            let turned = try await hub.send(
                Query.v3.with("recipient").with("nomNaissance").civility
                    + "&nomNaissance=%4CEFEBVRE&recipient=13002526500013",
                token: token)
            #expect(turned.codes == ["00015"])
            async let different = hub.send(Query.v3.with("mois", "3").civility, token: token)
            async let neighbour = hub.send(Query.v3.civility, token: other)
            await hub.stub.reaches(3)
            hub.stub.release()
            #expect(try await [first.status, different.status, neighbour.status] == [200, 200, 200])
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    @Test func `a call that fails makes room for the next`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for query in [Query.v3.with("recipient"), .v3.with("recipient", "1"), .v3.with("sexeEtatCivil", "X")] {
                let codes = try await [
                    hub.send(query.civility, token: token).codes, hub.send(query.civility, token: token).codes,
                ]
                #expect(codes[0] == codes[1] && codes[0] != ["00015"])
            }
            hub.stub.tell(.init(status: 500))
            for _ in 0..<2 { #expect(try await hub.send(Query.v3.civility, token: token).codes == ["35000"]) }
        }
    }
}
