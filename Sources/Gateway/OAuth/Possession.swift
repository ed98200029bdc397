import Foundation
import JOSE
import Values

/// What a token is bound to: whoever shows it must show this too (`cnf`, RFC 7800).
struct Confirmation: Sendable, Hashable {
    /// The thumbprint of a key that makes a proof for each call (RFC 9449 §6.1).
    var key: String?
    /// The digest of a client certificate (RFC 8705 §3.1).
    var certificate: [UInt8]?

    init?(key: String?, certificate: [UInt8]?) {
        guard key != nil || certificate != nil else { return nil }
        self.key = key
        self.certificate = certificate
    }

    /// Nil where a member is unknown or malformed: a binding that is not understood must bind all the same.
    init?(_ json: JSON) {
        guard let members = json.members, !members.isEmpty else { return nil }
        for member in members {
            guard case .string(let text) = member.value, let digest = Base64URL.decode(text), digest.count == 32 else {
                return nil
            }
            switch member.key {
            case "jkt": key = text
            case "x5t#S256": certificate = digest
            default: return nil
            }
        }
    }

    var json: JSON {
        let key: [JSON.Member] = key.map { [.init("jkt", .string($0))] } ?? []
        let certificate: [JSON.Member] =
            certificate.map { [.init("x5t#S256", .string(Base64URL.encode($0)))] } ?? []
        return .object(key + certificate)
    }
}

/// A token shown with `Authorization: DPoP`, and the proofs beside it as they came.
public struct DPoPCredential: Sendable {
    public let token: Redacted<String>
    /// The values of the `DPoP` header: one, or the call is refused.
    public let proofs: [String]

    public init(token: Redacted<String>, proofs: [String]) {
        self.token = token
        self.proofs = proofs
    }

    /// Nil for another scheme.
    init?(authorization: String, proofs: @autoclosure () -> [String]) {
        guard authorization.utf8.count > 5, authorization.prefix(5).lowercased() == "dpop " else { return nil }
        self.init(token: Redacted(String(authorization.dropFirst(5).drop { $0 == " " })), proofs: proofs())
    }
}

/// Tells whether a proof serves for the first time, for all the nodes of an installation.
public protocol ProofRemembering: Sendable {
    /// Whether nobody has shown it yet; from now on somebody has.
    /// - Throws: where that cannot be known: the call is then refused.
    func isFirst(_ id: String, until end: Date) async throws -> Bool
}

/// The answers' word on how to show a token (RFC 6750 §3, RFC 9449 §7.1).
enum Challenge {
    /// The text of `WWW-Authenticate` for that error; nil where the nomenclature says all there is to say.
    static func text(_ code: String) -> String? {
        switch code {
        case "00460", "00461": "DPoP error=\"invalid_dpop_proof\", algs=\"\(algorithms)\""
        case "00462": "DPoP error=\"invalid_token\", algs=\"\(algorithms)\""
        case "00463", "00468": "Bearer error=\"invalid_token\""
        default: nil
        }
    }

    private static let algorithms = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: " ")
}
