extension JSON {
    /// Why a text is not JSON, without any of the text: it may hold personal data.
    public struct SyntaxError: Error, Hashable, CustomStringConvertible {
        public let offset: Int
        public let reason: String
        public var description: String { "not JSON at byte \(offset): \(reason)" }
    }

    /// Reads a whole JSON text (RFC 8259), as ``JSONText`` does, into values.
    public init(parsing bytes: some Collection<UInt8>) throws(SyntaxError) {
        self = try JSONText(parsing: Array(bytes)).value(.whole)
    }
}

extension JSONText {
    /// Checks a whole text and finds its parts.
    ///
    /// Bounds: 64 levels of nesting, four gigabytes; of two members with one name the first is found. Invalid UTF-8 is
    /// refused.
    /// - Throws: ``JSON/SyntaxError`` with the offset of the first byte that does not fit.
    public convenience init(parsing bytes: [UInt8]) throws(JSON.SyntaxError) {
        let result = bytes.withUnsafeBufferPointer { buffer in
            var reader = Reader(bytes: buffer)
            return Result { () throws(JSON.SyntaxError) in try reader.document() }
        }
        self.init(bytes: bytes, parts: try result.get())
    }

    /// The text of a string with escapes, which was checked when it was found.
    static func unescaped(_ part: Part, _ text: UnsafeBufferPointer<UInt8>) -> String {
        var reader = Reader(bytes: text, position: Int(part.start) + 1)
        return (try? reader.unescaped(from: reader.position)) ?? ""
    }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var position = 0
        var depth = 0
        var parts: [Part] = []

        mutating func document() throws(JSON.SyntaxError) -> [Part] {
            guard bytes.count < UInt32.max else { throw failure("a text too long") }
            // Measured on answers of providers: a part for each ten to fourteen bytes.
            parts.reserveCapacity(bytes.count / 10 + 4)
            try value()
            skipSpaces()
            guard position == bytes.count else { throw failure("text after the value") }
            return parts
        }

        func failure(_ reason: String) -> JSON.SyntaxError { JSON.SyntaxError(offset: position, reason: reason) }

        var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpaces() {
            while position < bytes.count {
                switch bytes[position] {
                case 0x20, 0x0A, 0x0D, 0x09: position += 1
                default: return
                }
            }
        }

        /// Adds the part that began there and ends here.
        mutating func add(_ kind: JSON.Kind, from start: Int, isPlain: Bool = true) {
            parts.append(
                Part(
                    kind: kind, isPlain: isPlain, start: UInt32(truncatingIfNeeded: start),
                    end: UInt32(truncatingIfNeeded: position), next: UInt32(truncatingIfNeeded: parts.count + 1)))
        }

        mutating func value() throws(JSON.SyntaxError) {
            skipSpaces()
            switch peek {
            case UInt8(ascii: "\""): try string()
            case UInt8(ascii: "{"): try object()
            case UInt8(ascii: "["): try array()
            case UInt8(ascii: "t"): try word("true", .bool)
            case UInt8(ascii: "f"): try word("false", .bool)
            case UInt8(ascii: "n"): try word("null", .null)
            default: try number()
            }
        }

        mutating func word(_ word: StaticString, _ kind: JSON.Kind) throws(JSON.SyntaxError) {
            let count = word.utf8CodeUnitCount
            guard position + count <= bytes.count else { throw failure("unknown word") }
            for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] {
                throw failure("unknown word")
            }
            position += count
            add(kind, from: position - count)
        }

        /// Enters an object or an array, unless too many are open.
        mutating func open(_ kind: JSON.Kind) throws(JSON.SyntaxError) -> Int {
            guard depth < 64 else { throw failure("nested too deep") }
            depth += 1
            position += 1
            add(kind, from: position - 1)
            skipSpaces()
            return parts.count - 1
        }

        mutating func close(_ opened: Int) {
            depth -= 1
            let part = parts[opened]
            parts[opened] = Part(
                kind: part.kind, isPlain: true, start: part.start, end: UInt32(truncatingIfNeeded: position),
                next: UInt32(truncatingIfNeeded: parts.count))
        }

        mutating func object() throws(JSON.SyntaxError) {
            let opened = try open(.object)
            if peek == UInt8(ascii: "}") {
                position += 1
                return close(opened)
            }
            repeat {
                skipSpaces()
                guard peek == UInt8(ascii: "\"") else { throw failure("a member's name was expected") }
                try string()
                skipSpaces()
                guard peek == UInt8(ascii: ":") else { throw failure("a colon was expected") }
                position += 1
                try value()
            } while try goesOn(until: UInt8(ascii: "}"))
            close(opened)
        }

        mutating func array() throws(JSON.SyntaxError) {
            let opened = try open(.array)
            if peek == UInt8(ascii: "]") {
                position += 1
                return close(opened)
            }
            repeat { try value() } while try goesOn(until: UInt8(ascii: "]"))
            close(opened)
        }

        mutating func goesOn(until closing: UInt8) throws(JSON.SyntaxError) -> Bool {
            skipSpaces()
            let byte = peek
            guard byte == closing || byte == UInt8(ascii: ",") else { throw failure("a comma was expected") }
            position += 1
            return byte != closing
        }

        mutating func number() throws(JSON.SyntaxError) {
            let start = position
            if peek == UInt8(ascii: "-") { position += 1 }
            let whole = digits()
            guard whole > 0 else { throw failure("a value was expected") }
            let first = bytes[position - whole]
            guard whole == 1 || first != UInt8(ascii: "0") else { throw failure("a leading zero") }
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
            // Eighteen digits always fit; of the longer ones the text tells.
            if isInteger, whole > 18 {
                isInteger = Int(String(decoding: bytes[start..<position], as: UTF8.self)) != nil
            }
            let isMinusZero = isInteger && first == UInt8(ascii: "0") && position - start > 1
            add(isInteger ? .integer : .decimal, from: start, isPlain: !isMinusZero)
        }

        mutating func digits() -> Int {
            let start = position
            while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
            return position - start
        }

        mutating func string() throws(JSON.SyntaxError) {
            let start = position + 1
            let (end, isASCII) = bytes.endOfPlainText(from: start)
            position = end
            switch peek {
            case nil: throw failure("an unfinished text")
            case UInt8(ascii: "\""):
                if !isASCII { try check(UnsafeBufferPointer(rebasing: bytes[start..<end])) }
                position += 1
                add(.string, from: start - 1)
            case UInt8(ascii: "\\"):
                _ = try unescaped(from: start)
                add(.string, from: start - 1, isPlain: false)
            default: throw failure("a control character")
            }
        }

        func check(_ text: UnsafeBufferPointer<UInt8>) throws(JSON.SyntaxError) {
            guard (try? UTF8Span(validating: text.span)) != nil else { throw failure("invalid UTF-8") }
        }

        /// The text of a string with escapes, to its closing quote.
        mutating func unescaped(from start: Int) throws(JSON.SyntaxError) -> String {
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

        mutating func escape() throws(JSON.SyntaxError) -> [UInt8] {
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

        mutating func unicode() throws(JSON.SyntaxError) -> [UInt8] {
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

        mutating func hexadecimal() throws(JSON.SyntaxError) -> UInt32 {
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
