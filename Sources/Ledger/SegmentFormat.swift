/// The first bytes of a segment. Numbers are little-endian.
///
/// Magic (8), format version (4), first sequence (8), name of the ledger (8), root of the Merkle tree of all that came
/// before (32), CRC-32C of all that (4); then that tree's peaks (32 each, one for each bit of its size), which the root
/// vouches for. A segment of version 1 has zeros for name and root, and no peaks.
struct SegmentHeader: Sendable, Hashable {
    static let fixedBytes = 64
    private static let magic: StaticString = "UFLEDGER"

    let version: UInt32
    let firstSequence: UInt64
    /// The same for all segments of a ledger; 0 in version 1.
    let logID: UInt64
    /// The tree before the segment; empty in version 1, which does not say.
    let before: Frontier

    /// Of a new segment, in the version that is written.
    init(logID: UInt64, before: Frontier) {
        version = 2
        firstSequence = before.size + 1
        self.logID = logID
        self.before = before
    }

    /// Reads the header of a segment that begins at `firstSequence`; nil where it is none, or not whole.
    init?(_ bytes: [UInt8], firstSequence: UInt64) {
        guard bytes.count >= Self.fixedBytes, firstSequence > 0 else { return nil }
        version = bytes.littleEndian(UInt32.self, at: 8)
        self.firstSequence = firstSequence
        logID = bytes.littleEndian(UInt64.self, at: 20)
        guard version == 2 else {
            before = Frontier()
            guard version == 1, logID == 0, bytes.prefix(Self.fixedBytes).elementsEqual(self.bytes) else { return nil }
            return
        }
        let peaks = stride(from: Self.fixedBytes, to: bytes.count - MerkleHash.byteCount + 1, by: MerkleHash.byteCount)
            .prefix((firstSequence - 1).nonzeroBitCount)
            .compactMap { MerkleHash(bytes[$0..<($0 + MerkleHash.byteCount)]) }
        guard let before = Frontier(size: firstSequence - 1, peaks: peaks) else { return nil }
        self.before = before
        guard bytes.prefix(byteCount).elementsEqual(self.bytes) else { return nil }
    }

    var byteCount: Int { Self.fixedBytes + before.peaks.count * MerkleHash.byteCount }

    /// The longest header of a segment that begins there.
    static func byteCount(firstSequence: UInt64) -> Int {
        fixedBytes + (firstSequence &- 1).nonzeroBitCount * MerkleHash.byteCount
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(text: Self.magic)
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: firstSequence)
        bytes.append(littleEndian: logID)
        bytes.append(contentsOf: version == 1 ? [UInt8](repeating: 0, count: MerkleHash.byteCount) : before.root.bytes)
        bytes.append(littleEndian: Checksum.of(bytes, 0..<bytes.count))
        for peak in before.peaks { bytes.append(contentsOf: peak.bytes) }
        return bytes
    }
}

/// One record in a segment: payload length (4), CRC-32C of the other fields (4), place in its write (4), payload.
///
/// The place in the write is the number of records before it in the same `pwrite`. Since a write begins only once the
/// one before it is durable, it tells a write cut short by a crash (nothing acknowledged is lost) from damage to what
/// had been acknowledged.
///
/// Records that were purged are one frame, with the highest bit of the length set: sequence of the first (8), then their
/// leaves' hashes (32 each).
struct Frame {
    static let headerBytes = 12
    static let purgedFlag: UInt32 = 1 << 31
    /// Records that one purged frame stands for at most.
    static let purgedAtMost = 1024

    /// Of its first byte in the segment.
    let offset: Int
    let payload: [UInt8]
    let placeInWrite: UInt32
    let isPurged: Bool

    var byteCount: Int { Self.headerBytes + payload.count }
    /// Records that it stands for.
    var count: UInt64 { isPurged ? UInt64(payload.count - 8) / 32 : 1 }
    /// Of its first record.
    var sequence: UInt64? {
        isPurged ? payload.littleEndian(UInt64.self, at: 0) : CallRecord.sequence(ofPayload: payload)
    }

    /// The hash of its only record.
    var leaf: MerkleHash { .leaf(payload) }

    /// The hashes of its records.
    var leaves: [MerkleHash] {
        guard isPurged else { return [leaf] }
        return stride(from: 8, to: payload.count, by: MerkleHash.byteCount)
            .compactMap { MerkleHash(payload[$0..<($0 + MerkleHash.byteCount)]) }
    }

    /// The sequence of the first record of its write.
    var startOfWrite: UInt64? {
        sequence.flatMap { $0 >= UInt64(placeInWrite) ? $0 - UInt64(placeInWrite) : nil }
    }

    /// Appends the frame of a record encoded without its sequence.
    static func append(members: [UInt8], sequence: UInt64, placeInWrite: UInt32, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: placeInWrite)
        bytes.append(text: CallRecord.opening)
        bytes.append(decimal: sequence)
        bytes.append(contentsOf: members)
        close(start, flag: 0, in: &bytes)
    }

    /// Appends the frame of records that are purged, `purgedAtMost` of them.
    static func append(purged leaves: [MerkleHash], from sequence: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: sequence)
        for leaf in leaves { leaf.append(to: &bytes) }
        close(start, flag: purgedFlag, in: &bytes)
    }

    /// Appends a frame that was read, as it was.
    func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: placeInWrite)
        bytes.append(contentsOf: payload)
        Self.close(start, flag: isPurged ? Self.purgedFlag : 0, in: &bytes)
    }

    /// Puts length and checksum in front of a frame that ends here.
    private static func close(_ start: Int, flag: UInt32, in bytes: inout [UInt8]) {
        bytes.put(littleEndian: UInt32(bytes.count - start - headerBytes) | flag, at: start)
        bytes.put(littleEndian: Checksum.of(bytes, start..<(start + 4), (start + 8)..<bytes.count), at: start + 4)
    }

    /// Why bytes are no frame.
    enum Fault: Error { case blank, badLength, badChecksum }

    /// Reads the frame at an index of `bytes`, of which `bytes[0]` is at `base` in the segment.
    static func read(in bytes: [UInt8], at index: Int, base: Int) -> Result<Frame, Fault> {
        bytes.withUnsafeBytes { raw in
            FrameBounds.read(raw, at: index).map { bounds in
                Frame(
                    offset: base + index, payload: Array(raw[bounds.payload]),
                    placeInWrite: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: index + 8, as: UInt32.self)),
                    isPurged: bounds.isPurged)
            }
        }
    }
}

/// Where a whole frame's payload lies.
struct FrameBounds {
    let payload: Range<Int>
    let isPurged: Bool

    static func read(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Result<FrameBounds, Frame.Fault> {
        let left = bytes.count - index
        func isBlank(_ count: Int) -> Bool { bytes[index..<(index + count)].allSatisfy { $0 == 0 } }
        guard left >= Frame.headerBytes else { return .failure(isBlank(left) ? .blank : .badLength) }
        let field = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        let length = Int(field & ~Frame.purgedFlag)
        guard length > 0 else { return .failure(isBlank(Frame.headerBytes) ? .blank : .badLength) }
        guard length <= LedgerLimits.recordBytes, Frame.headerBytes + length <= left else {
            return .failure(.badLength)
        }
        let payload = (index + Frame.headerBytes)..<(index + Frame.headerBytes + length)
        let isPurged = field & Frame.purgedFlag != 0
        if isPurged {
            guard length > 8, (length - 8) % MerkleHash.byteCount == 0 else { return .failure(.badLength) }
            let first = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: payload.lowerBound, as: UInt64.self))
            guard (1...LedgerLimits.sequences).contains(first) else { return .failure(.badLength) }
        }
        let checksum = Checksum.of(bytes, index..<(index + 4), (index + 8)..<payload.upperBound)
        guard UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self)) == checksum else {
            return .failure(.badChecksum)
        }
        return .success(FrameBounds(payload: payload, isPurged: isPurged))
    }
}
