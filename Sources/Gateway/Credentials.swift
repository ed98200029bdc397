import CatalogueModel
import Foundation
import JWTKit
import Synchronization
import Values

/// Tells whose token a call carries.
///
/// A token only identifies: what it may do is read from the grant in memory, so that a revocation holds at once.
package struct Credentials: Sendable {
    /// The signature of a token once checked is not checked again; the truth about it always is.
    private let verified: VerifiedTokens
    /// The name under which tokens of clients are issued; nil where none are.
    private let issuer: @Sendable () -> String?

    package init(verified: VerifiedTokens, issuer: @escaping @Sendable () -> String? = { nil }) {
        self.verified = verified
        self.issuer = issuer
    }

    /// Who holds a token of ours.
    package enum Holder: Sendable {
        case organisation(CallRight)
        case vendor(VendorRight)
    }

    /// The holder of our own token, shown as a bearer's: one that is bound to a key is refused.
    /// - Parameter certificate: the digest of the certificate that the caller made its connection with.
    /// - Returns: the holder, or the code of the refusal.
    package func holder(
        _ token: Redacted<String>?, _ snapshot: HubSnapshot, certificate: [UInt8]? = nil, now: Date
    ) -> Result<Holder, Refused> {
        guard let token, !token.exposed.isEmpty, let known = signed(token.exposed, snapshot) else {
            return .failure(Refused(code: "00101"))
        }
        switch known {
        case .stored(let id): return Self.stored(id, snapshot, now: now)
        case .issued(let token):
            guard token.confirmation?.key == nil else { return .failure(Refused(code: "00462")) }
            return Self.holder(of: token, certificate, snapshot, now: now)
        }
    }

    /// The holder of a token bound to a key, and the thumbprint of that key: whoever shows it is still to prove that it
    /// holds the key.
    func bound(
        _ token: Redacted<String>, _ snapshot: HubSnapshot, certificate: [UInt8]?, now: Date
    ) -> Result<(holder: Holder, key: String), Refused> {
        switch signed(token.exposed, snapshot) {
        case nil: return .failure(Refused(code: "00101"))
        case .issued(let token):
            guard let key = token.confirmation?.key else { return .failure(Refused(code: "00468")) }
            return Self.holder(of: token, certificate, snapshot, now: now).map { ($0, key) }
        case .stored: return .failure(Refused(code: "00468"))
        }
    }

    private static func holder(
        of token: IssuedToken, _ certificate: [UInt8]?, _ snapshot: HubSnapshot, now: Date
    ) -> Result<Holder, Refused> {
        if let wanted = token.confirmation?.certificate, wanted != certificate {
            return .failure(Refused(code: "00463"))
        }
        guard snapshot.isCurrent else { return .failure(Refused(code: "00511")) }
        guard let right = snapshot.rights.clients[token.client] else { return .failure(Refused(code: "00106")) }
        if let refusal = right.refusal(now) { return .failure(refusal) }
        guard token.expires > now else { return .failure(Refused(code: "00103")) }
        return .success(
            right.holder(
                issued: token.issued, expires: token.expires, scopes: token.scopes, confirmation: token.confirmation))
    }

    /// The holder of a token that has been shown before, or of a client that showed one, by the identifier that calls
    /// are traced under.
    static func holder(of id: String, _ snapshot: HubSnapshot, now: Date) -> Result<Holder, Refused> {
        guard snapshot.isCurrent, let right = snapshot.rights.clients[id] else { return stored(id, snapshot, now: now) }
        if let refusal = right.refusal(now) { return .failure(refusal) }
        return .success(
            right.holder(issued: right.client.created, expires: .distantFuture, scopes: nil, confirmation: nil))
    }

    private static func stored(_ id: String, _ snapshot: HubSnapshot, now: Date) -> Result<Holder, Refused> {
        guard snapshot.isCurrent else { return .failure(Refused(code: "00511")) }
        if let right = snapshot.rights.tokens[id] {
            return checked(
                .organisation(right), isRevoked: right.token.revoked != nil || right.right.grant.revoked != nil,
                isExpired: right.token.expires <= now || right.right.grant.expires <= now)
        }
        if let right = snapshot.rights.vendors[id] {
            return checked(
                .vendor(right), isRevoked: right.token.revoked != nil || right.holder.vendor.revoked != nil,
                isExpired: right.token.expires <= now)
        }
        return .failure(Refused(code: "00106"))
    }

    package struct Refused: Error { let code: String }

    private static func checked(_ holder: Holder, isRevoked: Bool, isExpired: Bool) -> Result<Holder, Refused> {
        if isRevoked { return .failure(Refused(code: "00105")) }
        return isExpired ? .failure(Refused(code: "00103")) : .success(holder)
    }

    /// What a token says that one of our keys has signed.
    private func signed(_ token: String, _ snapshot: HubSnapshot) -> SignedToken? {
        if let known = verified.token(token) { return known }
        guard let signed = Self.verify(token, snapshot.verifiers, issuer: issuer()) else { return nil }
        verified.remember(token, signed)
        return signed
    }

    /// Checks a JWT (RFC 7519) under our ring of keys.
    ///
    /// The key is that of the header's `kid` and of no other; its algorithm is the ring's, and a header that states
    /// another is refused (RFC 8725 §3.1). `jku`, `jwk` and `x5u` are never looked at.
    static func verify(_ token: String, _ ring: [String: any JWTAlgorithm], issuer: String?) -> SignedToken? {
        guard token.utf8.count <= 8192 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap({ try? JSON(parsing: $0) }),
            header["crit"] == nil, let kid = header["kid"]?.text, let algorithm = ring[kid],
            header["alg"]?.text == algorithm.name, let signature = Base64URL.decode(parts[2])
        else { return nil }
        let signed = Data(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        guard (try? algorithm.verify(Data(signature), signs: signed)) == true,
            let claims = Base64URL.decode(parts[1]).flatMap({ try? JSON(parsing: $0) })
        else { return nil }
        if header["typ"] == .string(IssuedToken.type) {
            return IssuedToken(claims, issuer: issuer).map(SignedToken.issued)
        }
        return (claims["jti"]?.text).map(SignedToken.stored)
    }

    /// Whether a text looks like a token of ours, so that v2 can tell it from one of FranceConnect.
    static func isOurs(_ token: String, _ snapshot: HubSnapshot) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]).flatMap({ try? JSON(parsing: $0) }) else {
            return false
        }
        return header["kid"]?.text.map { snapshot.verifiers[$0] != nil } ?? false
    }
}

/// A token that one of our keys has signed.
enum SignedToken: Sendable {
    /// One that is kept, by its `jti`: everything else about it is looked up.
    case stored(String)
    /// One of a client, which is kept nowhere.
    case issued(IssuedToken)
}

/// Tokens whose signature has been checked. Bounded: when full it starts again.
public final class VerifiedTokens: Sendable {
    /// A token is found by the end of its signature, which no two of ours share, and compared whole. Texts are equal to
    /// Swift where Unicode says so: « K » and the kelvin sign. Those verified are ASCII, and equal to no other of their
    /// length.
    private struct Key: Hashable {
        let text: String

        func hash(into hasher: inout Hasher) {
            text.utf8.withContiguousStorageIfAvailable {
                hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0.suffix(24))))
            }
        }

        static func == (left: Key, right: Key) -> Bool {
            left.text.utf8.count == right.text.utf8.count && left.text == right.text
        }
    }

    private let known = Mutex<[Key: SignedToken]>([:])
    private static let bound = 20_000

    public init() {}

    func token(_ text: String) -> SignedToken? { known.withLock { $0[Key(text: text)] } }

    func remember(_ text: String, _ token: SignedToken) {
        known.withLock { known in
            if known.count >= Self.bound { known.removeAll(keepingCapacity: true) }
            known[Key(text: text)] = token
        }
    }

    /// Forgets all: the keys have changed.
    func clear() { known.withLock { $0.removeAll() } }
}
