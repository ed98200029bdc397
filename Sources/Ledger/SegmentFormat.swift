/// The first bytes of a segment: magic (8), format version (4), first sequence (8), reserved zeros (40, room for the
/// Merkle root before the segment), CRC-32C of all that (4). Numbers are little-endian.
enum SegmentHeader {
    static let byteCount = 64
    static let version: UInt32 = 1
    private static let magic: StaticString = "UFLEDGER"

    static func bytes(firstSequence: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(text: magic)
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: firstSequence)
        bytes.append(contentsOf: repeatElement(0, count: byteCount - 4 - bytes.count))
        bytes.append(littleEndian: Checksum.of(bytes, 0..<bytes.count))
        return bytes
    }

    /// True for the header of a segment of this version that begins at `firstSequence`.
    static func isValid(_ bytes: [UInt8], firstSequence: UInt64) -> Bool {
        bytes == Self.bytes(firstSequence: firstSequence)
    }
}

/// One record in a segment: payload length (4), CRC-32C of the other fields (4), place in its write (4), payload.
///
/// The place in the write is the number of records before it in the same `pwrite`. Since a write begins only once the
/// one before it is durable, it tells a write cut short by a crash (nothing acknowledged is lost) from damage to what
/// had been acknowledged.
struct Frame {
    static let headerBytes = 12

    /// Of its first byte in the segment.
    let offset: Int
    let payload: [UInt8]
    let placeInWrite: UInt32

    var byteCount: Int { Self.headerBytes + payload.count }
    var sequence: UInt64? { CallRecord.sequence(ofPayload: payload) }

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
        bytes.put(littleEndian: UInt32(bytes.count - start - headerBytes), at: start)
        bytes.put(littleEndian: Checksum.of(bytes, start..<(start + 4), (start + 8)..<bytes.count), at: start + 4)
    }

    /// Why bytes are no frame.
    enum Fault: Error { case blank, badLength, badChecksum }

    /// Reads the frame at an index of `bytes`, of which `bytes[0]` is at `base` in the segment.
    static func read(in bytes: [UInt8], at index: Int, base: Int) -> Result<Frame, Fault> {
        let left = bytes.count - index
        guard left >= headerBytes else {
            return .failure(bytes[index...].allSatisfy { $0 == 0 } ? .blank : .badLength)
        }
        let length = Int(bytes.littleEndian(UInt32.self, at: index))
        guard length > 0 else {
            return .failure(bytes[index..<(index + headerBytes)].allSatisfy { $0 == 0 } ? .blank : .badLength)
        }
        guard length <= LedgerLimits.recordBytes, headerBytes + length <= left else { return .failure(.badLength) }
        let end = index + headerBytes + length
        guard
            bytes.littleEndian(UInt32.self, at: index + 4) == Checksum.of(bytes, index..<(index + 4), (index + 8)..<end)
        else { return .failure(.badChecksum) }
        return .success(
            Frame(
                offset: base + index, payload: Array(bytes[(index + headerBytes)..<end]),
                placeInWrite: bytes.littleEndian(UInt32.self, at: index + 8)))
    }
}
