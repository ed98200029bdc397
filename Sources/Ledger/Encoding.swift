import Values

/// Members of a JSON object, written straight: records are encoded on the hot path, where a tree of values would cost more
/// than the call's other checks together.
extension ByteOutput {
    mutating func number(_ name: StaticString, _ number: Int) {
        write(name)
        write(decimal: number)
    }

    /// Nothing where `text` is nil.
    mutating func text(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        write(name)
        JSON.write(text, into: &self)
    }

    mutating func texts(_ name: StaticString, _ texts: [String]) {
        write(name)
        write("[")
        for place in texts.indices {
            if place > 0 { write(",") }
            JSON.write(texts[place], into: &self)
        }
        write("]")
    }
}

extension [UInt8] {
    mutating func append(text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: UInt64) { number.withDigits { append(contentsOf: $0) } }

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
