import Crypto
import Foundation
import Values

/// The one client the sandbox knows, and the tokens it gives out.
///
/// Tokens are JWTs (RFC 7519) that carry their scope and end under a key that lives as long as the process: a restart
/// makes them all invalid, as a provider's own would.
struct Credentials: Sendable {
    let clientID: String
    let secret: String
    let clock: WallClock
    private let key = SymmetricKey(size: .bits256)

    /// The life of a token in seconds.
    static let life = 3600

    init(clientID: String, secret: String, clock: WallClock) {
        self.clientID = clientID
        self.secret = secret
        self.clock = clock
    }

    func accepts(_ clientID: String?, _ secret: String?) -> Bool {
        clientID == self.clientID && acceptsSecret(secret)
    }

    func acceptsSecret(_ secret: String?) -> Bool { secret == self.secret }

    /// A token for that scope.
    func token(for scope: String) -> String {
        let end = Int(clock.now().timeIntervalSince1970) + Self.life
        let claims: JSON = ["exp": .integer(end), "scope": .string(scope)]
        let signed = Self.header + "." + Base64URL.encode(claims.bytes)
        return signed + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key))
    }

    private static let header = Base64URL.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8)

    /// True for a token of that scope that has not ended.
    func accepts(token: String?, for scope: String) -> Bool {
        let parts = (token ?? "").split(separator: ".").map(String.init)
        guard parts.count == 3, parts[0] == Self.header, let code = Base64URL.decode(parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Array((parts[0] + "." + parts[1]).utf8), using: key),
            let claims = Base64URL.decode(parts[1]).flatMap({ try? JSON(parsing: $0) }), let end = claims["exp"]?.int
        else { return false }
        return claims["scope"]?.text == scope && Double(end) > clock.now().timeIntervalSince1970
    }

    /// The answer of a token endpoint.
    func grant(for scope: String) -> Reply {
        .json([
            "access_token": .string(token(for: scope)), "token_type": "Bearer", "expires_in": .integer(Self.life),
            "scope": .string(scope),
        ])
    }
}
