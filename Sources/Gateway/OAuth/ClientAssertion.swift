import Crypto
import Foundation
import JOSE
import Values

/// A client's word about itself, signed with a key that was registered for it (RFC 7523 §2.2 and §3).
struct ClientAssertion {
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// Seconds for which one may be valid at most.
    static let longest = 300.0
    /// Seconds by which the client's clock may be ahead of ours.
    private static let tolerance = 30.0

    private let text: SignedText
    /// Who it says it is: to be believed once `isValid`.
    let client: OAuthClient.ID

    /// Nil for a text of another form: not one subject, a header that brings its own key, another kind of JWT.
    init?(_ text: String) {
        guard let read = SignedText(text), read.header["jwk"] == nil,
            ["JWT", "client-authentication+jwt", nil].contains(read.header["typ"]),
            let client = read.text("iss"), read.text("sub") == client
        else { return nil }
        self.text = read
        self.client = client
    }

    /// Whether one of those keys has signed it for us, for now.
    /// - Parameter audiences: our names; it is made for one of them and for nobody else.
    func isValid(_ keys: [JSON], audiences: [String], now: Date) -> Bool {
        guard let audience, audiences.contains(audience), let end, end > now,
            end.timeIntervalSince(now) <= Self.longest, isPast("nbf", now), isPast("iat", now), text.text("jti") != nil
        else { return false }
        let kid = text.header["kid"]
        return keys.contains { jwk in
            guard kid == nil || jwk["kid"] == kid, let key = try? PublicKey(jwk: jwk) else { return false }
            return text.isSigned(by: key)
        }
    }

    /// What tells it from every other assertion, of whatever client.
    var id: String {
        Base64URL.encode(SHA256.hash(data: Data("assertion\n\(client)\n\(text.text("jti") ?? "")".utf8)))
    }

    var end: Date? { text.instant("exp") }

    private var audience: String? {
        switch text.claims["aud"] {
        case .string(let one): one
        case .array(let several) where several.count == 1: if case .string(let one) = several[0] { one } else { nil }
        default: nil
        }
    }

    /// Whether an instant, where it is stated, lies behind us.
    private func isPast(_ claim: String, _ now: Date) -> Bool {
        guard text.claims[claim] != nil else { return true }
        return text.instant(claim).map { $0.timeIntervalSince(now) <= Self.tolerance } ?? false
    }
}
