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
