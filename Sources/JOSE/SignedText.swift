import Foundation
import Values

/// A signed text of somebody else, in the compact form of RFC 7515, read strictly (RFC 8725).
///
/// Nothing in it is to be believed before `isSigned(by:)`. Where the key comes from is never its header's to say: one
/// that names an address or a chain of certificates, or that asks for an extension, is refused whole.
public struct SignedText: Sendable {
    public let header: JSON
    public let claims: JSON
    private let signature: [UInt8]
    private let signed: Data
    /// Longer texts are not looked at.
    public static let bound = 8192
    private static let refusedFields = ["crit", "b64", "jku", "x5u", "x5c", "zip", "enc"]

    /// Nil for a text of another form, a header with a field that could choose the key, or two members of one name.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.bound else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty,
            Self.refusedFields.allSatisfy({ header[$0] == nil })
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signed = Data(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    /// The algorithm that the header states, where it is one that anybody may use.
    public var algorithm: SignatureAlgorithm? {
        guard case .string(let name)? = header["alg"] else { return nil }
        return SignatureAlgorithm(rawValue: name)
    }

    /// Whether that key has signed it, with the key's own algorithm.
    public func isSigned(by key: PublicKey) -> Bool {
        algorithm == key.algorithm && key.verifies(signature, of: signed)
    }

    /// A claim that is a text of 1 to 512 bytes.
    public func text(_ claim: String) -> String? {
        guard case .string(let text)? = claims[claim], (1...512).contains(text.utf8.count) else { return nil }
        return text
    }

    /// A claim that is a number of seconds since 1970 (NumericDate), with or without a fraction.
    public func instant(_ claim: String) -> Date? {
        let seconds: Double? =
            switch claims[claim] {
            case .integer(let number): Double(number)
            case .decimal(let text): Double(text)
            default: nil
            }
        // A year beyond 9999 is no instant of ours.
        guard let seconds, (0...253_402_300_799).contains(seconds) else { return nil }
        return Date(timeIntervalSince1970: seconds)
    }

    private static func object(_ part: Substring) -> JSON? {
        guard let bytes = Base64URL.decode(part), let json = try? JSON(parsing: bytes), json.members != nil,
            hasNoTwin(json)
        else { return nil }
        return json
    }

    /// Whether no object in it has two members of one name, of which two readers could take different ones.
    static func hasNoTwin(_ json: JSON) -> Bool {
        switch json {
        case .object(let members):
            Set(members.map(\.key)).count == members.count && members.allSatisfy { hasNoTwin($0.value) }
        case .array(let items): items.allSatisfy(hasNoTwin)
        default: true
        }
    }
}
