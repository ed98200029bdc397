import CChecksum
import Foundation
import TestSupport
import Testing

@testable import Ledger

@Suite struct VerificationTests {
    let scratch = Scratch()

    @Test(arguments: [1, 0x80, 0xFF] as [UInt8])
    func `a change to any byte of a segment is found at its record`(mask: UInt8) async throws {
        try await scratch.fill(1..<5)
        let file = try #require(scratch.segments.first)
        let bytes = [UInt8](try Data(contentsOf: file))
        var starts = [0, SegmentHeader.fixedBytes]
        while let start = starts.last, start < bytes.count {
            starts.append(start + Frame.headerBytes + Int(bytes.littleEndian(UInt32.self, at: start)))
        }
        #expect(starts.count == 6)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= mask
            try Data(altered).write(to: file)
            let problem = try #require(try scratch.reader.verify().problems.first)
            #expect(problem.segment == file.lastPathComponent)
            #expect(problem.offset == starts.last { $0 <= index })
            switch index {
            case ..<SegmentHeader.fixedBytes: #expect(problem.kind == .badHeader)
            case starts[4]...: #expect(problem.kind == .tornTail)
            default: #expect([.badChecksum, .badLength].contains(problem.kind))
            }
        }
    }

    @Test func `what follows a damaged record is still read, and the gap told`() async throws {
        try await scratch.fill(1..<5)
        let file = try #require(scratch.segments.first)
        var bytes = [UInt8](try Data(contentsOf: file))
        bytes[SegmentHeader.fixedBytes + 50] ^= 1
        try Data(bytes).write(to: file)
        let report = try scratch.reader.verify()
        #expect(report.problems.map(\.kind) == [.badChecksum, .missing(1...1)])
        #expect(report.records == 3)
        #expect(report.sequences == 2...4)
        #expect(report.lastTime == CallRecord.sample(4).time)
    }

    @Test func `records taken out, put twice or put in another's place are told`() async throws {
        try await scratch.fill(1..<4)
        let file = try #require(scratch.segments.first)
        let header = SegmentHeader(logID: 1, before: Frontier()).bytes
        let cases: [([UInt64], [LedgerReport.Kind])] = [
            ([1, 3], [.missing(2...2)]), ([1, 2, 2, 3], [.repeated(2)]), ([2, 1, 3], [.moved(1)]), ([1, 2, 3], []),
        ]
        for (sequences, problems) in cases {
            var bytes = header
            for sequence in sequences {
                let members = CallRecord.sample(Int(sequence)).encodedMembers()
                Frame.append(members: members, sequence: sequence, placeInWrite: 0, to: &bytes)
            }
            try Data(bytes).write(to: file)
            #expect(try scratch.reader.verify().problems.map(\.kind) == problems)
        }
    }

    @Test func `a missing segment is told, the oldest too`() async throws {
        try await scratch.fill(1..<20, limits: LedgerLimits(segmentBytes: 1500, preallocatedBytes: 4096))
        let segments = scratch.segments
        let starts = segments.compactMap { UInt64($0.lastPathComponent.dropLast(7)) }
        try FileManager.default.removeItem(at: segments[0])
        let first = LedgerReport.Kind.missing(1...(starts[1] - 1))
        #expect(try scratch.reader.verify().problems.map(\.kind) == [first])
        try FileManager.default.removeItem(at: segments[2])
        let third = LedgerReport.Kind.missing(starts[2]...(starts[3] - 1))
        #expect(try scratch.reader.verify().problems.map(\.kind) == [first, third])
    }

    @Test func `a whole frame that holds no record is unreadable`() async throws {
        try await scratch.fill(1..<2)
        let file = try #require(scratch.segments.first)
        var bytes = SegmentHeader(logID: 1, before: Frontier()).bytes
        Frame.append(members: Array(",\"time\":1".utf8), sequence: 1, placeInWrite: 0, to: &bytes)
        try Data(bytes).write(to: file)
        #expect(try scratch.reader.verify().problems.map(\.kind) == [.unreadable])
        #expect(throws: LedgerError.damaged(segment: file.lastPathComponent, offset: 64)) { try scratch.reader.all() }
    }

    @Test func `the checksum is CRC-32C`() {
        let digits = Array("123456789".utf8)
        #expect(Checksum.of(digits, 0..<9) == 0xE306_9283)
        #expect(Checksum.of(digits, 0..<4, 4..<9) == 0xE306_9283)
        #expect(Checksum.of([UInt8](repeating: 0xFF, count: 32), 0..<32) == 0x62A8_AB43)
    }

    @Test(.enabled(if: crc32c_is_instruction(), "this processor has no instruction for it"))
    func `the processor's instruction and the tables give the same checksum, whatever the length and the place`() {
        var random = SeededGenerator(seed: 32)
        let bytes = (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        bytes.withUnsafeBytes { bytes in
            for start in 0..<9 {
                for end in start...bytes.count {
                    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    let before = UInt32.random(in: .min ... .max, using: &random)
                    #expect(Checksum.byInstruction(before, part) == Checksum.byTables(before, part))
                }
            }
        }
    }
}
