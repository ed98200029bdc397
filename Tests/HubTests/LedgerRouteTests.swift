import Foundation
import Ledger
import Testing
import Values

@testable import unefois

struct LedgerRouteTests {
    @Test func `an answer names its entry, of which anybody gets the proof, and the grant's own the record`()
        async throws
    {
        try await HubBench().run { hub in
            let (token, other) = (try await hub.token(id: "jti-1"), try await hub.token(id: "jti-2"))
            let answer = try await hub.send(Query.v3.civility, token: token)
            let entry = try #require(answer.headers["x-ledger-entry"])
            #expect(entry.hasPrefix(hub.hub.ledger.id + "-"))
            var proof = try await hub.send("/ledger/proof/" + entry)
            let began = ContinuousClock.now
            while proof.status == 404, began.duration(to: .now) < .seconds(20) {
                #expect(proof.headers["retry-after"] == "1")
                try await Task.sleep(for: .milliseconds(100))
                proof = try await hub.send("/ledger/proof/" + entry)
            }
            #expect(proof.status == 200 && proof.json["ligne"] == nil && proof.json["entree"]?.text == entry)
            #expect(try await hub.send("/ledger/proof/" + entry, token: other).json["ligne"] == nil)
            let own = try await hub.send("/ledger/proof/" + entry, token: token)
            let line = try #require(own.json["ligne"]?.text)
            let published = try await hub.send("/ledger/key").text
            let key = try #require(NoteKey(published))
            let text = try #require(own.json["preuve"]?.text)
            let copy = try #require(LedgerProof(text, payload: Array(line.utf8)))
            #expect(copy.holds(for: key))
            let record = try #require(CallRecord(payload: line.utf8))
            #expect(record.stage == .outcome && record.intent == record.sequence - 1 && record.token == "jti-1")
            #expect(try await hub.send("/ledger/checkpoint").text.hasPrefix("unefois.ledger/" + hub.hub.ledger.id))
            for wrong in ["0123456789abcdef-1", "\(hub.hub.ledger.id)-999", "x"] {
                #expect(try await hub.send("/ledger/proof/" + wrong).status == 404)
            }
            #expect(try await hub.send("/ledger/consistency?from=1&to=2").json["chemin"] != nil)
        }
    }

    @Test func `a provider is asked only of what leaves an intent, and a kept answer needs none`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for _ in 0..<2 { _ = try await hub.send(Query.v3.civility, token: token) }
            let asked = hub.stub.asked.count
            await hub.hub.ledger.close()
            _ = try await hub.send(Query.v3.with("mois", "1").civility, token: token)
            #expect(hub.stub.asked.count == asked)
            var cursor = try LedgerReader(directory: hub.folder.ledger).records(matching: LedgerFilter(stage: nil))
            var stages: [CallRecord.Stage] = []
            while let record = try cursor.next() { stages.append(record.stage) }
            #expect(stages == [.intent, .outcome, .outcome])
        }
    }

    @Test func `the index is made from the segments, brought up to date and made again`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            let id = "0f8fad5b-d9cb-469f-a165-70867728950e"
            _ = try await hub.send(Query.v3.civility, token: token, headers: ["X-Request-Id": id])
            let index = LedgerIndex(
                database: try await hub.folder.openDatabase(), reader: LedgerReader(directory: hub.folder.ledger))
            #expect(try await index.update(again: false) == 2)
            #expect(try await index.sequences(requestID: id, subject: nil) == [1, 2])
            _ = try await hub.send(Query.v3.with("mois", "1").civility, token: token)
            #expect(try await index.update(again: false) == 2)
            #expect(try await index.update(again: false) == 0)
            #expect(try await index.update(again: true) == 4)
            #expect(try await index.sequences(requestID: nil, subject: "nobody").isEmpty)
        }
    }
}
