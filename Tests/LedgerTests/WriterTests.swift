import Foundation
import Testing

@testable import Ledger

@Suite struct WriterTests {
    let scratch = Scratch()

    @Test func `fifty tasks of two hundred appends are all found, once, in sequence`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits(segmentBytes: 1 << 20))
        await withTaskGroup { group in
            for task in 0..<50 {
                group.addTask {
                    for number in 0..<200 {
                        await #expect(throws: Never.self) { try await writer.append(.sample(task * 200 + number)) }
                    }
                }
            }
        }
        #expect(writer.counts.records == 10_000)
        await writer.close()
        let records = try scratch.reader.all()
        #expect(records.map(\.sequence) == Array(1...10_000))
        #expect(Set(records.map(\.requestID)).count == 10_000)
        let report = try scratch.reader.verify()
        #expect(report.problems == [])
        #expect(report.records == 10_000)
        #expect(report.segments == scratch.segments.count)
        #expect(report.segments > 1)
    }

    @Test func `segments rotate by size, are named by their first sequence and cut to their records`() async throws {
        let limits = LedgerLimits(segmentBytes: 2000, preallocatedBytes: 4096)
        try await scratch.fill(1..<30, limits: limits)
        try await scratch.fill(30..<41, limits: limits)
        #expect(try scratch.reader.all() == (1...40).map(CallRecord.kept))
        #expect(scratch.segments.first?.lastPathComponent == "00000000000000000001.ledger")
        #expect(scratch.segments.count > 5)
        for segment in scratch.segments {
            let bytes = [UInt8](try Data(contentsOf: segment))
            #expect(bytes.count <= 2000)
            #expect(bytes.last == UInt8(ascii: "}"))
        }
        #expect(try scratch.reader.verify().sequences == 1...40)
    }

    @Test func `directory and files are closed to others`() async throws {
        try await scratch.fill(1..<2)
        for (path, mode) in [(scratch.url.path, 0o700)] + scratch.segments.map({ ($0.path, 0o600) }) {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode)
        }
    }

    @Test func `a second writer is refused until the first is closed`() async throws {
        let first = try scratch.writer()
        #expect(throws: LedgerError.locked(directory: scratch.url.path)) { try scratch.writer() }
        await first.close()
        await first.close()
        #expect(!first.isWritable)
        await #expect(throws: LedgerError.closed) { try await first.append(.sample(1)) }
        let second = try scratch.writer()
        #expect(try await second.append(.sample(1)) == 1)
        await second.close()
    }

    @Test func `a writer that nobody holds any more gives up its lock`() async throws {
        var writer: LedgerWriter? = try scratch.writer()
        try await writer?.append(.sample(1))
        writer = nil
        while true {
            do {
                await (try scratch.writer()).close()
                break
            } catch LedgerError.locked { await Task.yield() }
        }
        #expect(try scratch.reader.all() == [.kept(1)])
    }

    @Test func `closing keeps what waits`() async throws {
        let writer = try scratch.writer()
        for number in 1...500 { try writer.append(.sample(number)) { _ in } }
        await writer.close()
        #expect(try scratch.reader.all() == (1...500).map(CallRecord.kept))
    }

    /// Not a check: prints figures. Run with `UNEFOIS_MEASURE=1`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["UNEFOIS_MEASURE"] != nil))
    func `appends per second with 64 appenders`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits())
        let clock = ContinuousClock()
        let each = 1000
        let waits = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for task in 0..<64 {
                group.addTask {
                    var waits: [Duration] = []
                    for number in 0..<each {
                        let start = clock.now
                        try await writer.append(.sample(task * each + number))
                        waits.append(clock.now - start)
                    }
                    return waits
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        let total = waits.reduce(.zero, +) / 64
        print(
            "appends/s:", Double(waits.count) / (total / .seconds(1)), "records/flush:",
            Double(writer.counts.records) / Double(writer.counts.flushes), "p50:", waits[waits.count / 2], "p99:",
            waits[waits.count * 99 / 100])
        let record = CallRecord.sample(1)
        let encoding = clock.measure { for _ in 0..<20_000 { _ = record.encodedMembers() } } / 20_000
        print("encoding:", encoding, "for", record.encodedMembers().count, "bytes")
        await writer.close()
        let verification = try clock.measure { _ = try scratch.reader.verify() }
        print("verification, records/s:", Double(waits.count) / (verification / .seconds(1)))
    }
}
