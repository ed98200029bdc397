import Crypto
import Foundation
import Values

/// The one client the sandbox knows, and the tokens it gives out.
///
/// Tokens carry their scope and end under a key that lives as long as the process: a restart makes them all invalid,
/// as a provider's own would.
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
        let claims = Array("\(end) \(scope)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: claims, using: key)
        return Base64URL.encode(claims) + "." + Base64URL.encode(code)
    }

    /// True for a token of that scope that has not ended.
    func accepts(token: String?, for scope: String) -> Bool {
        let parts = (token ?? "").split(separator: ".").map(String.init)
        guard parts.count == 2, let claims = Base64URL.decode(parts[0]), let code = Base64URL.decode(parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: claims, using: key)
        else { return false }
        let words = String(decoding: claims, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard words.count == 2, let end = Int(words[0]), words[1] == scope else { return false }
        return Double(end) > clock.now().timeIntervalSince1970
    }

    /// The answer of a token endpoint.
    func grant(for scope: String) -> Reply {
        .json([
            "access_token": .string(token(for: scope)), "token_type": "Bearer", "expires_in": .integer(Self.life),
            "scope": .string(scope),
        ])
    }
}
