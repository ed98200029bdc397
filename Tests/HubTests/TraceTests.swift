import Desk
import Foundation
import Ledger
import Testing
import Values

@testable import unefois

struct TraceTests {
    private static let requestID = "0f8fad5b-d9cb-469f-a165-70867728950e"

    @Test func `every call of a known caller leaves one record, none of an unknown one`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti-1", scopes: ["cnaf_quotient_familial"], limit: .perMinute(6))
            let revoked = try await hub.token(expires: may)
            for attempt in [nil, "forged", revoked] {
                #expect(try await hub.send(Query.v3.civility, token: attempt).status == 401)
            }
            _ = try await hub.send("/v3/inconnu", token: token)
            _ = try await hub.send(Query.v3.civility, token: token, method: "POST")
            let queries: [Query] = [
                .v3, .v3, .v3.with("recipient"), .v3.with("recipient", "1"), .v3.with("sexeEtatCivil", "X"),
            ]
            for query in queries {
                _ = try await hub.send(query.civility, token: token, headers: ["X-Request-Id": Self.requestID])
            }
            _ = try await hub.send("/v9/dss/quotient_familial/identite?" + Query.v3.text, token: token)
            _ = try await hub.send(Query.v3.civility, token: token)
            await hub.hub.close()
            let records = try Self.records(hub)
            #expect(records.map(\.outcome.status) == [200, 200, 422, 422, 422, 404, 429])
            #expect(records.map(\.outcome.code) == [nil, nil, "00203", "00210", "00427", "00402", "00429"])
            #expect(records.map(\.cached) == [false, true, false, false, false, false, false])
            let first = try #require(records.first)
            #expect(first.requestID == Self.requestID && first.token == "jti-1" && first.grant == "grant-jti-1")
            #expect(
                first.organisation == "13002526500013" && first.recipient == "13002526500013"
                    && first.purpose == "principale")
            #expect(
                first.operation == "api_particulier_v3_cnav_quotient_familial_with_civility" && first.provider == "cnav"
            )
            #expect(first.scopes == ["cnaf_quotient_familial"] && first.time == may)
            #expect(first.subject != nil && first.subject == records[1].subject && records[3].recipient == nil)
        }
    }

    @Test func `no name, date, token or reference stands in the files of the ledger`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for path in [Query.v3.civility, Query.v3.version2, Query.v3.with("annee", "1900").civility] {
                let answer = try await hub.send(
                    path + "&object=dossier+de+Claire+LEFEBVRE", token: token,
                    headers: ["X-Request-Id": "LEFEBVRE-CLAIRE-1987"])
                #expect(answer.headers["x-request-id"] == "LEFEBVRE-CLAIRE-1987")
            }
            await hub.hub.close()
            let content = try TraceTests.content(hub)
            for trace in ["LEFEBVRE", "CLAIRE", "Claire", "MARIE", "VILLERS", token] {
                #expect(content.range(of: Data(trace.utf8)) == nil, "\(trace)")
            }
            // Four digits stand in many a pseudonym and duration by chance: as a word of their own they would not.
            let text = String(decoding: content, as: UTF8.self).replacing(/Microseconds":[0-9]+/, with: "")
            let words = Set(text.split { !$0.isLetter && !$0.isNumber && !"+/_=-".contains($0) })
            #expect(words.isDisjoint(with: ["1987", "08480", "620"]) && words.contains("13002526500013"))
            #expect(Set(try Self.records(hub).map(\.subject)).count == 1)
        }
    }

    @Test func `a company asked about by its customs number is traced by its own`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(scopes: ["open_data"])
            for number in ["FR01234567400019", "01234567400019", "ESA08536583"] {
                _ = try await hub.send(
                    "/v3/douanes/etablissements/\(number)/immatriculations_eori"
                        + "?recipient=13002526500013&context=marche&object=essai", token: token)
            }
            await hub.hub.close()
            #expect(try Self.records(hub).map(\.subject) == ["01234567400019", "01234567400019", nil])
        }
    }

    @Test func `agent, context and file reference are kept as pseudonyms, also of a refused call`() async throws {
        try await HubBench().run { hub in
            let (token, other) = (try await hub.token(), try await hub.token(scopes: []))
            let agent = String(repeating: "9f86d081", count: 8)
            let path = Query.v3.civility + "&context=aide+a+Claire&object=dossier+Claire"
            for (token, agent) in [
                (token, agent), (other, agent), (token, String(repeating: "0", count: 64)), (token, "claire@ville.fr"),
                (token, String(repeating: "a", count: 5000)), (token, nil),
            ] {
                _ = try await hub.send(path, token: token, headers: agent.map { ["X-Agent-Id": $0] } ?? [:])
            }
            _ = try await hub.send(Query.v3.civility, token: token)
            await hub.hub.close()
            let records = try Self.records(hub)
            #expect(records.map(\.outcome.code) == [nil, "00100", nil, nil, nil, nil, nil])
            // One pseudonym an agent within an organisation; what cannot be a digest is none.
            #expect(records[0].agent != nil && records[0].agent == records[1].agent)
            #expect(records[2].agent != nil && records[2].agent != records[0].agent)
            #expect(records[3...].allSatisfy { $0.agent == nil })
            let (contexts, references) = (Set(records.map(\.context)), Set(records.map(\.caseReference)))
            #expect(contexts.count == 2 && references.count == 2 && records[6].context == nil)
            // The same words mean different things in different places.
            #expect(contexts.intersection(references) == [nil])
            let content = try TraceTests.content(hub)
            for trace in [agent, "claire@", "aide", "Claire", "aaaaaaaa"] {
                #expect(content.range(of: Data(trace.utf8)) == nil, "\(trace)")
            }
        }
    }

    @Test func `without a trace there is no answer, not even a kept one`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
            await hub.hub.ledger.close()
            for query in [Query.v3, .v3.with("mois", "1"), .v3.with("sexeEtatCivil", "X")] {
                let answer = try await hub.send(query.civility, token: token)
                #expect(answer.status == 503 && answer.codes == ["00510"] && !answer.text.contains("LEFEBVRE"))
                let older = try await hub.send(query.version2, token: token)
                #expect(older.status == 503 && !older.text.contains("LEFEBVRE"))
            }
            #expect(try await hub.send("/health").status == 503)
        }
    }

    /// Every byte of the ledger's folder.
    static func content(_ hub: RunningHub) throws -> Data {
        let folder = hub.folder.ledger.path
        let names = try #require(FileManager.default.enumerator(atPath: folder)?.allObjects as? [String])
        return names.reduce(into: Data()) { $0 += FileManager.default.contents(atPath: folder + "/" + $1) ?? Data() }
    }

    static func records(_ hub: RunningHub) throws -> [CallRecord] {
        var cursor = try LedgerReader(directory: hub.folder.ledger).records(matching: LedgerFilter())
        var records: [CallRecord] = []
        while let record = try cursor.next() { records.append(record) }
        return records
    }
}

struct RevocationTests {
    @Test func `a revocation by another process holds within a second`() async throws {
        var bench = HubBench()
        bench.followsGrants = true
        try await bench.run { hub in
            let store = try await hub.folder.openStore(clock: hub.clock.wall)
            let grant = try await store.create(store.demoGrant(scopes: RunningHub.scopes, limit: .unlimited))
            // Of three, the quickest: other tests share the processor, and only a slow feed makes all of them slow.
            var quickest = Duration.seconds(60)
            for _ in 0..<3 where quickest >= .seconds(1) {
                let token = try await store.createToken(for: grant.id)
                let jwt = try await TokenIssuer(keys: hub.hub.keys).jwt(for: token, of: grant).exposed
                _ = try await Self.wait(for: nil, hub, jwt)
                try await store.revoke(token: token.id)
                quickest = min(quickest, try await Self.wait(for: "00105", hub, jwt))
            }
            #expect(quickest < .seconds(1))
        }
    }

    /// Asks until that is the answer's code (nil: the data); gives how long that took.
    private static func wait(for code: String?, _ hub: RunningHub, _ token: String) async throws -> Duration {
        let began = ContinuousClock.now
        while began.duration(to: .now) < .seconds(10) {
            let answer = try await hub.send(Query.v3.civility, token: token)
            if answer.code == code { return began.duration(to: .now) }
        }
        Issue.record("\(code ?? "an answer") never came")
        return .seconds(60)
    }

    @Test func `while grants cannot be read nobody is served`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            hub.hub.gateway.losesGrants()
            let answer = try await hub.send(Query.v3.civility, token: token)
            #expect(answer.status == 503 && answer.codes == ["00511"])
            #expect(try await hub.send("/privileges", token: token).codes == ["00511"])
        }
    }
}
