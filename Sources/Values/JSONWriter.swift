extension JSON {
    /// The value as compact JSON text in UTF-8.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(into: &bytes)
        return bytes
    }

    /// The value as compact JSON text.
    public var serialized: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as JSON text of two-space steps, for people.
    public var pretty: String {
        var bytes: [UInt8] = []
        write(into: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the value to `bytes`; with `indent`, on lines of their own.
    public func write(into bytes: inout [UInt8], indent: Int? = nil) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .decimal(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): Self.write(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (place, item) in items.enumerated() {
                Self.begin(place, indent, into: &bytes)
                item.write(into: &bytes, indent: indent.map { $0 + 2 })
            }
            if !items.isEmpty { Self.newLine(indent, into: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                Self.begin(place, indent, into: &bytes)
                Self.write(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if indent != nil { bytes.append(0x20) }
                member.value.write(into: &bytes, indent: indent.map { $0 + 2 })
            }
            if !members.isEmpty { Self.newLine(indent, into: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// What stands before an item or a member.
    private static func begin(_ place: Int, _ indent: Int?, into bytes: inout [UInt8]) {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        newLine(indent.map { $0 + 2 }, into: &bytes)
    }

    private static func newLine(_ indent: Int?, into bytes: inout [UInt8]) {
        guard let indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent))
    }

    /// Appends a text as a JSON string (RFC 8259 §7).
    package static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        text.withBytes { utf8 in
            var start = 0
            while let place = utf8.placeToEscape(from: start) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<place]))
                escape(utf8[place], into: &bytes)
                start = place + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
        switch byte {
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            bytes.append(contentsOf: ("\\u00" + (digits.count == 1 ? "0" : "") + digits).utf8)
        default:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where the next byte stands that no JSON string holds as it is (RFC 8259 §7); eight are looked at in one step.
    func placeToEscape(from start: Int) -> Int? {
        let (ones, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        /// The high bit of the first byte that is zero, and none where none is.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & high }
        var place = start
        while count - place >= 8 {
            let word = UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let controls = (word &- ones &* 0x20) & ~word & high
            guard controls | zeros(word ^ ones &* 0x22) | zeros(word ^ ones &* 0x5C) == 0 else { break }
            place += 8
        }
        while place < count {
            if self[place] < 0x20 || self[place] == 0x22 || self[place] == 0x5C { return place }
            place += 1
        }
        return nil
    }

    /// Whether no byte has its high bit.
    var isASCII: Bool {
        let bytes = UnsafeRawBufferPointer(self)
        var (bits, place): (UInt64, Int) = (0, 0)
        while count - place >= 8 {
            bits |= bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            place += 8
        }
        while place < count {
            bits |= UInt64(self[place])
            place += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }
}
