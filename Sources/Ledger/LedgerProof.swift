import Foundation

/// That one record stands in a ledger whose tree was signed: all that an outsider needs but the key.
///
/// As text it is a C2SP tlog-proof: a line `c2sp.org/tlog-proof@v1`, `index <n>`, the hashes in base64, an empty line and
/// the signed checkpoint.
public struct LedgerProof: Sendable, Hashable, CustomStringConvertible {
    /// The record's place in the tree: its sequence less one.
    public let index: UInt64
    public let leaf: MerkleHash
    public let path: [MerkleHash]
    public let checkpoint: SignedNote

    static let opening = "c2sp.org/tlog-proof@v1\n"

    public var description: String {
        Self.opening + "index \(index)\n" + path.map { Data($0.bytes).base64EncodedString() + "\n" }.joined()
            + "\n\(checkpoint)"
    }

    /// Reads a proof for a record.
    /// - Parameter payload: the record as it stands in the ledger.
    public init?(_ text: String, payload: [UInt8]) {
        guard text.hasPrefix(Self.opening), let end = text.range(of: "\n\n"),
            let note = SignedNote(parsing: String(text[end.upperBound...]))
        else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        guard let first = lines.first, first.hasPrefix("index "), let index = UInt64(first.dropFirst(6)) else {
            return nil
        }
        let path = lines.dropFirst().compactMap { Data(base64Encoded: String($0)).flatMap { MerkleHash($0) } }
        guard path.count == lines.count - 1 else { return nil }
        self.init(index: index, leaf: .leaf(payload), path: path, checkpoint: note)
    }

    init(index: UInt64, leaf: MerkleHash, path: [MerkleHash], checkpoint: SignedNote) {
        self.index = index
        self.leaf = leaf
        self.path = path
        self.checkpoint = checkpoint
    }

    /// True where the record stands in the tree of a checkpoint that the key signed.
    public func holds(for key: NoteKey) -> Bool {
        guard checkpoint.isSigned(by: key), let signed = Checkpoint(checkpoint.text) else { return false }
        return MerkleProof.root(ofLeaf: leaf, at: index, in: signed.size, path) == signed.root
    }
}

extension LedgerReader {
    /// The last checkpoint that stands beside the segments: with a witness's signature where it is as recent.
    public var checkpoint: SignedNote? {
        func note(_ path: String) -> SignedNote? {
            guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
            return String(validating: bytes, as: UTF8.self).flatMap(SignedNote.init(parsing:))
        }
        let last = note(folder.checkpoint)
        if let cosigned = note(folder.cosigned), cosigned.text == last?.text { return cosigned }
        return last
    }

    /// The public key beside the segments.
    public var key: NoteKey? {
        FileManager.default.contents(atPath: folder.key).flatMap { String(validating: $0, as: UTF8.self) }
            .flatMap { NoteKey($0) }
    }

    /// The proof that a record stands in the ledger; nil where no checkpoint covers it.
    /// - Throws: ``LedgerError``; ``LedgerError/inconsistent`` where the hashes beside the segments do not lead to the
    ///   checkpoint.
    public func proof(of sequence: UInt64) throws(LedgerError) -> LedgerProof? {
        guard let note = checkpoint, let signed = Checkpoint(note.text), (1...max(1, signed.size)).contains(sequence),
            signed.size > 0
        else { return nil }
        let maker = try ProofMaker(folder)
        let index = sequence - 1
        let leaf = try maker.leaf(index)
        let path = try maker.inclusion(of: index, in: signed.size)
        guard MerkleProof.root(ofLeaf: leaf, at: index, in: signed.size, path) == signed.root else {
            throw .inconsistent
        }
        return LedgerProof(index: index, leaf: leaf, path: path, checkpoint: note)
    }

    /// The proof that the ledger of `new` records begins with that of `old`; nil where it has not that many.
    /// - Throws: ``LedgerError``.
    public func consistency(from old: UInt64, to new: UInt64) throws(LedgerError) -> [MerkleHash]? {
        guard old <= new, let size = checkpoint.flatMap({ Checkpoint($0.text) })?.size, new <= size else { return nil }
        return try ProofMaker(folder).consistency(from: old, to: new)
    }

    /// A record as it stands in its segment; nil where it is not there, or purged.
    /// - Throws: ``LedgerError``.
    public func payload(of sequence: UInt64) throws(LedgerError) -> [UInt8]? {
        let segments = try folder.segments()
        guard let segment = segments.last(where: { $0.firstSequence <= sequence }) else { return nil }
        var scanner = try SegmentScanner.opening(segment)
        while let frame = try scanner.nextFrame(isLast: segment == segments.last) {
            guard let first = frame.sequence, first + frame.count > sequence else { continue }
            return frame.isPurged || first != sequence ? nil : frame.payload
        }
        return nil
    }
}
