import CatalogueModel
import Foundation
import JWTKit
import Synchronization
import Values

/// Tells whose token a call carries.
///
/// A token only identifies: what it may do is read from the grant in memory, so that a revocation holds at once.
struct Credentials: Sendable {
    /// The signature of a token once checked is not checked again; the truth about it always is.
    private let verified: VerifiedTokens

    init(verified: VerifiedTokens) { self.verified = verified }

    /// Who holds a token of ours.
    enum Holder: Sendable {
        case organisation(CallRight)
        case vendor(VendorRight)
    }

    /// The holder of our own token.
    /// - Returns: the holder, or the code of the refusal.
    func holder(_ token: Redacted<String>?, _ snapshot: HubSnapshot, now: Date) -> Result<Holder, Refused> {
        guard let token, !token.exposed.isEmpty else { return .failure(Refused(code: "00101")) }
        guard let id = identifier(token.exposed, snapshot) else { return .failure(Refused(code: "00101")) }
        return Self.holder(of: id, snapshot, now: now)
    }

    /// The holder of a token that has been shown before, by its `jti`.
    static func holder(of id: String, _ snapshot: HubSnapshot, now: Date) -> Result<Holder, Refused> {
        guard snapshot.isCurrent else { return .failure(Refused(code: "00511")) }
        if let right = snapshot.rights[id] {
            let (token, grant) = (right.token, right.grant)
            return checked(
                .organisation(right), isRevoked: token.revoked != nil || grant.revoked != nil,
                isExpired: token.expires <= now || grant.expires <= now)
        }
        if let right = snapshot.vendors[id] {
            return checked(
                .vendor(right), isRevoked: right.token.revoked != nil || right.holder.vendor.revoked != nil,
                isExpired: right.token.expires <= now)
        }
        return .failure(Refused(code: "00106"))
    }

    struct Refused: Error { let code: String }

    private static func checked(_ holder: Holder, isRevoked: Bool, isExpired: Bool) -> Result<Holder, Refused> {
        if isRevoked { return .failure(Refused(code: "00105")) }
        return isExpired ? .failure(Refused(code: "00103")) : .success(holder)
    }

    /// The `jti` of a token that one of our keys has signed.
    private func identifier(_ token: String, _ snapshot: HubSnapshot) -> String? {
        if let known = verified.identifier(token) { return known }
        guard let identifier = Self.verify(token, snapshot.verifiers) else { return nil }
        verified.remember(token, identifier)
        return identifier
    }

    /// Checks a JWT (RFC 7519) under our ring of keys.
    ///
    /// The key is that of the header's `kid` and of no other; its algorithm is the ring's, and a header that states
    /// another is refused (RFC 8725 §3.1). `jku`, `jwk` and `x5u` are never looked at.
    static func verify(_ token: String, _ ring: [String: any JWTAlgorithm]) -> String? {
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
        return claims["jti"]?.text
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

/// Tokens whose signature has been checked, with their `jti`. Bounded: when full it starts again.
public final class VerifiedTokens: Sendable {
    private let known = Mutex<[String: String]>([:])
    private static let bound = 20_000

    public init() {}

    func identifier(_ token: String) -> String? { known.withLock { $0[token] } }

    func remember(_ token: String, _ identifier: String) {
        known.withLock { known in
            if known.count >= Self.bound { known.removeAll(keepingCapacity: true) }
            known[token] = identifier
        }
    }

    /// Forgets all: the keys have changed.
    func clear() { known.withLock { $0.removeAll() } }
}
