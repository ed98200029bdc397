/// Some of the signs of ASCII, told from the other bytes in a few steps.
public struct ByteSet: Sendable {
    /// A bit for each sign below 64, and for each from there on.
    @usableFromInline let (low, high): (UInt64, UInt64)

    public init(_ ranges: ClosedRange<UInt8>..., and signs: StaticString = "") {
        var bits: (UInt64, UInt64) = (0, 0)
        let others = UnsafeBufferPointer(start: signs.utf8Start, count: signs.utf8CodeUnitCount)
        for sign in ranges.joined() + Array(others) where sign < 128 {
            if sign < 64 { bits.0 |= 1 << UInt64(sign) } else { bits.1 |= 1 << UInt64(sign - 64) }
        }
        (low, high) = bits
    }

    @inlinable
    public func contains(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? low : high) &>> UInt64(byte & 63) & 1 == 1
    }

    /// Letters, digits and the four other signs that never mean anything in an address (RFC 3986 §2.3).
    public static let unreserved = ByteSet(0x30...0x39, 0x41...0x5A, 0x61...0x7A, and: "-._~")
}
