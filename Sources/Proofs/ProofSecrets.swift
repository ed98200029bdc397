import Crypto
import Foundation
import Values

/// What opens a proof: the token of its address and the code printed beside it. The hub keeps neither.
public struct ProofSecrets: Sendable {
    /// 128 random bits, in the address.
    public let token: String
    /// 100 random bits as five groups of four signs, to be typed.
    public let code: String

    /// Signs that are not taken for one another (Crockford's base 32).
    private static let signs = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let count = 20

    init() {
        var random = SystemRandomNumberGenerator()
        token = Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        let signs = (0..<Self.count).map { _ in Self.signs[Int.random(in: 0..<32, using: &random)] }
        code = stride(from: 0, to: Self.count, by: 4).map { String(signs[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// As somebody has typed them: spaces, hyphens and case do not count, nor O for 0, I or L for 1.
    /// - Returns: nil for what cannot be the secrets of a proof.
    init?(token: String, typed code: String) {
        guard token.utf8.count == 22, Base64URL.decode(token) != nil, code.utf8.count <= 100 else { return nil }
        let signs = code.uppercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "–" }.map { sign -> Character in
            switch sign {
            case "O": "0"
            case "I", "L": "1"
            default: sign
            }
        }
        guard signs.count == Self.count, signs.allSatisfy(Self.signs.contains) else { return nil }
        self.token = token
        self.code = stride(from: 0, to: Self.count, by: 4).map { String(signs[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// The name under which a proof is kept. Whoever reads the table cannot make an address of it.
    static func identifier(of token: String) -> String {
        Base64URL.encode(SHA256.hash(data: Data(("unefois proof|" + token).utf8)).prefix(18))
    }

    /// The key of what is kept (HKDF, RFC 5869): with 100 bits of chance in the code alone no password stretching is
    /// needed.
    var key: SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(code.utf8)), salt: Data(token.utf8),
            info: Data("unefois proof".utf8), outputByteCount: 32)
    }
}
