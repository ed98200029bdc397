import Values

/// Writes JSON members straight to bytes: records are encoded on the hot path, where a tree of values would cost more
/// than the call's other checks together.
struct CompactWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Appends text that is JSON already.
    mutating func raw(_ text: StaticString) { bytes.append(text: text) }

    mutating func number(_ name: StaticString, _ number: Int) {
        raw(name)
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(decimal: UInt64(number.magnitude))
    }

    /// Nothing where `text` is nil.
    mutating func text(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        raw(name)
        quoted(text)
    }

    mutating func texts(_ name: StaticString, _ texts: [String]) {
        raw(name)
        raw("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { raw(",") }
            quoted(text)
        }
        raw("]")
    }

    private mutating func quoted(_ text: String) {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { buffer in
            for byte in buffer where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                return false
            }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: buffer)
            bytes.append(UInt8(ascii: "\""))
            return true
        }
        if isPlain != true { JSON.string(text).write(into: &bytes) }
    }
}

extension [UInt8] {
    mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor > 9 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }

    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Puts four bytes in place of those at `offset`.
    mutating func put(littleEndian number: UInt32, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    }

    /// The number in the bytes at `offset`, which must be there.
    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type, at offset: Int) -> Number {
        var number: Number = 0
        for index in 0..<(Number.bitWidth / 8) { number |= Number(self[offset + index]) << (8 * index) }
        return number
    }
}

extension UInt64 {
    /// Its 16 hexadecimal digits.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
