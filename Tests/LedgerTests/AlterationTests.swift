import Foundation
import TestSupport
import Testing

@testable import Ledger

/// A signed ledger held in memory, of which copies are altered and written out.
private struct AlteredLedger {
    /// A segment taken apart.
    struct Parts {
        var header: SegmentHeader
        var payloads: [[UInt8]]

        var bytes: [UInt8] {
            payloads.reduce(into: header.bytes) { bytes, payload in
                Frame(offset: 0, payload: payload, placeInWrite: 0, isPurged: false).append(to: &bytes)
            }
        }
    }

    var files: [String: [UInt8]]
    var segments: [String] { files.keys.filter { $0.hasSuffix(".ledger") }.sorted() }

    init(_ directory: URL) throws {
        files = [:]
        let names = try #require(FileManager.default.enumerator(atPath: directory.path)?.allObjects as? [String])
        for name in names where !name.hasSuffix(".lock") {
            let bytes = FileManager.default.contents(atPath: directory.path + "/" + name)
            if let bytes { files[name] = Array(bytes) }
        }
    }

    func parts(_ name: String) throws -> Parts {
        let bytes = try #require(files[name])
        let first = try #require(UInt64(name.dropLast(7)))
        let header = try #require(SegmentHeader(bytes, firstSequence: first))
        var (payloads, offset) = ([[UInt8]](), header.byteCount)
        while offset < bytes.count {
            let frame = try Frame.read(in: bytes, at: offset, base: 0).get()
            payloads.append(frame.payload)
            offset += frame.byteCount
        }
        return Parts(header: header, payloads: payloads)
    }

    func write(to directory: URL) throws {
        try? FileManager.default.removeItem(at: directory)
        for (name, bytes) in files {
            let file = directory.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }

    /// Writes what differs from what is there.
    func write(where other: AlteredLedger, in directory: URL) throws {
        for name in Set(files.keys).union(other.files.keys) where files[name] != other.files[name] {
            let file = directory.appending(path: name)
            if let bytes = files[name] {
                try Data(bytes).write(to: file)
            } else {
                try FileManager.default.removeItem(at: file)
            }
        }
    }

    /// The payload under another number.
    static func renumbered(_ payload: [UInt8], _ sequence: UInt64) -> [UInt8] {
        let start = payload.firstIndex(of: UInt8(ascii: ",")) ?? 0
        return Array("{\"sequence\":\(sequence)".utf8) + payload[start...]
    }
}

/// One way to tamper with a ledger.
private enum Alteration: Int, CaseIterable {
    case bit, byteRun, contentWithChecksum, removed, removedAndRenumbered, copied, insertedAndRenumbered, swapped
    case swappedAndRenumbered, cutAtRecord, cutAnywhere, segmentRemoved, rewrittenAndSignedByAnother
    case purgedWithoutStatement, rolledBack, otherLedgersName

    func apply(to ledger: inout AlteredLedger, _ random: inout SeededGenerator) throws {
        let name = try #require(ledger.segments.randomElement(using: &random))
        var parts = try ledger.parts(name)
        let first = parts.header.firstSequence
        let index = Int.random(in: 0..<parts.payloads.count, using: &random)
        func renumber() {
            for (place, payload) in parts.payloads.enumerated() {
                parts.payloads[place] = AlteredLedger.renumbered(payload, first + UInt64(place))
            }
        }
        switch self {
        case .bit, .byteRun:
            let files = ledger.files.keys.filter { !$0.hasPrefix("tree") && $0 != "ledger.pub" }.sorted()
            let file = try #require(files.randomElement(using: &random))
            var bytes = try #require(ledger.files[file])
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let count = self == .bit ? 1 : Int.random(in: 1...40, using: &random)
            for place in start..<min(start + count, bytes.count) {
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            ledger.files[file] = bytes
            return
        case .contentWithChecksum:
            let place = Int.random(in: 30..<(parts.payloads[index].count - 1), using: &random)
            parts.payloads[index][place] ^= 1
        case .removed: parts.payloads.remove(at: index)
        case .removedAndRenumbered:
            parts.payloads.remove(at: index)
            renumber()
        case .copied:
            let target = Int.random(in: 0...parts.payloads.count, using: &random)
            parts.payloads.insert(parts.payloads[index], at: target)
        case .insertedAndRenumbered:
            parts.payloads.insert(Array(CallRecord.kept(7777).serialized.utf8), at: index)
            renumber()
        case .swapped, .swappedAndRenumbered:
            let other = (index + Int.random(in: 1..<parts.payloads.count, using: &random)) % parts.payloads.count
            parts.payloads.swapAt(index, other)
            if self == .swappedAndRenumbered { renumber() }
        case .cutAtRecord:
            let last = try #require(ledger.segments.last)
            var parts = try ledger.parts(last)
            parts.payloads.removeLast(Int.random(in: 1...parts.payloads.count, using: &random))
            ledger.files[last] = parts.bytes
            return
        case .cutAnywhere:
            let bytes = try #require(ledger.files[name])
            ledger.files[name] = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
            return
        case .segmentRemoved:
            ledger.files[name] = nil
            return
        case .rewrittenAndSignedByAnother: return try Self.rewrite(&ledger, name, index)
        case .purgedWithoutStatement:
            var bytes = parts.header.bytes
            for (place, payload) in parts.payloads.enumerated() {
                let frame = Frame(offset: 0, payload: payload, placeInWrite: 0, isPurged: false)
                if place == index {
                    Frame.append(purged: [frame.leaf], from: first + UInt64(place), to: &bytes)
                } else {
                    frame.append(to: &bytes)
                }
            }
            ledger.files[name] = bytes
            return
        case .rolledBack:
            // The last records and every trace of them in the folder; only a checkpoint kept elsewhere tells.
            let last = try #require(ledger.segments.last)
            var parts = try ledger.parts(last)
            parts.payloads.removeLast()
            ledger.files[last] = parts.bytes
            for file in ledger.files.keys where file.hasPrefix("checkpoint") { ledger.files[file] = nil }
            return
        case .otherLedgersName:
            parts.header = SegmentHeader(logID: parts.header.logID ^ 1, before: parts.header.before)
        }
        ledger.files[name] = parts.bytes
    }

    /// Everything made again as if the ledger had always said that, but for the key.
    private static func rewrite(_ ledger: inout AlteredLedger, _ name: String, _ index: Int) throws {
        var (frontier, logID) = (Frontier(), UInt64(0))
        for segment in ledger.segments {
            var parts = try ledger.parts(segment)
            logID = parts.header.logID
            parts.header = SegmentHeader(logID: logID, before: frontier)
            if segment == name { parts.payloads[index][40] ^= 1 }
            for payload in parts.payloads { frontier.append(.leaf(payload)) }
            ledger.files[segment] = parts.bytes
        }
        for file in ledger.files.keys where file.hasPrefix("tree") || file.hasPrefix("checkpoint") {
            ledger.files[file] = nil
        }
        let origin = Checkpoint.origin(logID.hexadecimal)
        let thief = NoteSigner(name: origin, kind: .note)
        let checkpoint = Checkpoint(origin: origin, size: frontier.size, root: frontier.root)
        let note = SignedNote(text: checkpoint.text, signatures: [try thief.signature(of: checkpoint.text)])
        ledger.files["checkpoint"] = Array(note.description.utf8)
        ledger.files["ledger.pub"] = Array("\(thief.key)\n".utf8)
    }
}

@Suite struct AlterationTests {
    let scratch = SignedScratch()
    private let copy = Scratch()

    /// `LEDGER_ALTERATIONS` sets how many, `LEDGER_SEED` the first.
    private static let count = number("LEDGER_ALTERATIONS") ?? 192
    private static let firstSeed = number("LEDGER_SEED") ?? 0

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test func `every alteration is found`() async throws {
        let limits = LedgerLimits(segmentBytes: 3000, preallocatedBytes: 4096)
        for start in [1, 20] { try await scratch.fill(start..<(start + 19), limits: limits) }
        let key = try scratch.key
        let whole = try AlteredLedger(scratch.ledger.url)
        #expect(whole.segments.count > 4)
        let elsewhere = Scratch()
        try FileManager.default.createDirectory(at: elsewhere.url, withIntermediateDirectories: true)
        let brought = elsewhere.url.appending(path: "garde.note")
        try Data(try #require(whole.files["checkpoint"])).write(to: brought)
        try whole.write(to: copy.url)
        #expect(try copy.reader.verify(keys: [key], checkpoints: [brought]).problems == [])
        for seed in Self.firstSeed..<(Self.firstSeed + Self.count) {
            var (altered, random) = (whole, SeededGenerator(seed: UInt64(seed)))
            let alteration = try #require(Alteration(rawValue: seed % Alteration.allCases.count))
            try alteration.apply(to: &altered, &random)
            guard altered.files != whole.files else { continue }
            try altered.write(where: whole, in: copy.url)
            let report = try copy.reader.verify(keys: [key], checkpoints: [brought])
            #expect(!report.problems.isEmpty, "\(alteration), seed \(seed)")
            try whole.write(where: altered, in: copy.url)
        }
    }

    @Test func `what is said names the record and what was done to it`() async throws {
        try await scratch.fill(1..<12, limits: LedgerLimits(segmentBytes: 2500, preallocatedBytes: 4096))
        let whole = try AlteredLedger(scratch.ledger.url)
        let name = try #require(whole.segments.dropFirst().first)
        let parts = try whole.parts(name)
        let second = parts.header.firstSequence + 1
        func kinds(_ change: (inout AlteredLedger.Parts) -> Void) throws -> [LedgerReport.Kind] {
            var (altered, changed) = (whole, parts)
            change(&changed)
            altered.files[name] = changed.bytes
            try altered.write(to: copy.url)
            let problems = try copy.reader.verify(keys: [try scratch.key]).problems
            #expect(problems.allSatisfy { $0.segment == name })
            return problems.map(\.kind)
        }
        #expect(try kinds { _ in } == [])
        #expect(try kinds { $0.payloads[1][60] ^= 1 } == [.altered(second...second)])
        #expect(try kinds { $0.payloads.remove(at: 1) } == [.missing(second...second)])
        #expect(try kinds { $0.payloads.insert($0.payloads[0], at: 2) } == [.repeated(second - 1)])
        #expect(try kinds { $0.payloads.swapAt(1, 2) } == [.moved(second)])
        #expect(LedgerReport.Kind.missing(2...4).text == "il manque les enregistrements 2 à 4")
    }

    @Test func `any bytes are read without a crash`() throws {
        try FileManager.default.createDirectory(at: copy.url, withIntermediateDirectories: true)
        let file = copy.url.appending(path: "00000000000000000001.ledger")
        for seed in 0..<400 {
            var random = SeededGenerator(seed: UInt64(seed))
            var bytes = seed.isMultiple(of: 3) ? [] : SegmentHeader(logID: 9, before: Frontier()).bytes
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    bytes += (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                        .random(in: 0...255, using: &random)
                    }
                case 1:
                    Frame.append(
                        members: Array(",\"x\":1}".utf8), sequence: .random(in: 0...3, using: &random),
                        placeInWrite: .random(in: 0...3, using: &random), to: &bytes)
                case 2:
                    Frame.append(purged: [.empty, .empty], from: .random(in: 0...(.max), using: &random), to: &bytes)
                default:
                    Frame(
                        offset: 0, payload: Array("{\"sequence\":99999999999999999999}".utf8), placeInWrite: .max,
                        isPurged: false
                    ).append(to: &bytes)
                }
            }
            try Data(bytes).write(to: file)
            let report = try copy.reader.verify()
            #expect(report.segments == 1)
            _ = try? copy.reader.all(LedgerFilter(stage: nil))
            _ = try? copy.reader.last(3)
            _ = try? copy.reader.payload(of: 1)
            _ = try? copy.writer()
        }
    }
}
