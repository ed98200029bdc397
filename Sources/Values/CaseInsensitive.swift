extension Collection<UInt8> {
    /// Whether these are the same bytes but for the case of ASCII letters, as names of headers and schemes are compared
    /// (RFC 9110 §5.1).
    @inlinable
    public func isSameIgnoringCase(_ other: some Collection<UInt8>) -> Bool {
        count == other.count && elementsEqual(other) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension UInt8 {
    @inlinable var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
