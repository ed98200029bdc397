import Foundation

/// What a record is about, for how long it is kept.
public enum RetentionClass: String, Sendable, Hashable, CaseIterable {
    /// A person, under a pseudonym.
    case person = "personne"
    /// A company, by its number.
    case company = "entreprise"
    /// Open data, asked for without a token.
    case open = "ouverte"
    /// Nobody in particular.
    case other = "autre"

    init(_ record: CallRecord) {
        self =
            if record.token == CallRecord.anonymous { .open } else if let subject = record.subject {
                subject.contains(":") ? .person : .company
            } else { .other }
    }
}

/// What a key of the ledger says of records that were purged: which, of which kinds, from before when, and when that was.
///
/// Text of a signed note: `<origin>/purge`, kinds, limit and moment (ISO 8601), then a range `<first>-<last>` a line.
struct PurgeStatement: Sendable, Hashable {
    let origin: String
    let classes: [String]
    let made: String
    let ranges: [ClosedRange<UInt64>]

    var text: String {
        ([origin + "/purge", classes.joined(separator: ","), made]
            + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }).joined(separator: "\n") + "\n"
    }

    init(origin: String, classes: [String], made: String, ranges: [ClosedRange<UInt64>]) {
        self.origin = origin
        self.classes = classes
        self.made = made
        self.ranges = ranges
    }

    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        guard lines.count >= 4, lines[0].hasSuffix("/purge") else { return nil }
        var ranges: [ClosedRange<UInt64>] = []
        for line in lines[3...] {
            let parts = line.split(separator: "-").compactMap { UInt64($0) }
            guard parts.count == 2, parts[0] <= parts[1] else { return nil }
            ranges.append(parts[0]...parts[1])
        }
        self.init(
            origin: String(lines[0].dropLast(6)), classes: lines[1].split(separator: ",").map(String.init),
            made: lines[2], ranges: ranges)
    }
}

/// Removes records whose time is over, and leaves their hashes: the tree, its checkpoints and all proofs still hold.
///
/// The segment that is being written is left alone. For each other, a signed statement of what is removed is made durable
/// first; then the segment is written again without it and takes the former's place.
public struct LedgerPurge: Sendable {
    private let folder: LedgerFolder
    private let signer: NoteSigner
    private let limits: [RetentionClass: Date]
    private let now: Date

    /// - Parameters:
    ///   - keys: the folder of the key that signs checkpoints.
    ///   - limits: for each kind the moment before which records are removed; kinds that are not there are kept.
    /// - Throws: ``LedgerError``.
    public init(
        directory: URL, keys: URL, limits: [RetentionClass: Date], now: Date
    ) throws(LedgerError) {
        folder = LedgerFolder(directory)
        guard let first = try folder.segments().last, let header = try SegmentScanner.opening(first).header,
            header.version > 1
        else { throw .failed(operation: "purge", code: ENOENT) }
        signer = try NoteSigner(
            LedgerFolder(keys), name: Checkpoint.origin(header.logID.hexadecimal), kind: .note)
        self.limits = limits
        self.now = now
    }

    /// Purges; safe while the ledger is written.
    /// - Returns: how many records were removed.
    /// - Throws: ``LedgerError``.
    public func run() throws(LedgerError) -> Int {
        try LedgerFolder(URL(filePath: folder.purges)).create()
        var count = 0
        for segment in try folder.segments().dropLast() { count += try purge(segment) }
        return count
    }

    private func purge(_ segment: Segment) throws(LedgerError) -> Int {
        var scanner = try SegmentScanner.opening(segment)
        guard let header = scanner.header else { return 0 }
        var rewritten = RewrittenSegment(header)
        while let frame = try scanner.nextFrame(isLast: false) {
            if frame.isPurged {
                rewritten.keep(frame)
            } else if let record = CallRecord(payload: frame.payload), isOver(record) {
                rewritten.remove(frame, record)
            } else {
                rewritten.keep(frame)
            }
        }
        guard rewritten.count > 0 else { return 0 }
        try state(rewritten, segment)
        try LedgerFolder.replace(segment.path, rewritten.whole())
        return rewritten.count
    }

    private func isOver(_ record: CallRecord) -> Bool {
        limits[RetentionClass(record)].map { record.time < $0 } ?? false
    }

    private func state(_ rewritten: RewrittenSegment, _ segment: Segment) throws(LedgerError) {
        let statement = PurgeStatement(
            origin: signer.key.name, classes: rewritten.classes.map(\.rawValue).sorted(),
            made: now.formatted(.iso8601), ranges: rewritten.ranges)
        let note = SignedNote(text: statement.text, signatures: [try signer.signature(of: statement.text)])
        let made = Segment.digits(UInt64(max(0, now.timeIntervalSince1970 * 1000)))
        try LedgerFolder.replace(
            "\(folder.purges)/\(Segment.digits(segment.firstSequence))-\(made).note", Array(note.description.utf8))
    }
}

/// A segment as it is without the records that are removed.
private struct RewrittenSegment {
    private var bytes: [UInt8]
    private var gone: [MerkleHash] = []
    private var goneFrom: UInt64 = 0
    private(set) var ranges: [ClosedRange<UInt64>] = []
    private(set) var classes: Set<RetentionClass> = []
    private(set) var count = 0

    init(_ header: SegmentHeader) { bytes = header.bytes }

    mutating func keep(_ frame: Frame) {
        close()
        frame.append(to: &bytes)
    }

    mutating func remove(_ frame: Frame, _ record: CallRecord) {
        if gone.isEmpty { goneFrom = record.sequence }
        gone.append(frame.leaf)
        classes.insert(RetentionClass(record))
        count += 1
        if let last = ranges.last, last.upperBound == record.sequence - 1 {
            ranges[ranges.count - 1] = last.lowerBound...record.sequence
        } else {
            ranges.append(record.sequence...record.sequence)
        }
        if gone.count == Frame.purgedAtMost { close() }
    }

    private mutating func close() {
        guard !gone.isEmpty else { return }
        Frame.append(purged: gone, from: goneFrom, to: &bytes)
        gone = []
    }

    mutating func whole() -> [UInt8] {
        close()
        return bytes
    }
}
