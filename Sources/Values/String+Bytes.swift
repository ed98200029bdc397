extension UnsafeBufferPointer<UInt8> {
    /// Whether these are the same bytes but for the case of ASCII letters, as names of headers and schemes are compared
    /// (RFC 9110 §5.1).
    @inlinable
    package func isSameIgnoringCase(_ other: Self) -> Bool {
        guard count == other.count else { return false }
        for place in indices where self[place].lowercasedASCII != other[place].lowercasedASCII { return false }
        return true
    }

    /// The same of a name.
    @inlinable
    package func isName(_ name: StaticString) -> Bool {
        isSameIgnoringCase(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// Whether no byte is below `first`, a sign of ASCII, nor is DEL: looked at eight at a time.
    package func isVisible(from first: UInt8) -> Bool {
        let bytes = UnsafeRawBufferPointer(self)
        let (ones, highs) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        var (doubts, next) = (0 as UInt64, 0)
        while count - next >= 8 {
            let signs = bytes.loadUnaligned(fromByteOffset: next, as: UInt64.self)
            let others = signs ^ (ones &* 0x7F)
            // A byte too low borrows from its high bit, and so does a zero from one that is DEL's.
            doubts |= (signs &- ones &* UInt64(first)) & ~signs | (others &- ones) & ~others
            next += 8
        }
        while next < count {
            if self[next] < first || self[next] == 0x7F { return false }
            next += 1
        }
        return doubts & highs == 0
    }
}

extension String {
    /// The same of two texts, told apart by their lengths first.
    @inlinable
    package func isSameIgnoringCase(as other: String) -> Bool {
        utf8.count == other.utf8.count
            && withBytes { own in other.withBytes { own.isSameIgnoringCase($0) } }
    }
}

extension UInt8 {
    @inlinable var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension String {
    /// Whether it is ASCII without small letters: what capitals and lack of accents leave as it is.
    package var isInCapitals: Bool {
        withBytes { bytes in bytes.allSatisfy { $0 < 0x61 || (0x7B..<0x80).contains($0) } }
    }

    /// Whether its first bytes are those of an ASCII text: `hasPrefix` asks which signs Unicode counts as one.
    package func begins(with prefix: String) -> Bool {
        withBytes { bytes in prefix.withBytes { bytes.starts(with: $0) } }
    }

    /// Whether it is empty or made of spaces only.
    package var isBlank: Bool {
        withBytes { bytes in bytes.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } }
    }

    /// Whether these are equal, for names: those of different lengths, as nearly all are, are told apart at once. A name in
    /// ASCII is then equal to the same bytes only, to no other spelling of its signs (`==` takes U+212A for K).
    @inlinable
    package func isSame(as name: String) -> Bool { utf8.count == name.utf8.count && self == name }

    /// Does something with its bytes, in place: `withUTF8` would want a copy to change, counted up and down again.
    @inlinable
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}
