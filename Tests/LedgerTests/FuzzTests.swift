import Foundation
import TestSupport
import Testing

@testable import Ledger

/// Segments that were written to by something else: read without a fault, and never for more than they held.
@Suite struct FuzzTests {
    @Test func `a mutated segment gives no record that was not written, and its change is told`() async throws {
        let scratch = Scratch()
        try await scratch.fill(1..<30)
        let file = try #require(scratch.segments.first)
        let whole = try Data(contentsOf: file)
        let used = try #require(whole.lastIndex { $0 != 0 }) + 1
        let written = Set(try scratch.reader.all().map(\.requestID))
        var random = SeededGenerator(seed: 7)
        var told = 0
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, before: used, using: &random) }
            try bytes.write(to: file)
            let read = (try? scratch.reader.all()) ?? []
            for record in read { #expect(written.contains(record.requestID)) }
            let isTold = ((try? scratch.reader.verify())?.problems.isEmpty ?? false) == false
            if isTold { told += 1 }
            // A change that leaves everything readable as before is none; any other is told, or cuts the last write.
            let same = read.map(\.requestID) == (1..<30).map { "request-\($0)" }
            #expect(isTold || same || read.count < 29)
        }
        #expect(told > 200, "\(told) of 300")
    }

    private static func mutate(_ bytes: inout Data, before end: Int, using random: inout SeededGenerator) {
        let place = Int.random(in: 0..<min(end, bytes.count), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default:
            // A length or a count made huge.
            for offset in place..<min(place + 4, bytes.count) { bytes[offset] = 0xFF }
        }
    }
}
