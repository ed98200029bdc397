extension JSON {
    /// Why a text is not JSON, without any of the text: it may hold personal data.
    public struct SyntaxError: Error, Hashable, CustomStringConvertible {
        public let offset: Int
        public let reason: String
        public var description: String { "not JSON at byte \(offset): \(reason)" }
    }

    /// Reads a whole JSON text (RFC 8259).
    ///
    /// Bounds: 64 levels of nesting; of two members with one name the first is found. Invalid UTF-8 is refused.
    /// - Throws: ``SyntaxError`` with the offset of the first byte that does not fit.
    public init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
        func read(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<JSON, SyntaxError> {
            var reader = Reader(bytes: buffer)
            return Result { () throws(SyntaxError) in try reader.document() }
        }
        let result =
            bytes.withContiguousStorageIfAvailable(read) ?? ContiguousArray(bytes).withUnsafeBufferPointer(read)
        self = try result.get()
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        var depth = 0

        mutating func document() throws(SyntaxError) -> JSON {
            let value = try value()
            skipSpaces()
            guard position == bytes.count else { throw failure("text after the value") }
            return value
        }

        func failure(_ reason: String) -> SyntaxError { SyntaxError(offset: position, reason: reason) }

        var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpaces() {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x0A, 0x0D, 0x09: position += 1
                default: return
                }
            }
        }

        mutating func value() throws(SyntaxError) -> JSON {
            skipSpaces()
            switch peek {
            case UInt8(ascii: "{"): return try nested { reader throws(SyntaxError) in try reader.object() }
            case UInt8(ascii: "["): return try nested { reader throws(SyntaxError) in try reader.array() }
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return try number()
            }
        }

        mutating func nested(_ body: (inout Reader) throws(SyntaxError) -> JSON) throws(SyntaxError) -> JSON {
            guard depth < 64 else { throw failure("nested too deep") }
            depth += 1
            position += 1
            let value = try body(&self)
            depth -= 1
            return value
        }

        mutating func word(_ word: StaticString, _ value: JSON) throws(SyntaxError) -> JSON {
            let count = word.utf8CodeUnitCount
            guard position + count <= bytes.count else { throw failure("unknown word") }
            for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] {
                throw failure("unknown word")
            }
            position += count
            return value
        }

        mutating func object() throws(SyntaxError) -> JSON {
            var members: [Member] = []
            skipSpaces()
            if peek == UInt8(ascii: "}") {
                position += 1
                return .object(members)
            }
            members.reserveCapacity(8)
            while true {
                skipSpaces()
                guard peek == UInt8(ascii: "\"") else { throw failure("a member's name was expected") }
                let key = try string()
                skipSpaces()
                guard peek == UInt8(ascii: ":") else { throw failure("a colon was expected") }
                position += 1
                members.append(Member(key, try value()))
                if try ended(by: UInt8(ascii: "}")) { return .object(members) }
            }
        }

        mutating func array() throws(SyntaxError) -> JSON {
            var items: [JSON] = []
            skipSpaces()
            if peek == UInt8(ascii: "]") {
                position += 1
                return .array(items)
            }
            items.reserveCapacity(4)
            while true {
                items.append(try value())
                if try ended(by: UInt8(ascii: "]")) { return .array(items) }
            }
        }

        mutating func ended(by closing: UInt8) throws(SyntaxError) -> Bool {
            skipSpaces()
            let byte = peek
            guard byte == closing || byte == UInt8(ascii: ",") else { throw failure("a comma was expected") }
            position += 1
            return byte == closing
        }

        mutating func number() throws(SyntaxError) -> JSON {
            let start = position
            if peek == UInt8(ascii: "-") { position += 1 }
            let whole = digits()
            guard whole > 0 else { throw failure("a value was expected") }
            guard whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else { throw failure("a leading zero") }
            var isInteger = true
            if peek == UInt8(ascii: ".") {
                position += 1
                isInteger = false
                guard digits() > 0 else { throw failure("a digit was expected") }
            }
            if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
                position += 1
                isInteger = false
                if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
                guard digits() > 0 else { throw failure("a digit was expected") }
            }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if isInteger, let integer = Int(text) { return .integer(integer) }
            return .decimal(text)
        }

        mutating func digits() -> Int {
            let start = position
            while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
            return position - start
        }

        mutating func string() throws(SyntaxError) -> String {
            let start = position + 1
            position = bytes.placeToEscape(from: start) ?? bytes.count
            switch peek {
            case nil: throw failure("an unfinished text")
            case UInt8(ascii: "\""):
                defer { position += 1 }
                let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
                // The check of the library costs five times as much.
                if text.isASCII { return String(decoding: text, as: UTF8.self) }
                guard let text = String(validating: text, as: UTF8.self) else { throw failure("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            default: throw failure("a control character")
            }
        }

        mutating func escapedString(from start: Int) throws(SyntaxError) -> String {
            var text = Array(bytes[start..<position])
            while let byte = peek {
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: text, as: UTF8.self) else { throw failure("invalid UTF-8") }
                    return string
                case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
                case 0..<0x20: throw failure("a control character")
                default: text.append(byte)
                }
            }
            throw failure("an unfinished text")
        }

        mutating func escape() throws(SyntaxError) -> [UInt8] {
            guard let byte = peek else { throw failure("an unfinished escape") }
            position += 1
            switch byte {
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "f"): return [0x0C]
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
            case UInt8(ascii: "u"): return try unicode()
            default: throw failure("an unknown escape")
            }
        }

        mutating func unicode() throws(SyntaxError) -> [UInt8] {
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard peek == UInt8(ascii: "\\") else { throw failure("half of a surrogate pair") }
                position += 1
                guard peek == UInt8(ascii: "u") else { throw failure("half of a surrogate pair") }
                position += 1
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw failure("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
            return Array(String(Character(scalar)).utf8)
        }

        mutating func hexadecimal() throws(SyntaxError) -> UInt32 {
            var code: UInt32 = 0
            for _ in 0..<4 {
                guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                    throw failure("four hexadecimal digits were expected")
                }
                position += 1
                code = code << 4 | UInt32(digit)
            }
            return code
        }
    }
}
