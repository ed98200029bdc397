import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// A disk that forgets: when the power goes, what was written since the last flush is there or not, sector by sector.
final class PowerCutFiles: LedgerFiles {
    private struct Write {
        let file: OpenFile
        let offset: Int
        let before: [UInt8]
    }

    private struct State {
        var unflushed: [Write] = []
        /// Files that were made longer since their last flush, and how long they were.
        var grown: [(file: OpenFile, from: Int)] = []
        var operationsLeft: Int
        var isCut = false
        var random: SeededGenerator
    }

    private let state: Mutex<State>

    init(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        state = Mutex(State(operationsLeft: .random(in: 0..<60, using: &random), random: random))
    }

    var isCut: Bool { state.withLock(\.isCut) }

    func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int) throws(LedgerError) {
        let before = try file.read(bytes.count, at: offset)
        try SystemFiles().write(bytes, to: file, at: offset)
        state.withLock { state in
            let zeros = [UInt8](repeating: 0, count: bytes.count - before.count)
            state.unflushed.append(Write(file: file, offset: offset, before: before + zeros))
        }
        try go()
    }

    func synchronize(_ file: OpenFile) throws(LedgerError) {
        try go()
        try SystemFiles().synchronize(file)
        state.withLock { state in
            state.unflushed.removeAll { $0.file === file }
            state.grown.removeAll { $0.file === file }
        }
        // Flushed, but nobody hears of it.
        try go()
    }

    func preallocate(_ file: OpenFile, _ range: Range<Int>) throws(LedgerError) {
        try SystemFiles().preallocate(file, range)
        state.withLock { $0.grown.append((file, range.lowerBound)) }
        try go()
    }

    func freeBytes(in directory: String) throws(LedgerError) -> Int { .max }

    /// Counts an operation; the last of them cuts the power.
    private func go() throws(LedgerError) {
        let isCut = state.withLock { state in
            state.operationsLeft -= 1
            if state.operationsLeft < 0, !state.isCut {
                state.isCut = true
                // From nothing lost to all.
                let share = Int.random(in: 0...4, using: &state.random)
                for write in state.unflushed.reversed() {
                    for start in stride(from: 0, to: write.before.count, by: 512)
                    where Int.random(in: 0..<4, using: &state.random) < share {
                        let sector = Array(write.before[start..<min(start + 512, write.before.count)])
                        try? SystemFiles().write(sector, to: write.file, at: write.offset + start)
                    }
                }
                for (file, length) in state.grown.reversed() {
                    let cut = Int.random(in: length...max(length, (try? file.size) ?? length), using: &state.random)
                    if Bool.random(using: &state.random) { try? file.truncate(to: cut) }
                }
                (state.unflushed, state.grown) = ([], [])
            }
            return state.isCut
        }
        if isCut { throw .failed(operation: "power", code: EIO) }
    }
}

/// The calls that were acknowledged, by their sequences.
final class KeptCalls: Sendable {
    private let calls = Mutex<[UInt64: String]>([:])

    var all: [UInt64: String] { calls.withLock { $0 } }

    /// False where another call had that sequence.
    func add(_ id: String, _ sequence: UInt64) -> Bool {
        calls.withLock { $0.updateValue(id, forKey: sequence) == nil }
    }
}

@Suite struct PowerCutTests {
    let scratch = SignedScratch()

    /// `LEDGER_POWER_CUTS` sets how many.
    private static let cuts = ProcessInfo.processInfo.environment["LEDGER_POWER_CUTS"].flatMap { Int($0) } ?? 60

    @Test func `no acknowledged call is lost or doubled by power cuts, and the ledger is still what was signed`()
        async throws
    {
        let limits = LedgerLimits(segmentBytes: 60_000, preallocatedBytes: 16_384)
        let kept = KeptCalls()
        for seed in 0..<Self.cuts {
            let files = PowerCutFiles(seed: seed)
            if let writer = try? scratch.ledger.writer(limits: limits, files: files) {
                let checkpointer = try Checkpointer(writer, scratch.signer(writer), logger: .silent)
                await withTaskGroup { group in
                    for lane in 0..<8 {
                        group.addTask { await Self.call(writer, "\(seed)-\(lane)", kept) }
                    }
                }
                #expect(files.isCut)
                await writer.close()
                await checkpointer.finish()
            }
            try spoilTree(seed)
            if seed.isMultiple(of: 20) { try check(kept.all) }
        }
        try await scratch.fill(1..<2, limits: limits)
        try check(kept.all)
        let report = try scratch.ledger.reader.verify(keys: [try scratch.key])
        #expect(report.problems == [])
        #expect(report.signed == report.sequences?.upperBound)
    }

    /// Calls until the ledger takes no more.
    private static func call(_ writer: LedgerWriter, _ name: String, _ kept: KeptCalls) async {
        for number in 0..<10_000 {
            var record = CallRecord.sample(number)
            record.requestID = "\(name)-\(number)"
            var intent = record
            intent.stage = .intent
            guard let begun = try? writer.begin(intent),
                let sequence = try? await writer.append(record, after: begun)
            else { return }
            #expect(kept.add(record.requestID, sequence))
        }
    }

    /// Every call that was acknowledged is there, once, in its place, and so is its intent.
    private func check(_ kept: [UInt64: String]) throws {
        let all = try scratch.ledger.reader.all(LedgerFilter(stage: nil))
        #expect(all.map(\.sequence) == Array(1...UInt64(max(1, all.count))))
        var seen: Set<String> = []
        for record in all where record.stage == .outcome {
            #expect(seen.insert(record.requestID).inserted || record.requestID == "request-1")
            if let intent = record.intent {
                #expect(all[Int(intent) - 1].requestID == record.requestID && all[Int(intent) - 1].stage == .intent)
            }
        }
        for (sequence, id) in kept { #expect(all[Int(sequence) - 1].requestID == id) }
        #expect(!kept.isEmpty)
    }

    /// The tree's files are not flushed with each record: behind the last segment's start anything may stand.
    private func spoilTree(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed + 1_000_000))
        let start = try LedgerFolder(scratch.ledger.url).segments().last.map { $0.firstSequence - 1 } ?? 0
        for height in 0..<20 {
            let path = scratch.ledger.url.path + "/tree/" + (height < 10 ? "0" : "") + String(height)
            guard access(path, F_OK) == 0, Bool.random(using: &random) else { continue }
            let file = try OpenFile(path, O_RDWR)
            let settled = Int(start >> UInt64(height)) * 32
            try file.truncate(to: min(try file.size, settled + 32 * Int.random(in: 0..<3, using: &random)))
            try SystemFiles().write([UInt8](repeating: 7, count: 48), to: file, at: settled)
        }
    }
}
