import Foundation

/// A block of IP addresses in CIDR notation (RFC 4632, RFC 4291), or one address.
public struct AddressBlock: Sendable, Hashable {
    private let bytes: [UInt8]
    private let bits: Int

    /// - Returns: nil for a text that is no address and no block.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let bytes = Self.bytes(String(first)) else { return nil }
        let width = bytes.count * 8
        guard let bits = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    /// True where that address lies in the block.
    public func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        for index in 0..<bits where (bytes[index >> 3] ^ other[index >> 3]) >> UInt8(7 - index & 7) & 1 == 1 {
            return false
        }
        return true
    }

    /// Whom an address stands for where calls are counted: an IPv4 address itself, and all of the /64 that an IPv6
    /// subscriber is given at least (RFC 6177).
    public static func subscriber(of address: String) -> String {
        guard let bytes = bytes(address) else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        // An IPv4 address seen through an IPv6 socket is itself.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF { return Array(bytes[12...]) }
        return bytes
    }
}
