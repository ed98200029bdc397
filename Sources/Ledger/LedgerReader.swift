import Foundation

/// Which records to read; what is nil does not count.
public struct LedgerFilter: Sendable, Hashable {
    /// Records of that moment or later.
    public var since: Date?
    public var operation: String?
    public var grant: String?
    /// The pseudonyms (or numbers) under which one subject may appear.
    public var subjects: Set<String>?
    /// SIRET of the vendor that called.
    public var vendor: String?
    /// How calls ended, unless told otherwise.
    public var stage: CallRecord.Stage?

    public init(
        since: Date? = nil, operation: String? = nil, grant: String? = nil, subjects: Set<String>? = nil,
        vendor: String? = nil, stage: CallRecord.Stage? = .outcome
    ) {
        self.since = since
        self.operation = operation
        self.grant = grant
        self.subjects = subjects
        self.vendor = vendor
        self.stage = stage
    }

    public func matches(_ record: CallRecord) -> Bool {
        if let stage, record.stage != stage { return false }
        if let since, record.time < since { return false }
        if let operation, record.operation != operation { return false }
        if let grant, record.grant != grant { return false }
        if let vendor, record.vendor != vendor { return false }
        guard let subjects else { return true }
        return record.subject.map(subjects.contains) ?? false
    }
}

/// Reads a ledger, also while a writer appends to it. It takes no lock and changes nothing.
public struct LedgerReader: Sendable {
    let folder: LedgerFolder

    public init(directory: URL) { folder = LedgerFolder(directory) }

    public var directory: URL { URL(filePath: folder.path) }

    /// The records behind a sequence in order, read as they are asked for. Segments begun later are not seen.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where the directory cannot be read.
    public func records(
        matching filter: LedgerFilter = LedgerFilter(), after sequence: UInt64 = 0
    ) throws(LedgerError) -> LedgerCursor {
        let segments = try folder.segments()
        let start = segments.lastIndex { $0.firstSequence <= sequence + 1 } ?? 0
        return LedgerCursor(segments: Array(segments[start...]), filter: filter, after: sequence)
    }

    /// Ranges of records that were purged, as the statements beside the segments say.
    public var purged: [ClosedRange<UInt64>] { SignedCheckpoints(folder, keys: [], brought: []).purged }

    /// The last `count` records that match, the latest last. Reads from the end, no further than needed.
    /// - Throws: as ``records(matching:)`` and ``LedgerCursor/next()``.
    public func last(_ count: Int, matching filter: LedgerFilter = LedgerFilter()) throws(LedgerError) -> [CallRecord] {
        var latest: [CallRecord] = []
        let segments = try folder.segments()
        for segment in segments.reversed() where latest.count < count {
            let scanner = try SegmentScanner.opening(segment)
            for place in try Self.frames(of: scanner, isLast: segment == segments.last).reversed() {
                guard latest.count < count else { break }
                let frame = try scanner.frame(at: place.offset, byteCount: place.byteCount)
                if frame.isPurged { continue }
                guard let record = CallRecord(payload: frame.payload) else {
                    throw .damaged(segment: segment.name, offset: place.offset)
                }
                if filter.matches(record) { latest.append(record) }
            }
        }
        return latest.reversed()
    }

    private static func frames(
        of scanner: SegmentScanner, isLast: Bool
    ) throws(LedgerError) -> [(offset: Int, byteCount: Int)] {
        var frames: [(offset: Int, byteCount: Int)] = []
        var scanner = scanner
        while let frame = try scanner.nextFrame(isLast: isLast) { frames.append((frame.offset, frame.byteCount)) }
        return frames
    }
}

/// A place among the records of a ledger.
public struct LedgerCursor {
    private var segments: ArraySlice<Segment>
    private let filter: LedgerFilter
    private let after: UInt64
    private var scanner: SegmentScanner?

    init(segments: [Segment], filter: LedgerFilter, after: UInt64) {
        self.after = after
        self.segments = segments[...]
        self.filter = filter
    }

    /// The next record; nil at the end. Asked again after the end, it sees what was appended to that segment since.
    /// - Throws: ``LedgerError/damaged(segment:offset:)`` where records were lost, ``LedgerError/failed(operation:code:)``.
    public mutating func next() throws(LedgerError) -> CallRecord? {
        while true {
            guard var current = scanner else {
                guard let segment = segments.first else { return nil }
                scanner = try SegmentScanner.opening(segment)
                continue
            }
            let frame = try current.nextFrame(isLast: segments.count == 1)
            scanner = current
            if let frame {
                if frame.isPurged || frame.sequence.map({ $0 <= after }) ?? false { continue }
                guard let record = CallRecord(payload: frame.payload) else {
                    throw .damaged(segment: current.segment.name, offset: frame.offset)
                }
                if filter.matches(record) { return record }
            } else {
                guard segments.count > 1 else { return nil }
                segments.removeFirst()
                scanner = nil
            }
        }
    }
}

extension SegmentScanner {
    /// A scanner on a segment whose header is right.
    static func opening(_ segment: Segment) throws(LedgerError) -> SegmentScanner {
        let scanner = try SegmentScanner(segment)
        guard scanner.header != nil else { throw .damaged(segment: segment.name, offset: 0) }
        return scanner
    }

    /// The next frame; nil at the end, which in the last segment may be a write under way.
    mutating func nextFrame(isLast: Bool) throws(LedgerError) -> Frame? {
        switch try next() {
        case .frame(let frame): return frame
        case .end: return nil
        case .broken(_, .torn) where isLast: return nil
        case .broken: throw .damaged(segment: segment.name, offset: offset)
        }
    }
}
