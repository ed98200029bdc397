import AsyncHTTPClient
import Desk
import Foundation
import Ledger
import Testing
import Values

@testable import Gateway
@testable import unefois

extension RunningHub {
    /// A grant of those purposes, the first by default, with one token; known to the hub at once.
    func token(
        _ purposes: [Purpose], id: String = UUID().uuidString.lowercased(), of tokenPurpose: Purpose.ID? = nil,
        scopes: [String] = Self.scopes
    ) async throws -> String {
        var purposes = purposes
        purposes[0].isDefault = true
        let grant = Grant(
            id: "grant-" + id, siret: "13002526500013", organisation: "Ville", title: "Cantine", purposes: purposes,
            scopes: scopes, limit: .unlimited, expires: .distantFuture)
        let token = AccessToken(
            id: id, grant: grant.id, issued: may, expires: .distantFuture, purpose: tokenPurpose)
        rights.change(hub) { made in
            made.grants.append(grant)
            made.tokens.append(token)
        }
        return try await TokenIssuer(keys: hub.keys).jwt(for: token, of: grant).exposed
    }

    /// Puts a body.
    func put(_ target: String, _ body: String, token: String?) async throws -> (status: Int, json: JSON) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + target)
        request.method = .PUT
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        request.body = .bytes(Array(body.utf8))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
        return (Int(response.status.code), (try? JSON(parsing: bytes)) ?? .null)
    }

    func records() throws -> [CallRecord] {
        var cursor = try LedgerReader(directory: folder.ledger).records()
        var records: [CallRecord] = []
        while let record = try cursor.next() { records.append(record) }
        return records
    }
}

extension Purpose {
    static func bounded(_ id: String, _ calls: Int, _ period: Period = .day) -> Purpose {
        Purpose(id: id, title: "Finalité « \(id) »", quota: Quota(calls: calls, period: period))
    }
}

struct PurposeCallTests {
    @Test func `a call serves the purpose it names, else its token's, else the default one`() async throws {
        try await HubBench().run { hub in
            let purposes = [Purpose(id: "cantine", title: "Tarif"), Purpose(id: "bourse", title: "Bourse")]
            let (plain, own) = (try await hub.token(purposes), try await hub.token(purposes, of: "bourse"))
            for (token, name) in [(plain, nil), (plain, "bourse"), (own, nil), (own, "cantine")] {
                let headers = name.map { ["X-Purpose": $0] } ?? [:]
                #expect(try await hub.send(Query.v3.civility, token: token, headers: headers).status == 200)
            }
            await hub.hub.close()
            #expect(try hub.records().map(\.purpose) == ["cantine", "bourse", "bourse", "cantine"])
        }
    }

    @Test(arguments: ["autre", "Cantine", "cantine, bourse", "cantine "])
    func `a purpose that the grant has not is refused, whatever else is wrong`(name: String) async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([Purpose(id: "cantine", title: "Tarif")], scopes: ["none"])
            let headers = ["X-Purpose": name]
            let answer = try await hub.send(Query.v3.with("recipient").civility, token: token, headers: headers)
            // A blank around a header's value is no part of it (RFC 9110 §5.5).
            #expect(answer.code == (name == "cantine " ? "00100" : "00452"), "\(name)")
            let second = try await hub.send(Query.v3.version2, token: token, headers: headers)
            #expect(second.status == 401 && hub.stub.asked.isEmpty)
        }
    }

    @Test func `a used-up quota is told with purpose, limit and end, and ends at midnight in Paris`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([.bounded("cantine", 5), Purpose(id: "bourse", title: "Bourse")])
            for call in 1...5 {
                let answer = try await hub.send(Query.v3.civility, token: token)
                #expect(answer.status == 200 && answer.headers["x-purpose-quota-limit"] == "5")
                #expect(answer.headers["x-purpose-quota-remaining"] == String(5 - call))
                #expect(answer.headers["x-purpose-quota-warning"] == (call >= 4 ? "80" : nil))
            }
            let refused = try await hub.send(Query.v3.civility, token: token)
            // 15 May 2026, noon: midnight in Paris comes in twelve hours.
            #expect(refused.status == 429 && refused.codes == ["00453"] && refused.headers["retry-after"] == "43200")
            let error = refused.json["errors"]?.items?.first
            #expect(
                error?["meta"] == [
                    "purpose": "cantine", "limit": 5, "reset": 1_778_882_400, "retry_in": 43_200,
                ])
            for part in ["Finalité « cantine »", "5 appels par jour", "16/05/2026"] {
                #expect(error?["detail"]?.text?.contains(part) == true, "\(part)")
            }
            let older = try await hub.send(Query.v3.version2, token: token)
            #expect(older.status == 429 && older.json["errors"]?.items?.first?.text?.contains("cantine") == true)
            // Another purpose of the same grant is not concerned.
            #expect(
                try await hub.send(Query.v3.civility, token: token, headers: ["X-Purpose": "bourse"]).status == 200)
            hub.clock.advance(43_199)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 429)
            hub.clock.advance(1)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    @Test func `what is refused before the quota costs the purpose nothing`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([.bounded("cantine", 1)])
            for query in [Query.v3.with("recipient"), Query.v3.with("recipient", "1")] {
                #expect(try await hub.send(query.civility, token: token).status == 422)
            }
            #expect(
                try await hub.send("/v3/dss/revenu_solidarite_active/identite?" + Query.v3.text, token: token).status
                    == 403)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
            #expect(try await hub.send(Query.v3.civility, token: token).codes == ["00453"])
        }
    }

    @Test func `a vendor spends the quota of the body it calls for`() async throws {
        try await HubBench().run { hub in
            let own = try await hub.token([.bounded("cantine", 2)], id: "body")
            let (vendor, token) = try await hub.vendor()
            hub.rights.change(hub.hub) { made in
                made.delegations.append(
                    Delegation(id: "d", vendor: vendor.id, grant: "grant-body", created: may))
            }
            #expect(try await hub.send(Query.v3.civility, token: own).status == 200)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
            #expect(try await hub.send(Query.v3.civility, token: token).codes == ["00453"])
        }
    }

    @Test func `of many calls at once no more than the quota are answered, and a restart forgets none`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([.bounded("cantine", 25, .month)], id: "many")
            let answered = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        // Each call is another one: equal ones at once would be refused as such.
                        let query = Query.v3.with("unknown", String(number))
                        return try await hub.send(query.civility, token: token).status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(answered == [200: 25, 429: 35])
            await hub.hub.savePurposes()
            let again = PurposeMeters()
            try await again.load(from: hub.hub.purposeCalls, at: may)
            let now = Int(may.timeIntervalSince1970)
            #expect(again.meter("grant-many", "cantine").used(.month, now: now) == 25)
        }
    }

    @Test func `a bouquet costs its purpose one call, whatever it gathers`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([.bounded("cantine", 2)], scopes: Self.bouquetScopes)
            let path = "/v3/bouquets/dossier_famille/identite?" + Query.v3.text
            for left in ["1", "0"] {
                let answer = try await hub.send(path, token: token)
                #expect(answer.status == 200 && answer.headers["x-purpose-quota-remaining"] == left)
            }
            #expect(try await hub.send(path, token: token).codes == ["00453"])
        }
    }

    private static let bouquetScopes = [
        "cnaf_quotient_familial", "revenu_solidarite_active", "prime_activite", "allocation_adulte_handicape",
    ]

    @Test func `a token is told its purposes and what is left of them`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token([.bounded("cantine", 5, .month)])
            _ = try await hub.send(Query.v3.civility, token: token)
            let purposes = try await hub.send("/v3/token/introspect", token: token).json["data"]?["finalites"]
            #expect(
                purposes == [
                    [
                        "id": "cantine", "intitule": "Finalité « cantine »", "cadre_legal": "", "par_defaut": true,
                        "dossier_obligatoire": false,
                        "quota": [
                            "appels": 5, "periode": "mois", "utilises": 1, "remise_a_zero": 1_780_264_800,
                        ],
                    ]
                ])
        }
    }
}

struct CaseCallTests {
    private static let strict = [Purpose(id: "instruction", title: "Instruction", requiresCase: true)]

    @Test func `a call is answered while its case is open, and refused before and after`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(Self.strict)
            func code(_ reference: String?) async throws -> String? {
                let headers = reference.map { ["X-Case-Reference": $0] } ?? [:]
                return try await hub.send(Query.v3.civility, token: token, headers: headers).code
            }
            #expect(try await code(nil) == "00454")
            #expect(try await code(String(repeating: "a", count: 129)) == "00454")
            #expect(try await code("A 1") == "00455")
            let opened = try await hub.put("/dossiers/ouverts", #"{"references":["A 1","A 2"]}"#, token: token)
            #expect(opened.status == 200 && opened.json["data"] == ["recus": 2, "modifies": 2])
            #expect(try await code("A 1") == nil)
            #expect(try await code("A 3") == "00455")
            // `object` names the case as well.
            #expect(try await hub.send(Query.v3.civility + "&object=A%202", token: token).status == 200)
            let closed = try await hub.put("/dossiers/clos", #"{"references":["A 1"]}"#, token: token)
            #expect(closed.json["data"] == ["recus": 1, "modifies": 1])
            #expect(try await code("A 1") == "00456")
            #expect(try await code("A 2") == nil)
            // Another grant has another register.
            let other = try await hub.token(Self.strict)
            let headers = ["X-Case-Reference": "A 2"]
            #expect(try await hub.send(Query.v3.civility, token: other, headers: headers).codes == ["00455"])
            await hub.hub.close()
            let records = try hub.records().filter { $0.outcome.status == 200 }
            #expect(records.count == 3 && records.allSatisfy { $0.caseReference != nil })
            #expect(Set(records.map(\.caseReference)).count == 2)
        }
    }

    @Test(
        arguments: [
            "", "[]", "{}", #"{"references":[]}"#, #"{"references":["a",""]}"#, #"{"references":["a",1]}"#,
            #"{"references":"a"}"#, #"{"references":["a\u0000"]}"#, String(repeating: "x", count: 300_000),
        ])
    func `a list that is not one changes nothing`(body: String) async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(Self.strict, id: "body")
            let answer = try await hub.put("/dossiers/ouverts", body, token: token)
            #expect(answer.status == 422 && answer.json["errors"]?.items?.first?["code"] == "00457")
            #expect(try await hub.hub.caseStore.counts(of: "grant-body").open == 0)
        }
    }

    @Test func `a register is its grant's: others and vendors without a delegation are refused, floods too`()
        async throws
    {
        try await HubBench().run { hub in
            let list = #"{"references":["a"]}"#
            for token in [nil, "x"] {
                #expect(try await hub.put("/dossiers/ouverts", list, token: token).status == 401)
            }
            let (_, vendor) = try await hub.vendor()
            #expect(try await hub.put("/dossiers/clos", list, token: vendor).status == 403)
            let token = try await hub.token(Self.strict)
            var statuses: [Int] = []
            for _ in 0..<62 { statuses.append(try await hub.put("/dossiers/ouverts", list, token: token).status) }
            #expect(statuses == Array(repeating: 200, count: 60) + [429, 429])
            #expect(try await hub.send("/dossiers/ouverts", token: token).status >= 404)
        }
    }
}
