import Foundation
import Logging
import Synchronization
import Testing

@testable import Ledger

@Suite struct CrashTests {
    let scratch = Scratch()

    /// The only segment of a ledger of three records, and where the last begins.
    private func threeRecords() async throws -> (file: URL, bytes: [UInt8], last: Int) {
        try await scratch.fill(1..<4)
        let file = try #require(scratch.segments.first)
        let bytes = [UInt8](try Data(contentsOf: file))
        var last = SegmentHeader.fixedBytes
        for _ in 1..<3 { last += Frame.headerBytes + Int(bytes.littleEndian(UInt32.self, at: last)) }
        return (file, bytes, last)
    }

    @Test(arguments: [0, 4096])
    func `a tail torn at any byte of the last record is removed, and the ledger goes on`(reserved: Int) async throws {
        let (file, bytes, last) = try await threeRecords()
        for cut in last..<bytes.count {
            let torn = bytes[..<cut] + repeatElement(0, count: reserved)
            try Data(torn).write(to: file)
            #expect(try scratch.reader.all() == [.kept(1), .kept(2)])
            let problems = try scratch.reader.verify().problems
            #expect(problems.map(\.kind) == (cut == last ? [] : [.tornTail]))
            let writer = try scratch.writer()
            #expect(try await writer.append(.sample(3)) == 3)
            await writer.close()
            #expect(try Data(contentsOf: file) == Data(bytes))
        }
    }

    @Test func `a write whose first page was lost is removed whole, without an alarm`() async throws {
        try await scratch.fill(1..<3)
        let file = try #require(scratch.segments.first)
        let before = [UInt8](try Data(contentsOf: file))
        var write: [UInt8] = []
        for place in 0..<3 {
            Frame.append(
                members: CallRecord.sample(3 + place).encodedMembers(), sequence: UInt64(3 + place),
                placeInWrite: UInt32(place), to: &write)
        }
        write.replaceSubrange(0..<100, with: repeatElement(0, count: 100))
        try Data(before + write).write(to: file)
        try await scratch.fill(3..<4)
        #expect(try scratch.reader.all() == (1...3).map(CallRecord.kept))
        #expect(try scratch.reader.verify().problems == [])
    }

    @Test func `a write that carried zeros may be cut anywhere, in them too`() async throws {
        try await scratch.fill(1..<3)
        let file = try #require(scratch.segments.first)
        let before = [UInt8](try Data(contentsOf: file))
        var write: [UInt8] = []
        Frame.append(members: CallRecord.sample(3).encodedMembers(), sequence: 3, placeInWrite: 0, to: &write)
        let whole = write.count
        write.append(contentsOf: repeatElement(0, count: 2000))
        for cut in [whole - 1, whole, whole + 1] + stride(from: 0, through: write.count, by: 61) {
            for sector in 0..<3 {
                // What the cut left out, or a sector of what it did not.
                var torn = before + write[..<cut]
                let lost =
                    min(before.count + 512 * sector, torn.count)..<min(before.count + 512 * (sector + 1), torn.count)
                if sector > 0 { for index in lost { torn[index] = 0 } }
                try Data(torn).write(to: file)
                let isWhole = torn.starts(with: before + write[..<whole])
                #expect(try scratch.reader.all() == (1...(isWhole ? 3 : 2)).map(CallRecord.kept))
                try await scratch.fill((isWhole ? 4 : 3)..<6)
                #expect(try scratch.reader.all() == (1...5).map(CallRecord.kept))
                #expect(try scratch.reader.verify().problems == [])
            }
        }
    }

    @Test func `damage to what was acknowledged stops the writer and the reader`() async throws {
        let (file, bytes, _) = try await threeRecords()
        for (offset, byteCount) in [(SegmentHeader.fixedBytes, 12), (SegmentHeader.fixedBytes + 40, 1)] {
            var damaged = bytes
            for index in offset..<(offset + byteCount) { damaged[index] = 0 }
            try Data(damaged).write(to: file)
            let error = LedgerError.damaged(segment: file.lastPathComponent, offset: SegmentHeader.fixedBytes)
            #expect(throws: error) { try scratch.writer() }
            #expect(throws: error) { try scratch.reader.all() }
            #expect(throws: error) { try scratch.reader.last(1) }
            #expect(try Data(contentsOf: file) == Data(damaged))
        }
    }

    @Test func `the operator is told of a torn tail`() async throws {
        let (file, bytes, last) = try await threeRecords()
        try Data(bytes[..<(last + 20)]).write(to: file)
        let offsets = Log.Offsets()
        await (try scratch.writer(logger: Logger(label: "test") { _ in Log(offsets: offsets) })).close()
        #expect(offsets.texts.withLock { $0 } == ["\(last)"])
    }

    @Test func `a segment left without its name by a crash is no obstacle`() async throws {
        try await scratch.fill(1..<3)
        try Data([1, 2, 3]).write(to: scratch.url.appendingPathComponent("segment.new"))
        try await scratch.fill(3..<9, limits: LedgerLimits(segmentBytes: 500, preallocatedBytes: 4096))
        #expect(try scratch.reader.all() == (1...8).map(CallRecord.kept))
    }
}

/// Keeps the offsets of the warnings it is given.
private struct Log: LogHandler {
    let offsets: Offsets
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    final class Offsets: Sendable {
        let texts = Mutex<[String]>([])
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard event.level == .warning, let offset = event.metadata?["offset"] else { return }
        offsets.texts.withLock { $0.append("\(offset)") }
    }
}
