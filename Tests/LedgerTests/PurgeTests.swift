import Foundation
import Testing

@testable import Ledger

@Suite struct PurgeTests {
    let scratch = SignedScratch()
    private let limits = LedgerLimits(segmentBytes: 3000, preallocatedBytes: 4096)

    private func purge(_ limits: [RetentionClass: Date], now: Date = .now) throws -> Int {
        try LedgerPurge(directory: scratch.ledger.url, keys: scratch.keys.url, limits: limits, now: now).run()
    }

    @Test func `what is purged leaves its hash and a signed statement, and every proof still holds`() async throws {
        try await scratch.fill(1..<40, limits: limits)
        let (reader, key) = (scratch.ledger.reader, try scratch.key)
        let proof = try #require(try reader.proof(of: 3))
        let count = try purge([.person: CallRecord.sample(20).time])
        #expect(count == 19)
        #expect(try reader.all().map(\.sequence) == Array(20...39))
        #expect(try reader.last(30).count == 20)
        #expect(try reader.payload(of: 3) == nil && reader.payload(of: 25) != nil)
        let report = try reader.verify(keys: [key])
        #expect(report.problems == [] && report.purged == 19 && report.records == 20 && report.signed == 39)
        #expect(proof.holds(for: key))
        #expect(try reader.proof(of: 3)?.leaf == proof.leaf)
        #expect(reader.purged.map { $0.count }.reduce(0, +) == 19)
        // Once more there is nothing to remove, and the ledger goes on.
        #expect(try purge([.person: CallRecord.sample(20).time]) == 0)
        try await scratch.fill(40..<45, limits: limits)
        #expect(try reader.verify(keys: [key]).problems == [])
        #expect(try purge([.person: CallRecord.sample(30).time]) > 0)
        #expect(try reader.verify(keys: [key]).problems == [])
    }

    @Test func `without its statement a purge is a theft`() async throws {
        try await scratch.fill(1..<20, limits: limits)
        _ = try purge([.person: CallRecord.sample(6).time])
        try FileManager.default.removeItem(at: scratch.ledger.url.appending(path: "purges"))
        let kinds = try scratch.ledger.reader.verify().problems.map(\.kind)
        #expect(!kinds.isEmpty)
        for kind in kinds {
            guard case .purgedWithoutProof = kind else {
                Issue.record("\(kind)")
                return
            }
        }
    }

    @Test func `each kind of record has its own time, and the tree is remade over what is purged`() async throws {
        let writer = try scratch.ledger.writer(limits: limits)
        let checkpointer = try Checkpointer(writer, scratch.signer(writer), logger: .silent)
        for number in 1...30 {
            var record = CallRecord.sample(number)
            switch number % 3 {
            case 0: record.token = CallRecord.anonymous
            case 1: record.subject = "13002526500013"
            default: break
            }
            try await writer.append(record)
        }
        await writer.close()
        await checkpointer.finish()
        #expect(try purge([.open: .distantFuture]) > 5)
        #expect(
            try scratch.ledger.reader.all().contains { $0.token == CallRecord.anonymous && $0.sequence < 20 } == false)
        #expect(try purge([.company: .distantFuture, .person: .distantPast]) > 5)
        try FileManager.default.removeItem(at: scratch.ledger.url.appending(path: "tree"))
        try await scratch.fill(31..<33, limits: limits)
        #expect(try scratch.ledger.reader.verify(keys: [try scratch.key]).problems == [])
        #expect(try scratch.ledger.reader.proof(of: 1) != nil)
    }
}
