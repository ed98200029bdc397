import Crypto
import Foundation
import Hummingbird

/// Proof that a form comes from one of our pages: the same secret in a cookie and in a hidden field.
///
/// Another site can make a browser send a form but neither read nor set the cookie, which is `SameSite=Strict`,
/// `HttpOnly` and, over TLS, bound to this host by the prefix `__Host-` (RFC 6265bis §4.1.3).
struct FormTicket: Sendable {
    let value: String
    private let isSecure: Bool

    /// The ticket that the visitor already has, or a new one.
    init(_ request: Request, publicURL: String) {
        isSecure = publicURL.hasPrefix("https:")
        let present = request.cookies[Self.cookieName(isSecure)]?.value
        value = present.flatMap { Self.isWellFormed($0) ? $0 : nil } ?? Self.fresh()
    }

    var cookie: Cookie {
        Cookie(
            name: Self.cookieName(isSecure), value: value, path: "/", secure: isSecure, httpOnly: true,
            sameSite: .strict)
    }

    /// True where the cookie of the request and the field hold the same secret; compared in constant time.
    static func accepts(_ request: Request, field: String?, publicURL: String) -> Bool {
        guard let field, isWellFormed(field),
            let cookie = request.cookies[cookieName(publicURL.hasPrefix("https:"))]?.value
        else { return false }
        return SHA256.hash(data: Data(field.utf8)) == SHA256.hash(data: Data(cookie.utf8))
    }

    private static func cookieName(_ isSecure: Bool) -> String { isSecure ? "__Host-formulaire" : "formulaire" }

    private static func fresh() -> String {
        var source = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(format: "%016lx", source.next() as UInt64) }.joined()
    }

    private static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
