import Foundation

/// What a reading of the whole ledger found.
public struct LedgerReport: Sendable, Hashable {
    public var segments = 0
    /// Whole and readable records.
    public var records = 0
    public var sequences: ClosedRange<UInt64>?
    /// Of the first and last record in the order of the ledger.
    public var firstTime: Date?
    public var lastTime: Date?
    public var problems: [Problem] = []

    /// One thing that is not as it was written.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        public var segment: String
        /// Of the byte from which the segment is wrong.
        public var offset: Int
        public var kind: Kind

        public var description: String { "\(segment), byte \(offset): \(kind)" }
    }

    public enum Kind: Sendable, Hashable {
        /// Magic, version, first sequence or checksum of the segment's header.
        case badHeader
        case badLength
        case badChecksum
        /// Whole, but no record.
        case unreadable
        /// Records are missing: `expected` should have come.
        case gap(expected: UInt64, found: UInt64)
        /// A record of that sequence, or a later one, came before.
        case repeated(expected: UInt64, found: UInt64)
        /// The last write was cut short by a crash, or is under way. None of its records was acknowledged, unless the
        /// damage is to the very last write: only a checkpoint kept elsewhere could tell.
        case tornTail
    }
}

extension LedgerReader {
    /// Reads every byte of every segment and says what is wrong. A ledger may begin after 1: old segments are purged.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where a file cannot be read.
    public func verify() throws(LedgerError) -> LedgerReport {
        var verification = Verification()
        let segments = try folder.segments()
        for (index, segment) in segments.enumerated() {
            try verification.read(segment, isLast: index == segments.count - 1)
        }
        return verification.report
    }
}

/// A verification under way.
private struct Verification {
    var report = LedgerReport()
    private var expected: UInt64?

    mutating func read(_ segment: Segment, isLast: Bool) throws(LedgerError) {
        var scanner = try SegmentScanner(segment)
        report.segments += 1
        if scanner.header == nil { found(.badHeader, segment, 0) }
        follow(segment.firstSequence, in: segment, at: 0)
        while true {
            switch try scanner.next() {
            case .frame(let frame): read(frame, in: segment)
            case .end: return
            case .broken(_, .torn) where isLast: return found(.tornTail, segment, scanner.offset)
            case .broken(let fault, _):
                found(fault == .badChecksum ? .badChecksum : .badLength, segment, scanner.offset)
                guard try scanner.skipToNextFrame() else { return }
            }
        }
    }

    private mutating func read(_ frame: Frame, in segment: Segment) {
        guard let record = CallRecord(payload: frame.payload) else { return found(.unreadable, segment, frame.offset) }
        follow(record.sequence, in: segment, at: frame.offset)
        expected = max(expected ?? 0, record.sequence + 1)
        report.records += 1
        report.firstTime = report.firstTime ?? record.time
        report.lastTime = record.time
        let range = report.sequences ?? record.sequence...record.sequence
        report.sequences = min(range.lowerBound, record.sequence)...max(range.upperBound, record.sequence)
    }

    /// Checks that `sequence` is the one that comes.
    private mutating func follow(_ sequence: UInt64, in segment: Segment, at offset: Int) {
        let awaited = expected ?? sequence
        if sequence > awaited { found(.gap(expected: awaited, found: sequence), segment, offset) }
        if sequence < awaited { found(.repeated(expected: awaited, found: sequence), segment, offset) }
        expected = max(awaited, sequence)
    }

    private mutating func found(_ kind: LedgerReport.Kind, _ segment: Segment, _ offset: Int) {
        report.problems.append(LedgerReport.Problem(segment: segment.name, offset: offset, kind: kind))
    }
}
