extension JSON {
    /// The value as compact JSON text in UTF-8.
    public var bytes: [UInt8] {
        var output = ByteOutput(capacity: 512)
        write(into: &output)
        return output.bytes
    }

    /// The value as compact JSON text.
    public var serialized: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as JSON text of two-space steps, for people.
    public var pretty: String {
        var output = ByteOutput(capacity: 512)
        write(into: &output, indent: 0)
        return output.text
    }

    /// Writes the value; with `indent`, on lines of their own.
    package func write(into output: inout ByteOutput, indent: Int? = nil) {
        switch self {
        case .null: output.write("null")
        case .bool(let flag): output.write(flag ? "true" : "false")
        case .integer(let number): output.write(decimal: number)
        case .decimal(let text): output.write(text: text)
        case .string(let text): Self.write(text, into: &output)
        case .array(let items):
            output.write(UInt8(ascii: "["))
            for (place, item) in items.enumerated() {
                Self.begin(place, indent, into: &output)
                item.write(into: &output, indent: indent.map { $0 + 2 })
            }
            if !items.isEmpty { Self.newLine(indent, into: &output) }
            output.write(UInt8(ascii: "]"))
        case .object(let members):
            output.write(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                Self.begin(place, indent, into: &output)
                Self.write(member.key, into: &output)
                output.write(UInt8(ascii: ":"))
                if indent != nil { output.write(0x20) }
                member.value.write(into: &output, indent: indent.map { $0 + 2 })
            }
            if !members.isEmpty { Self.newLine(indent, into: &output) }
            output.write(UInt8(ascii: "}"))
        }
    }

    /// What stands before an item or a member.
    private static func begin(_ place: Int, _ indent: Int?, into output: inout ByteOutput) {
        if place > 0 { output.write(UInt8(ascii: ",")) }
        newLine(indent.map { $0 + 2 }, into: &output)
    }

    private static func newLine(_ indent: Int?, into output: inout ByteOutput) {
        guard let indent else { return }
        output.write(0x0A)
        for _ in 0..<indent { output.write(0x20) }
    }

    /// Writes a text as a JSON string (RFC 8259 §7).
    package static func write(_ text: String, into output: inout ByteOutput) {
        output.write(UInt8(ascii: "\""))
        text.withBytes { utf8 in
            var start = 0
            while true {
                let place = utf8.endOfPlainText(from: start).place
                output.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8)[start..<place]))
                guard place < utf8.count else { break }
                escape(utf8[place], into: &output)
                start = place + 1
            }
        }
        output.write(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, into output: inout ByteOutput) {
        switch byte {
        case 0x0A: output.write("\\n")
        case 0x0D: output.write("\\r")
        case 0x09: output.write("\\t")
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            output.write(text: "\\u00" + (digits.count == 1 ? "0" : "") + digits)
        default:
            output.write(UInt8(ascii: "\\"))
            output.write(byte)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// How far text goes that a JSON string holds as it is (RFC 8259 §7), and whether all of it is ASCII; eight bytes are
    /// looked at in one step.
    func endOfPlainText(from start: Int) -> (place: Int, isASCII: Bool) {
        let (ones, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        /// The high bit of the first byte that is zero, and none where none is.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & high }
        let bytes = UnsafeRawBufferPointer(self)
        var (place, seen): (Int, UInt64) = (start, 0)
        while count &- place >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let controls = (word &- ones &* 0x20) & ~word & high
            let found = controls | zeros(word ^ ones &* 0x22) | zeros(word ^ ones &* 0x5C)
            guard found == 0 else {
                // The lowest of the bits is that of the first: a borrow spoils only those above it.
                let length = found.trailingZeroBitCount / 8
                seen |= word & ((1 << (UInt64(length) &* 8)) &- 1)
                return (place &+ length, seen & high == 0)
            }
            seen |= word
            place &+= 8
        }
        while place < count, self[place] >= 0x20, self[place] != 0x22, self[place] != 0x5C {
            seen |= UInt64(self[place])
            place &+= 1
        }
        return (place, seen & high == 0)
    }
}
