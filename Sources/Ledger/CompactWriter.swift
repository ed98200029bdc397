import Values

/// Writes JSON members straight to bytes: records are encoded on the hot path, where a tree of values would cost more
/// than the call's other checks together.
struct CompactWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Appends text that is JSON already.
    mutating func raw(_ text: StaticString) { bytes.append(text: text) }

    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

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

    private mutating func quoted(_ text: String) { JSON.write(text, into: &bytes) }
}

extension [UInt8] {
    mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: UInt64) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var (rest, start) = (number, 20)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
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
