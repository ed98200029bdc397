import Values

/// Reads the head of an HTTP/1.1 message that is at hand whole (RFC 9112 §2.1), strictly: visible ASCII and spaces only,
/// lines that end with CR LF, no folded line, no space before a colon. It keeps its place; the bytes are given each time,
/// the same ones.
///
/// It is for messages in which nothing is in doubt; whatever it does not take is left to the library's parser. Why there
/// is one: `docs/decisions/0019-plain-messages.md`.
package struct HeadReader {
    /// How far it has read.
    package private(set) var place = 0

    package init() {}

    /// Passes over a text; false where it does not come next.
    package mutating func skip(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - place >= count else { return false }
        for index in 0..<count where bytes[place + index] != text.utf8Start[index] { return false }
        place += count
        return true
    }

    /// The rest of the line, its end passed over; nil where it holds another sign or has no end.
    package mutating func line(in bytes: Span<UInt8>) -> Range<Int>? {
        let start = place
        passVisible(in: bytes)
        let end = place
        return skip("\r\n", in: bytes) ? start..<end : nil
    }

    /// One line of the head: a field, its value without the spaces before it. Some parsers keep those after it.
    package enum Line {
        case field(name: Range<Int>, value: Range<Int>)
        /// The empty line after the last field.
        case end
        case doubtful
    }

    package mutating func field(in bytes: Span<UInt8>) -> Line {
        let (start, token) = (place, Self.token)
        while place < bytes.count, token.contains(bytes[place]) { place += 1 }
        guard place > start else { return skip("\r\n", in: bytes) ? .end : .doubtful }
        let name = start..<place
        guard skip(":", in: bytes), var value = line(in: bytes) else { return .doubtful }
        while !value.isEmpty, bytes[value.lowerBound] == 0x20 { value = value.dropFirst() }
        return !value.isEmpty && bytes[value.upperBound - 1] == 0x20 ? .doubtful : .field(name: name, value: value)
    }

    /// Passes over signs from the space to the tilde, thirty-two and eight at a time: tokens are long.
    private mutating func passVisible(in bytes: Span<UInt8>) {
        let raw = bytes.bytes
        var next = place
        while bytes.count - next >= 32 {
            let signs = raw.unsafeLoadUnaligned(fromByteOffset: next, as: SIMD4<UInt64>.self)
            // A byte below the space borrows, one above the tilde has or gets its high bit.
            let doubts = (signs &- 0x2020_2020_2020_2020) | signs | (signs &+ 0x0101_0101_0101_0101)
            guard doubts.union & 0x8080_8080_8080_8080 == 0 else { break }
            next += 32
        }
        while bytes.count - next >= 8 {
            let signs = raw.unsafeLoadUnaligned(fromByteOffset: next, as: UInt64.self)
            let doubts = (signs &- 0x2020_2020_2020_2020) | signs | (signs &+ 0x0101_0101_0101_0101)
            guard doubts & 0x8080_8080_8080_8080 == 0 else { break }
            next += 8
        }
        while next < bytes.count, (0x20...0x7E).contains(bytes[next]) { next += 1 }
        place = next
    }

    /// RFC 9110 §5.6.2.
    static let token = ByteSet(0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x23...0x27, and: "!*+-.|~")
}

extension Span<UInt8> {
    /// Whether those are the bytes of a name, but for the case of their letters.
    package func isName(_ range: Range<Int>, _ name: StaticString) -> Bool {
        range.count == name.utf8CodeUnitCount && slice(range) { $0.isName(name) }
    }

    /// Those bytes as text; they are ASCII.
    package func text(_ range: Range<Int>) -> String { slice(range) { String(decoding: $0, as: UTF8.self) } }

    /// Does something with some of the bytes, in place.
    package func slice<Result>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        extracting(range).withUnsafeBufferPointer(body)
    }
}

extension SIMD4<UInt64> {
    fileprivate var union: UInt64 { self[0] | self[1] | self[2] | self[3] }
}
