import Foundation
import Testing

@testable import Ledger

@Suite struct ExtentTests {
    let scratch = Scratch()

    /// What a backup does: the first so many bytes of each segment.
    private func copy(to url: URL) throws -> [LedgerExtent] {
        let extents = try scratch.reader.extents()
        try? FileManager.default.removeItem(at: url)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for extent in extents {
            let bytes = try Data(contentsOf: scratch.url.appending(path: extent.name)).prefix(extent.bytes)
            try bytes.write(to: url.appending(path: extent.name))
        }
        return extents
    }

    @Test func `a copy taken while records are written verifies, and holds all that were durable before`() async throws
    {
        let target = FileManager.default.temporaryDirectory.appending(path: "ledger-copy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: target) }
        // Segments so small that many begin during the copies.
        let writer = try scratch.writer(limits: LedgerLimits(segmentBytes: 4096, preallocatedBytes: 4096))
        for number in 1...20 { try await writer.append(.sample(number)) }
        let load = Task {
            var number = 21
            while !Task.isCancelled {
                try await writer.append(.sample(number))
                number += 1
            }
            return number - 1
        }
        var least = 20
        while least < 200 {
            _ = try copy(to: target)
            let report = try LedgerReader(directory: target).verify()
            #expect(report.problems.isEmpty && report.records >= least)
            least = report.records
            try await Task.sleep(for: .milliseconds(1))
        }
        load.cancel()
        let last = try await load.value
        await writer.close()
        #expect(last >= least)
        _ = try copy(to: target)
        #expect(try LedgerReader(directory: target).verify().records == last)
    }

    @Test func `a write cut short is left out, damage in the middle is kept`() async throws {
        try await scratch.fill(1..<4)
        let file = try #require(scratch.segments.first)
        let whole = try Data(contentsOf: file)
        try (whole + Data(repeating: 7, count: 30)).write(to: file)
        #expect(try scratch.reader.extents().map(\.bytes) == [whole.count])
        var damaged = whole
        damaged[whole.count / 2] ^= 1
        try damaged.write(to: file)
        #expect(try scratch.reader.extents().map(\.bytes) == [whole.count])
    }
}
