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
        agentID: String? = nil, proof: ProofWish? = nil, purpose: String? = nil, caseReference: String? = nil,
        dpop: DPoPCredential? = nil, clientCertificate: [UInt8]? = nil
    ) {
        self.dpop = dpop
        self.clientCertificate = clientCertificate
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
            withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian)) { bytes in
                for index in 0..<16 {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    (text[place], text[place + 1]) = bytes[index].hexadecimal
                    place += 2
                }
            }
            return place
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
