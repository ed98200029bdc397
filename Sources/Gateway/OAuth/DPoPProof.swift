import Crypto
import Foundation
import JOSE
import Values

/// A proof, made for one request, that whoever sends it holds a key (RFC 9449 §4).
struct DPoPProof {
    /// What the proof must have been made for.
    struct Request {
        let method: String
        /// Without query nor fragment, as the hub's public address says it.
        let url: String
        /// The access token shown beside it; nil where one is asked for.
        var token: Redacted<String>?
    }

    /// The thumbprint of its key.
    let thumbprint: String
    /// What tells it from every other proof, of whatever key.
    let id: String
    /// When it is too old for every node.
    let end: Date
    /// Seconds by which its clock may differ from ours, either way.
    static let tolerance = 60.0

    /// Checks a proof; its signature last, since that costs most.
    /// - Parameter expected: the thumbprint that the token is bound to; nil where none is bound yet.
    /// - Throws: 00460 where it is no proof of that request, 00462 where its key is not the expected one.
    init(_ texts: [String], of request: Request, expected: String?, now: Date) throws(Credentials.Refused) {
        let invalid = Credentials.Refused(code: "00460")
        guard texts.count == 1, let text = SignedText(texts[0]), text.header["typ"] == "dpop+jwt",
            let algorithm = text.algorithm, let jwk = text.header["jwk"],
            let key = try? PublicKey(jwk: jwk, for: algorithm)
        else { throw invalid }
        let thumbprint = key.thumbprint
        guard expected == nil || expected == thumbprint else { throw Credentials.Refused(code: "00462") }
        guard text.claims["htm"] == .string(request.method), let address = text.text("htu"),
            let wanted = RequestAddress(request.url), RequestAddress(address) == wanted,
            let made = text.instant("iat"), abs(made.timeIntervalSince(now)) <= Self.tolerance,
            text.claims["ath"] == request.token.map({ .string(Self.digest($0.exposed)) }), let jti = text.text("jti"),
            text.isSigned(by: key)
        else { throw invalid }
        self.thumbprint = thumbprint
        id = Self.digest("dpop\n\(thumbprint)\n\(jti)")
        // Twice the tolerance: clocks of several nodes differ.
        end = made.addingTimeInterval(2 * Self.tolerance)
    }

    private static func digest(_ text: String) -> String { Base64URL.encode(SHA256.hash(data: Data(text.utf8))) }
}

/// An address as two parties may write it differently (RFC 3986 §6.2): scheme and host in any case, the usual port
/// or none, escapes or not. Query and fragment do not count.
struct RequestAddress: Equatable {
    private let origin: String
    private let path: String

    /// Nil where it is no absolute `http` or `https` address.
    init?(_ text: String) {
        let bare = text.prefix { $0 != "?" && $0 != "#" }
        guard let colon = bare.range(of: "://") else { return nil }
        let scheme = bare[..<colon.lowerBound].lowercased()
        let rest = bare[colon.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash].lowercased()
        guard scheme == "https" || scheme == "http", !authority.isEmpty, authority.utf8.allSatisfy(Self.isHost) else {
            return nil
        }
        let usual = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(usual) { authority.removeLast(usual.count) }
        origin = scheme + "://" + authority
        path = slash == rest.endIndex ? "/" : QueryParameters.decodedPath(rest[slash...])
    }

    /// Names, numbers and ports; no user, no escape.
    private static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
