import CChecksum

/// CRC-32C (Castagnoli, RFC 3385 §6; reflected polynomial 0x82F63B78), by the instruction of x86-64 where the processor
/// has it, else eight bytes a step by tables. Measured: with it a ledger is verified in four fifths of the time.
///
/// It finds accidents, not fraud: whoever can write the file can write the checksum.
enum Checksum {
    /// Eight tables of 256: the k-th moves a byte past k more bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<(8 * 256) {
            let value = tables[index - 256]
            tables[index] = value >> 8 ^ tables[Int(value & 0xFF)]
        }
        return tables
    }()

    /// The checksum of those ranges of `bytes`, one after the other.
    static func of(_ bytes: [UInt8], _ first: Range<Int>, _ second: Range<Int> = 0..<0) -> UInt32 {
        bytes.withUnsafeBytes { of($0, first, second) }
    }

    static func of(_ bytes: UnsafeRawBufferPointer, _ first: Range<Int>, _ second: Range<Int>) -> UInt32 {
        var checksum = ~UInt32(0)
        func update(_ part: UnsafeRawBufferPointer) {
            checksum = isInstruction ? byInstruction(checksum, part) : byTables(checksum, part)
        }
        update(UnsafeRawBufferPointer(rebasing: bytes[first]))
        update(UnsafeRawBufferPointer(rebasing: bytes[second]))
        return ~checksum
    }

    private static let isInstruction = crc32c_is_instruction()

    static func byInstruction(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        crc32c_update(checksum, bytes.baseAddress, bytes.count)
    }

    static func byTables(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { byTables(checksum, bytes, $0) }
    }

    private static func byTables(
        _ checksum: UInt32, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        var (checksum, offset) = (checksum, 0)
        while offset + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let mixed = word ^ UInt64(checksum)
            checksum = 0
            for index in 0..<8 {
                checksum ^= tables[(7 - index) << 8 | Int(truncatingIfNeeded: mixed >> UInt64(8 * index) & 0xFF)]
            }
            offset += 8
        }
        while offset < bytes.count {
            checksum = checksum >> 8 ^ tables[Int((checksum ^ UInt32(bytes[offset])) & 0xFF)]
            offset += 1
        }
        return checksum
    }
}
