import Desk
import Foundation
import Ledger
import TestSupport
import Testing
import Values

@testable import Gateway
@testable import unefois

/// A vendor's calls for public bodies, over a whole hub.
struct DelegationTests {
    private static func query(_ body: String?) -> Query {
        body.map { Query.v3.with("recipient", $0) } ?? Query.v3.with("recipient")
    }

    @Test func `a vendor reads what the body may read, and both stand in the ledger`() async throws {
        try await HubBench().run { hub in
            let grant = hub.grant(Bodies.all[0], scopes: ["cnaf_quotient_familial"])
            let (vendor, token) = try await hub.vendor()
            #expect(try await hub.send(Self.query(Bodies.all[0]).civility, token: token).codes == ["00213"])
            let delegation = hub.delegate(grant, to: vendor)
            for (path, headers) in [
                (Self.query(Bodies.all[0]).civility, [:]),
                (Self.query(Bodies.all[0]).with("delegation_id", delegation.id.uppercased()).civility, [:]),
                (Self.query(Bodies.all[0]).civility, ["X-Delegation-Id": delegation.id]),
                // In v2 the recipient may be left out.
                (Self.query(nil).with("delegation_id", delegation.id).version2, [:]),
            ] {
                let answer = try await hub.send(path, token: token, headers: headers)
                #expect(answer.status == 200)
                let data = answer.json["data"] ?? answer.json
                #expect(data["allocataires"] == nil && data["enfants"] == nil)
            }
            await hub.hub.close()
            var cursor = try LedgerReader(directory: hub.folder.ledger).records()
            let refused = try #require(try cursor.next())
            #expect(refused.outcome.code == "00213" && refused.grant == nil && refused.organisation == nil)
            #expect(refused.vendor == vendor.siret && refused.delegation == nil && refused.scopes.isEmpty)
            for _ in 0..<4 {
                let record = try #require(try cursor.next())
                #expect(
                    record.grant == grant.id && record.organisation == grant.siret && record.purpose == "principale")
                #expect(record.vendor == vendor.siret && record.delegation == delegation.id)
                #expect(record.token == "token-" + vendor.id && record.scopes == ["cnaf_quotient_familial"])
            }
        }
    }

    @Test func `a call of a vendor is refused without a delegation, with several, for another body`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            let delegation = hub.delegate(hub.grant(Bodies.all[0]), to: vendor)
            for _ in 0..<2 { hub.delegate(hub.grant(Bodies.all[1]), to: vendor) }
            for (query, status, code) in [
                (Self.query(nil), 403, "00213"), (Self.query(Bodies.all[2]), 403, "00213"),
                (Self.query("13002526500014"), 403, "00213"), (Self.query(Bodies.all[1]), 422, "00212"),
                (Self.query(Bodies.all[1]).with("delegation_id", delegation.id), 403, "00213"),
                (Self.query(Bodies.all[0]).with("delegation_id", GrantStore.newID()), 403, "00213"),
                (Self.query(Bodies.all[0]).with("delegation_id", "x"), 403, "00213"),
                // The delegation is there; the recipient is mandatory all the same.
                (Self.query(nil).with("delegation_id", delegation.id), 422, "00203"),
            ] {
                let answer = try await hub.send(query.civility, token: token)
                #expect(answer.status == status && answer.codes == [code], "\(query.text)")
            }
            let older = try await hub.send(Self.query(Bodies.all[2]).version2, token: token)
            #expect(older.status == 401 && older.json["error"] == "access_denied")
            #expect(hub.stub.asked.isEmpty)
        }
    }

    @Test func `of random calls of vendors none reads with the right of a body that did not delegate it`() async throws
    {
        try await HubBench().run { hub in
            var random = SeededGenerator(seed: 2026)
            // Each body has a scope set of its own, so that an answer tells under which right it was given.
            let grants = (0..<8).map { number in
                hub.grant(
                    Bodies.all[number / 2],
                    scopes: ["cnaf_quotient_familial"]
                        + (number.isMultiple(of: 2) ? ["cnaf_enfants"] : ["cnaf_adresse"]))
            }
            var given: [String: [(Delegation, Grant)]] = [:]
            var tokens: [(String, String)] = []
            for _ in 0..<3 {
                let (vendor, token) = try await hub.vendor()
                tokens.append((vendor.id, token))
                for grant in grants where Int.random(in: 0..<3, using: &random) == 0 {
                    given[vendor.id, default: []].append((hub.delegate(grant, to: vendor), grant))
                }
            }
            let identifiers = given.values.flatMap { $0.map(\.0.id) } + [GrantStore.newID()]
            var read = 0
            for _ in 0..<400 {
                let (vendor, token) = tokens[Int.random(in: 0..<tokens.count, using: &random)]
                let body = Bodies.all[Int.random(in: 0..<5, using: &random)]
                let id = Bool.random(using: &random) ? identifiers.randomElement(using: &random) : nil
                let path = id.map { Self.query(body).with("delegation_id", $0) } ?? Self.query(body)
                let answer = try await hub.send(path.civility, token: token)
                let rights = (given[vendor] ?? []).filter { (id == nil || $0.0.id == id) && $0.1.siret == body }
                switch rights.count {
                case 0: #expect(answer.codes == ["00213"])
                case 1:
                    read += 1
                    #expect(answer.status == 200)
                    let scopes = rights[0].1.scopes
                    #expect((answer.json["data"]?["enfants"] != nil) == scopes.contains("cnaf_enfants"))
                    #expect((answer.json["data"]?["adresse"] != nil) == scopes.contains("cnaf_adresse"))
                default: #expect(answer.codes == ["00212"])
                }
            }
            #expect(read > 20 && read < 300)
        }
    }

    @Test func `both lists of addresses must let the call pass`() async throws {
        try await HubBench().run { hub in
            for (number, (own, body, status)) in [
                ([], [], 200), (["127.0.0.1"], ["127.0.0.0/8"], 200), (["192.0.2.1"], [], 403),
                ([], ["192.0.2.1"], 403),
                (["127.0.0.1"], ["192.0.2.1"], 403), (["192.0.2.1"], ["127.0.0.1"], 403), (["nonsense"], [], 403),
            ].enumerated() {
                let (vendor, token) = try await hub.vendor(addresses: own)
                hub.delegate(hub.grant(Bodies.all[number], addresses: body), to: vendor)
                let path = Self.query(Bodies.all[number]).civility
                let answer = try await hub.send(path, token: token)
                #expect(answer.status == status && answer.code == (status == 403 ? "00107" : nil), "\(own) \(body)")
                let asked = try await hub.send(
                    "/v3/token/introspect?recipient=" + Bodies.all[number], token: token)
                #expect(asked.status == status)
            }
        }
    }

    @Test func `two bodies of one vendor are counted apart, under their own limits`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            hub.delegate(hub.grant(Bodies.all[0], limit: .perMinute(2)), to: vendor)
            hub.delegate(hub.grant(Bodies.all[1], limit: .perMinute(3)), to: vendor)
            hub.delegate(hub.grant(Bodies.all[2], limit: .standard), to: vendor)
            for (body, limit) in [(0, 2), (1, 3), (2, 20)] {
                for call in 1...(limit + 1) {
                    let answer = try await hub.send(Self.query(Bodies.all[body]).civility, token: token)
                    #expect(answer.status == (call <= limit ? 200 : 429))
                    #expect(answer.headers["ratelimit-limit"] == String(limit))
                }
            }
        }
    }

    @Test func `the same question for two bodies at once is two questions`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            let delegations = [0, 1].map { hub.delegate(hub.grant(Bodies.all[$0]), to: vendor).id }
            hub.stub.hold()
            let path = Self.query(nil).version2
            async let first = hub.send(path, token: token, headers: ["X-Delegation-Id": delegations[0]])
            await hub.stub.reaches(1)
            let same = try await hub.send(path, token: token, headers: ["X-Delegation-Id": delegations[0]])
            #expect(same.status == 409)
            async let second = hub.send(path, token: token, headers: ["X-Delegation-Id": delegations[1]])
            await hub.stub.reaches(2)
            hub.stub.release()
            #expect(try await [first.status, second.status] == [200, 200])
        }
    }

    @Test func `a delegation taken back by another process ends within a second, alone`() async throws {
        var bench = HubBench()
        bench.followsGrants = true
        try await bench.run { hub in
            let store = try await hub.folder.openStore(clock: hub.clock.wall)
            let vendor = try await store.create(
                SoftwareVendor(id: GrantStore.newID(), siret: "41816609600051", name: "Logiciels"))
            let token = try await store.createToken(forVendor: vendor.id)
            let jwt = try await TokenIssuer(keys: hub.hub.keys).jwt(for: token, of: vendor).exposed
            var grants: [Grant] = []
            for body in Bodies.all.prefix(2) {
                var grant = store.demoGrant(scopes: RunningHub.scopes, limit: .unlimited)
                grant.siret = body
                grants.append(try await store.create(grant))
            }
            _ = try await store.delegate(grant: grants[1].id, to: vendor.id)
            // Of three, the quickest: other tests share the processor.
            var quickest = Duration.seconds(60)
            for _ in 0..<3 where quickest >= .seconds(1) {
                let delegation = try await store.delegate(grant: grants[0].id, to: vendor.id)
                _ = try await Self.wait(for: nil, hub, jwt)
                try await store.revoke(delegation: delegation.id)
                quickest = min(quickest, try await Self.wait(for: "00213", hub, jwt))
            }
            #expect(quickest < .seconds(1))
            #expect(try await hub.send(Self.query(Bodies.all[1]).civility, token: jwt).status == 200)
        }
    }

    /// Asks for the first body until that is the answer's code (nil: the data); gives how long that took.
    private static func wait(for code: String?, _ hub: RunningHub, _ token: String) async throws -> Duration {
        let began = ContinuousClock.now
        while began.duration(to: .now) < .seconds(10) {
            let answer = try await hub.send(query(Bodies.all[0]).civility, token: token)
            if answer.code == code { return began.duration(to: .now) }
        }
        Issue.record("\(code ?? "an answer") never came")
        return .seconds(60)
    }
}
