import Foundation
import Testing
import Values

@testable import Ledger

@Suite struct ReaderTests {
    let scratch = Scratch()

    @Test func `every field of a record comes back, whatever its text`() throws {
        var record = CallRecord(
            time: Date(timeIntervalSince1970: 1_790_000_000.1234), requestID: "\"quoted\" \\ \u{0}\u{1F}\n\r\t",
            grant: "", token: "t", organisation: "13002526500013", recipient: "r", purpose: "Aide à l’été 🏖",
            operation: "o", provider: "p", scopes: ["a", "b\"", ""], subject: "2026:00", caseReference: "c",
            context: "2026:01", agent: "2026:02", vendor: "41816609600051", delegation: "d",
            outcome: CallRecord.Outcome(status: 502, code: "01003"), cached: true,
            durations: CallRecord.Durations(total: -1, provider: .max))
        record.sequence = LedgerLimits.sequences
        let payload = Array("{\"sequence\":\(record.sequence)".utf8) + record.encodedMembers()
        #expect(CallRecord(payload: payload) == record)
        #expect(CallRecord.sequence(ofPayload: payload) == record.sequence)
        #expect(try JSON(parsing: payload).bytes == payload)
        #expect(record.milliseconds == 1_790_000_000_123)
    }

    @Test func `a record of an earlier or a later program is read, what it lacks is nil`() throws {
        let earlier =
            #"{"sequence":7,"time":1790000000123,"requestID":"r","grant":"g","token":"t","organisation":"1","#
            + #""recipient":"2","purpose":"p","operation":"o","provider":"p","scopes":["a"],"subject":"2026:00","#
            + #""caseReference":"c","status":200,"totalMicroseconds":12,"providerMicroseconds":3}"#
        let record = try #require(CallRecord(payload: earlier.utf8))
        #expect(record.caseReference == "c" && record.context == nil && record.agent == nil)
        #expect(record.vendor == nil && record.delegation == nil)
        // What is not known of a call is not written: the very bytes of the earlier program.
        #expect(record.serialized == earlier)
        #expect(LedgerFilter(grant: "g").matches(record) && !LedgerFilter(vendor: "41816609600051").matches(record))
        let later = earlier.dropLast() + #","mandate":{"by":["x"]},"agent":"2026:02"}"#
        #expect(CallRecord(payload: later.utf8)?.agent == "2026:02")
    }

    @Test func `filters and limits choose records`() async throws {
        try await scratch.fill(1..<41, limits: LedgerLimits(segmentBytes: 2000, preallocatedBytes: 4096))
        let reader = scratch.reader
        let sequences = { (filter: LedgerFilter) in try reader.all(filter).map { Int($0.sequence) } }
        #expect(try sequences(LedgerFilter(grant: "odd")) == Array(stride(from: 1, to: 41, by: 2)))
        #expect(try sequences(LedgerFilter(operation: "third")) == Array(stride(from: 3, to: 41, by: 3)))
        #expect(try sequences(LedgerFilter(since: CallRecord.sample(38).time)) == [38, 39, 40])
        #expect(try sequences(LedgerFilter(subjects: ["2026-00000000:0"])) == Array(stride(from: 5, to: 41, by: 5)))
        #expect(try reader.last(3) == [38, 39, 40].map(CallRecord.kept))
        #expect(
            try reader.last(3, matching: LedgerFilter(operation: "third", grant: "odd"))
                == [27, 33, 39].map(CallRecord.kept))
        #expect(try reader.last(100).count == 40)
        #expect(try reader.last(0) == [])
    }

    @Test func `the records of a request are found from the end, those that lie together`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits(segmentBytes: 2000, preallocatedBytes: 4096))
        func sample(_ request: String, _ number: Int) -> CallRecord {
            var record = CallRecord.sample(number)
            record.requestID = request
            return record
        }
        func append(_ request: String, _ number: Int) async throws { try await writer.append(sample(request, number)) }
        try await append("again", 1)
        for number in 2..<20 { try await append("other-\(number)", number) }
        // Over the border of a segment, as the records of a bouquet may lie.
        for number in 20..<26 { try await append("again", number) }
        _ = try writer.begin(sample("again", 26))
        for number in 27..<40 { try await append(number == 30 ? "other-again" : "other-\(number)", number) }
        await writer.close()
        let reader = scratch.reader
        #expect(try LedgerFolder(reader.directory).segments().count > 4)
        func found(_ names: Set<String>, since: Int = 0, atMost count: Int = 50) throws -> [UInt64] {
            try reader.records(ofRequest: names, since: CallRecord.sample(since).time, atMost: count).map(\.sequence)
        }
        #expect(try found(["again"]) == Array(20...25))
        #expect(try found(["again"], atMost: 2) == [24, 25])
        #expect(try found(["again"], since: 23) == [23, 24, 25])
        #expect(try found(["again"], since: 26).isEmpty)
        #expect(try found(["none", "other-3"]) == [3])
        #expect(try found(["other-3"], since: 3) == [3] && found(["other-3"], since: 4).isEmpty)
        #expect(try found(["other", "none"]).isEmpty && found([]).isEmpty)
        #expect(
            try reader.records(ofRequest: ["again"], atMost: 50, where: { $0.grant == "odd" }).map(\.sequence)
                == [21, 23, 25])
    }

    @Test func `a reader beside a writer sees what was acknowledged, in order, and nothing broken`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits(segmentBytes: 200_000, preallocatedBytes: 65_536))
        let reader = scratch.reader
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<150 { try await writer.append(.sample(task * 150 + number)) }
                }
            }
            group.addTask {
                for _ in 0..<30 {
                    let acknowledged = try await writer.append(.sample(0))
                    let sequences = try reader.all().map(\.sequence)
                    #expect(sequences == Array(1...UInt64(sequences.count)))
                    #expect(sequences.count >= acknowledged)
                    #expect(try reader.last(5).count == min(5, sequences.count) || sequences.count < 5)
                    #expect(try reader.verify().problems.allSatisfy { $0.kind == .tornTail })
                }
            }
            try await group.waitForAll()
        }
        await writer.close()
        #expect(try reader.verify().problems == [])
    }

    @Test func `a cursor at the end sees what comes after`() async throws {
        let writer = try scratch.writer()
        var cursor = try scratch.reader.records()
        #expect(try cursor.next() == nil)
        try await writer.append(.sample(1))
        #expect(try cursor.next() == .kept(1))
        #expect(try cursor.next() == nil)
        await writer.close()
    }

    @Test func `a directory that is not there is told`() {
        #expect(throws: LedgerError.failed(operation: "access", code: ENOENT)) { try scratch.reader.all() }
    }
}
