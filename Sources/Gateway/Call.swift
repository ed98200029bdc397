import Foundation
import Synchronization
import Values

/// One call as the listener hands it over.
public struct Call: Sendable {
    public var method: String
    /// Without query; percent signs decoded.
    public var path: String
    public var query: QueryParameters
    /// The token of `Authorization: Bearer`.
    public var bearer: Redacted<String>?
    /// The token of `X-Api-Key`.
    public var apiKey: Redacted<String>?
    public let requestID: String
    /// Whether `requestID` is a UUID, which says nothing of anybody; another may be a name.
    let hasUUID: Bool
    public var remoteAddress: String?
    /// The caller wants no cached answer (`Cache-Control: no-cache`).
    public var wantsFresh: Bool
    /// The proof that the caller wants made of the answer (`X-Generate-Proof`).
    public var proof: ProofWish?
    /// `X-Delegation-Id`: the delegation under which a vendor calls.
    public var delegationID: String?
    /// `X-Agent-Id`: whom the call is made by at the caller's, as the caller hashes it. Nil where it is no such text.
    public var agentID: Redacted<String>?
    /// The token of `Authorization: DPoP`, with its proof; `bearer` is then nil.
    public var dpop: DPoPCredential?
    /// SHA-256 of the certificate that the caller made its connection with, in DER.
    public var clientCertificate: [UInt8]?

    /// `X-Purpose`: the word of the purpose that the call serves.
    public var purpose: String?
    /// `X-Case-Reference`: the case for which the call is made, at the caller's.
    public var caseReference: Redacted<String>?

    public enum ProofWish: String, Sendable {
        /// An address and a code to check the answer by.
        case proofOnly = "proof-only"
        /// A PDF too.
        case pdf
    }

    public init(
        method: String, path: String, query: QueryParameters, bearer: Redacted<String>?, apiKey: Redacted<String>?,
        requestID: String?, remoteAddress: String?, wantsFresh: Bool, delegationID: String? = nil,
        agentID: String? = nil, proof: ProofWish? = nil, purpose: String? = nil, caseReference: String? = nil
    ) {
        self.purpose = purpose.flatMap { $0.isEmpty ? nil : $0 }
        self.caseReference = caseReference.map { Redacted($0) }
        self.method = method
        self.path = path
        self.query = query
        self.bearer = bearer
        self.apiKey = apiKey
        let own = RequestID.accepted(requestID)
        (self.requestID, hasUUID) = own.map { ($0, RequestID.isUUID($0)) } ?? (RequestID.make(), true)
        self.remoteAddress = remoteAddress
        self.wantsFresh = wantsFresh
        self.proof = proof
        self.delegationID = delegationID
        self.agentID = AgentID.accepted(agentID).map { Redacted($0) }
    }
}

/// The parameters of a query string, in order.
public struct QueryParameters: Sendable, Hashable {
    public let pairs: [Pair]

    public struct Pair: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// Reads `application/x-www-form-urlencoded` text. Never fails: a broken escape stays as written, bytes that are
    /// no UTF-8 become U+FFFD, and the checks of parameters refuse both.
    public init(_ text: some StringProtocol) {
        pairs =
            text.utf8.withContiguousStorageIfAvailable(Self.pairs)
            ?? Array(text.utf8).withUnsafeBufferPointer(Self.pairs)
    }

    private static func pairs(_ bytes: UnsafeBufferPointer<UInt8>) -> [Pair] {
        var pairs: [Pair] = []
        pairs.reserveCapacity(16)
        var rest = bytes[...]
        while !rest.isEmpty, pairs.count < most {
            let pair = rest.prefix(upTo: rest.place(of: UInt8(ascii: "&")))
            rest = rest[pair.endIndex...].dropFirst()
            guard !pair.isEmpty else { continue }
            let sign = pair.place(of: UInt8(ascii: "="))
            let (name, value) = (pair[..<sign], pair[sign...].dropFirst())
            pairs.append(
                Pair(
                    name: decoded(UnsafeBufferPointer(rebasing: name)),
                    value: decoded(UnsafeBufferPointer(rebasing: value))))
        }
        return pairs
    }

    /// Parameters after which the rest is not read.
    private static let most = 200

    /// The last value of a parameter of one value.
    public func value(_ name: String) -> String? {
        let span = pairs.span
        for place in span.indices.reversed() where span[place].name.isSame(as: name) { return span[place].value }
        return nil
    }

    /// The values of a list, `name[]=a&name[]=b`; the name comes with its brackets.
    public func values(_ name: String) -> [String] {
        var values: [String] = []
        let span = pairs.span
        for place in span.indices where span[place].name.isSame(as: name) { values.append(span[place].value) }
        return values
    }

    /// Percent-decoded text; `+` is a space.
    static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool = true) -> String {
        let all = bytes[...]
        guard
            all.place(of: UInt8(ascii: "%")) < bytes.count
                || plusIsSpace && all.place(of: UInt8(ascii: "+")) < bytes.count
        else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: bytes.count) { text in
            var (place, count) = (0, 0)
            while place < bytes.count {
                var byte = bytes[place]
                if byte == UInt8(ascii: "+"), plusIsSpace {
                    byte = 0x20
                } else if byte == UInt8(ascii: "%"), place + 2 < bytes.count, let high = nibble(bytes[place + 1]),
                    let low = nibble(bytes[place + 2])
                {
                    byte = high << 4 | low
                    place += 2
                }
                text[count] = byte
                (place, count) = (place + 1, count + 1)
            }
            return count
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// A percent-decoded path.
    public static func decodedPath(_ path: some StringProtocol) -> String {
        Array(path.utf8).withUnsafeBufferPointer { decoded($0, plusIsSpace: false) }
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Where a byte first stands; the end where it does not.
    func place(of byte: UInt8) -> Int {
        let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: self))
        guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else {
            return endIndex
        }
        return startIndex + (UnsafeRawPointer(found) - start)
    }
}

/// Identifiers of the agents who make calls.
enum AgentID {
    /// The text where it can be a digest or an opaque identifier: 8 to 128 letters, digits and signs of base64 and
    /// UUIDs. An address or a name, which have other signs, is not taken: the caller has not hashed it.
    static func accepted(_ text: String?) -> String? {
        guard let text, (8...128).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || "-_+/=:".utf8.contains($0)
            })
        else { return nil }
        return text
    }
}

/// Identifiers of calls.
public enum RequestID {
    /// Seeded once from the system: an identifier must be unique, and opens nothing.
    private static let random = Mutex(SeededRandom())

    /// A random UUID, version 4 (RFC 9562).
    public static func make() -> String {
        let (high, low) = random.withLock { ($0.next(), $0.next()) }
        let words = (high & ~0xF000 | 0x4000, low & ~(0xC0 << 56) | 0x80 << 56)
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let word = digit < 16 ? words.0 : words.1
                let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - digit % 16 * 4)) & 15
                text[place] = value < 10 ? 0x30 + value : 0x57 + value
                place += 1
            }
            return 36
        }
    }

    /// xoshiro256** (Blackman and Vigna, 2018).
    private struct SeededRandom {
        private var state: (UInt64, UInt64, UInt64, UInt64)

        init() {
            var system = SystemRandomNumberGenerator()
            state = (system.next(), system.next(), system.next(), system.next() | 1)
        }

        mutating func next() -> UInt64 {
            func rotated(_ word: UInt64, _ by: UInt64) -> UInt64 { word << by | word >> (64 - by) }
            let result = rotated(state.1 &* 5, 7) &* 9
            let shifted = state.1 << 17
            state.2 ^= state.0
            state.3 ^= state.1
            state.1 ^= state.2
            state.0 ^= state.3
            state.2 ^= shifted
            state.3 = rotated(state.3, 45)
            return result
        }
    }

    /// The caller's own identifier where it is short and plain enough to be logged.
    static func accepted(_ text: String?) -> String? {
        guard let text, (8...64).contains(text.utf8.count),
            text.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            })
        else { return nil }
        return text
    }

    /// True for a UUID in its usual form.
    static func isUUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        var place = 0
        for byte in text.utf8 {
            switch (place, byte) {
            case (8, 0x2D), (13, 0x2D), (18, 0x2D), (23, 0x2D): break
            case (8, _), (13, _), (18, _), (23, _): return false
            case (_, 0x30...0x39), (_, 0x41...0x46), (_, 0x61...0x66): break
            default: return false
            }
            place += 1
        }
        return true
    }
}
