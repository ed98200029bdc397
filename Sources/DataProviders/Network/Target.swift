import Values

/// What a connection and a request need of an absolute http(s) address (RFC 3986 §3). Addresses that begin alike, up to
/// their path, have the same.
final class Target: Sendable {
    /// What connections are shared by.
    struct Origin: Hashable, Sendable {
        let isSecure: Bool
        let host: String
        let port: Int
        let identity: ClientIdentity?

        /// Whether that is the same machine, whoever asks it (RFC 6454 §4).
        func isServer(of other: Origin) -> Bool {
            isSecure == other.isSecure && port == other.port && host.isSameIgnoringCase(as: other.host)
        }
    }

    let origin: Origin
    /// Value of the `Host` header.
    let authority: String
    /// Bytes of the address that come before its path; its slash may be missing.
    let length: Int

    /// - Returns: nil for anything but `http://` and `https://` with a host and without identifiers.
    init?(_ url: String, identity: ClientIdentity?) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let rest = url.utf8.dropFirst(isSecure ? 8 : 7)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return nil }
        var (host, port) = (authority, isSecure ? 443 : 80)
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close]
            let after = authority[authority.index(after: close)...]
            if !after.isEmpty {
                guard after.first == UInt8(ascii: ":"), let number = Int(Substring(after.dropFirst())) else {
                    return nil
                }
                port = number
            }
        } else if let colon = authority.lastIndex(of: UInt8(ascii: ":")) {
            guard let number = Int(Substring(authority[authority.index(after: colon)...])) else { return nil }
            (host, port) = (authority[..<colon], number)
        }
        guard !host.isEmpty, (1...65_535).contains(port) else { return nil }
        origin = Origin(isSecure: isSecure, host: String(Substring(host)), port: port, identity: identity)
        self.authority = String(Substring(authority))
        length = url.utf8.distance(from: url.startIndex, to: end)
    }
}
