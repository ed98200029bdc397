import Foundation

extension LedgerReader {
    /// Reads every byte of every segment and says what is wrong, and where. Needs nothing but the folder, or a copy of it.
    ///
    /// - Parameters:
    ///   - keys: public keys as they are known from elsewhere, the ledger's and those of its witnesses; where none is the
    ///     ledger's, the folder's own key is used, which whoever altered the folder may have replaced.
    ///   - checkpoints: files of checkpoints kept elsewhere: by a witness, or from an earlier day.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where a file cannot be read.
    public func verify(keys: [NoteKey] = [], checkpoints: [URL] = []) throws(LedgerError) -> LedgerReport {
        let signed = SignedCheckpoints(folder, keys: keys, brought: checkpoints)
        var verification = Verification(signed, leaves: KnownLeaves(folder))
        let segments = try folder.segments()
        for (index, segment) in segments.enumerated() {
            try verification.read(segment, isLast: index == segments.count - 1)
        }
        return verification.end(lastSegment: segments.last)
    }
}

/// The leaves' hashes that stand beside the segments. They prove nothing, but tell which record a change is in.
private struct KnownLeaves {
    private let files: TreeFiles?
    private var window: [UInt8] = []
    private var start: UInt64 = 0

    init(_ folder: LedgerFolder) { files = try? TreeFiles(folder) }

    /// The hash of a leaf as it was when it was written; nil where it is not known.
    mutating func leaf(_ index: UInt64) -> MerkleHash? {
        if index < start || index - start >= UInt64(window.count / MerkleHash.byteCount) {
            start = index
            window = (try? files?.leafBytes(from: index, count: 8192)) ?? []
        }
        let offset = Int(index - start) * MerkleHash.byteCount
        guard offset + MerkleHash.byteCount <= window.count else { return nil }
        return window.withUnsafeBytes { MerkleHash(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
    }
}

/// A verification under way.
///
/// Two trees grow: that of the records as they are, and that of the hashes which stood beside them. They are one until
/// something differs; the next checkpoint then tells which was signed.
private struct Verification {
    private var report = LedgerReport()
    private let signed: SignedCheckpoints
    private var leaves: KnownLeaves
    /// Of the records as they are; nil from where some are missing on.
    private var own: Frontier? = Frontier()
    /// Of the hashes beside them; nil while it is the same, or where they are not known.
    private var beside: Frontier?
    /// Sizes of checkpoints, those to come last first.
    private var awaited: [UInt64]
    /// Records before the last checkpoint that fitted.
    private var sure: UInt64 = 0
    /// The next sequence.
    private var expected: UInt64 = 1
    private var logID: UInt64?
    /// Records that differ from the hashes beside them since the last checkpoint.
    private var suspects: [LedgerReport.Problem] = []
    /// The first and the last record, and where that is in the segment being read.
    private var first: [UInt8]?
    private var last: [UInt8]?
    private var lastPayload: Range<Int>?

    init(_ signed: SignedCheckpoints, leaves: KnownLeaves) {
        self.signed = signed
        self.leaves = leaves
        awaited = signed.bySize.keys.sorted(by: >)
        report.problems = signed.problems
        report.keys = signed.keys
        settleCheckpoints(in: "checkpoint", 0)
    }

    // MARK: - Segments

    mutating func read(_ segment: Segment, isLast: Bool) throws(LedgerError) {
        report.segments += 1
        let scanner = try SegmentScanner(segment)
        readHeader(scanner, segment)
        let file = try OpenFile(segment.path, O_RDONLY)
        let bytes = try file.read(try file.size, at: 0)
        lastPayload = nil
        bytes.withUnsafeBytes { readFrames($0, from: scanner.offset, segment, isLast: isLast) }
        if let lastPayload { last = Array(bytes[lastPayload]) }
    }

    private mutating func readHeader(_ scanner: SegmentScanner, _ segment: Segment) {
        if segment.firstSequence > expected { skip(to: segment.firstSequence, in: segment, 0) }
        guard let header = scanner.header else { return found(.badHeader, segment, 0) }
        guard let before = scanner.before else { return }
        if let logID, logID != header.logID { return found(.anotherLedger, segment, 0) }
        if logID == nil, !signed.fits(logID: header.logID) { found(.checkpointOfAnotherLedger, segment, 0) }
        logID = header.logID
        if own == nil {
            own = before
        } else if own != before, beside != before {
            found(.headerDisagrees, segment, 0)
        }
    }

    private mutating func readFrames(_ bytes: UnsafeRawBufferPointer, from start: Int, _ segment: Segment, isLast: Bool)
    {
        var offset = start
        while offset < bytes.count {
            switch FrameBounds.read(bytes, at: offset) {
            case .success(let bounds):
                read(bytes, bounds, segment, offset)
                offset = bounds.payload.upperBound
            case .failure(let fault):
                guard bytes[offset...].contains(where: { $0 != 0 }) else { return }
                let next = Self.nextFrame(in: bytes, after: offset)
                if next == nil, isLast {
                    found(.tornTail, segment, offset)
                    return
                }
                found(fault == .badChecksum ? .badChecksum : .badLength, segment, offset)
                guard let next else { return }
                offset = next
            }
        }
    }

    private static func nextFrame(in bytes: UnsafeRawBufferPointer, after offset: Int) -> Int? {
        var candidate = offset + 1
        while candidate + Frame.headerBytes < bytes.count {
            if case .success = FrameBounds.read(bytes, at: candidate) { return candidate }
            candidate += 1
        }
        return nil
    }

    // MARK: - Records

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ bounds: FrameBounds, _ segment: Segment, _ offset: Int
    ) {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[bounds.payload])
        if bounds.isPurged { return readPurged(payload, segment, offset) }
        guard let sequence = CallRecord.sequence(in: payload), payload.last == UInt8(ascii: "}") else {
            return found(.unreadable, segment, offset)
        }
        report.records += 1
        guard follow(sequence, segment, offset) else { return }
        if first == nil { first = Array(payload) }
        lastPayload = bounds.payload
        // The byte before the payload is the last of its place in the write.
        let leaf =
            bytes[bounds.payload.lowerBound - 1] == 0
            ? MerkleHash(
                prefixedLeaf: UnsafeRawBufferPointer(
                    rebasing: bytes[(bounds.payload.lowerBound - 1)..<bounds.payload.upperBound]))
            : MerkleHash.leaf(payload)
        add(leaf, segment, offset)
    }

    private mutating func readPurged(_ payload: UnsafeRawBufferPointer, _ segment: Segment, _ offset: Int) {
        let first = UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self))
        let count = (payload.count - 8) / MerkleHash.byteCount
        let (end, overflows) = first.addingReportingOverflow(UInt64(count) - 1)
        guard !overflows, follow(first, segment, offset) else { return }
        if !signed.covers(first...end) { found(.purgedWithoutProof(first...end), segment, offset) }
        report.purged += count
        for index in 0..<count {
            let start = 8 + index * MerkleHash.byteCount
            add(MerkleHash(UnsafeRawBufferPointer(rebasing: payload[start...])), segment, offset)
        }
    }

    /// True where `sequence` is the one that comes, or where those before it are missing.
    private mutating func follow(_ sequence: UInt64, _ segment: Segment, _ offset: Int) -> Bool {
        let range = report.sequences ?? sequence...sequence
        report.sequences = min(range.lowerBound, sequence)...max(range.upperBound, sequence)
        if sequence > expected { skip(to: sequence, in: segment, offset) }
        if sequence == expected { return true }
        if let index = report.problems.firstIndex(where: { $0.kind == .missing(sequence...sequence) }) {
            report.problems.remove(at: index)
            found(.moved(sequence), segment, offset)
        } else {
            found(.repeated(sequence), segment, offset)
        }
        return false
    }

    /// Goes on after missing records with the hashes that stand beside them.
    private mutating func skip(to sequence: UInt64, in segment: Segment, _ offset: Int) {
        found(.missing(expected...(sequence - 1)), segment, offset)
        var tree = beside ?? own
        own = nil
        while expected < sequence {
            guard tree != nil, let leaf = leaves.leaf(expected - 1) else {
                (tree, beside) = (nil, nil)
                expected = sequence
                return
            }
            tree?.append(leaf)
            expected += 1
            beside = tree
            settleCheckpoints(in: segment.name, offset)
            tree = beside ?? own
        }
    }

    /// Adds the hash of the next record, and looks at the checkpoint of that size if there is one.
    private mutating func add(_ leaf: MerkleHash, _ segment: Segment, _ offset: Int) {
        let known = leaves.leaf(expected - 1)
        if let known, known != leaf {
            suspect(expected, segment, offset)
            if beside == nil { beside = own }
        }
        beside?.append(known ?? leaf)
        own?.append(leaf)
        expected += 1
        if awaited.last == expected - 1 { settleCheckpoints(in: segment.name, offset) }
    }

    private mutating func suspect(_ sequence: UInt64, _ segment: Segment, _ offset: Int) {
        if let last = suspects.last, case .altered(let range) = last.kind, range.upperBound == sequence - 1,
            last.segment == segment.name
        {
            suspects[suspects.count - 1].kind = .altered(range.lowerBound...sequence)
        } else {
            suspects.append(.init(segment: segment.name, offset: offset, kind: .altered(sequence...sequence)))
        }
    }

    // MARK: - Checkpoints

    /// Compares the trees with the checkpoints of their size.
    private mutating func settleCheckpoints(in name: String, _ offset: Int) {
        while let size = awaited.last, size < expected {
            awaited.removeLast()
            guard size == expected - 1, let root = signed.bySize[size] else { continue }
            if own?.root == root {
                for suspect in suspects {
                    guard case .altered(let range) = suspect.kind else { continue }
                    report.problems.append(.init(segment: "tree/00", offset: 0, kind: .staleTree(range)))
                }
                fits(size)
            } else if let tree = beside, tree.root == root {
                report.problems += suspects
                own = tree
                fits(size)
            } else {
                report.problems += suspects
                suspects = []
                let kind = LedgerReport.Kind.contentChanged(min(sure + 1, max(size, 1))...max(size, 1))
                report.problems.append(.init(segment: name, offset: offset, kind: kind))
            }
        }
    }

    private mutating func fits(_ size: UInt64) {
        (suspects, beside, sure) = ([], nil, size)
        report.checkpoints += 1
        report.signed = size
        if signed.witnessed.contains(size) { report.witnessed = size }
    }

    mutating func end(lastSegment: Segment?) -> LedgerReport {
        report.problems += suspects
        if let most = awaited.first {
            let kind = LedgerReport.Kind.truncated(found: expected - 1, signed: most)
            report.problems.append(.init(segment: lastSegment?.name ?? "ledger", offset: 0, kind: kind))
        }
        report.firstTime = first.flatMap { CallRecord(payload: $0)?.time }
        report.lastTime = last.flatMap { CallRecord(payload: $0)?.time }
        return report
    }

    private mutating func found(_ kind: LedgerReport.Kind, _ segment: Segment, _ offset: Int) {
        report.problems.append(LedgerReport.Problem(segment: segment.name, offset: offset, kind: kind))
    }
}
