import Values

/// Reads the head of an HTTP/1.1 message that is at hand whole (RFC 9112 §2.1), strictly: visible ASCII and spaces only,
/// lines that end with CR LF, no folded line, no space before a colon.
///
/// It is for messages in which nothing is in doubt; whatever it does not take is left to the library's parser. Why there
/// is one: `docs/decisions/0019-plain-messages.md`.
package struct HeadReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// What comes after what was read.
    package var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[place...]) }

    /// Passes over a text; false where it does not come next.
    package mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - place >= count else { return false }
        for index in 0..<count where bytes[place + index] != text.utf8Start[index] { return false }
        place += count
        return true
    }

    /// The rest of the line, its end passed over; nil where it holds another sign or has no end.
    package mutating func line() -> UnsafeRawBufferPointer? {
        let start = place
        passVisible()
        let end = place
        return skip("\r\n") ? UnsafeRawBufferPointer(rebasing: bytes[start..<end]) : nil
    }

    /// One line of the head: a field, its value without the spaces before it. Some parsers keep those after it.
    package enum Line {
        case field(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)
        /// The empty line after the last field.
        case end
        case doubtful
    }

    package mutating func field() -> Line {
        let start = place
        while place < bytes.count, Self.isToken(bytes[place]) { place += 1 }
        guard place > start else { return skip("\r\n") ? .end : .doubtful }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
        guard skip(":"), var value = line() else { return .doubtful }
        while value.first == 0x20 { value = UnsafeRawBufferPointer(rebasing: value.dropFirst()) }
        return value.last == 0x20 ? .doubtful : .field(name: name, value: value)
    }

    /// Passes over signs from the space to the tilde, eight at a time: tokens are long.
    private mutating func passVisible() {
        let high: UInt64 = 0x8080_8080_8080_8080
        while bytes.count - place >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            // A byte below the space borrows, one above the tilde has or gets its high bit.
            let below = word &- 0x2020_2020_2020_2020
            guard (below | word | (word &+ 0x0101_0101_0101_0101)) & high == 0 else { break }
            place += 8
        }
        while place < bytes.count, (0x20...0x7E).contains(bytes[place]) { place += 1 }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x7C, 0x7E: true
        default: false
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of a name, but for the case of their letters.
    package func isName(_ name: StaticString) -> Bool {
        isSameIgnoringCase(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The bytes as text; they are ASCII.
    package var text: String { String(decoding: self, as: UTF8.self) }
}
