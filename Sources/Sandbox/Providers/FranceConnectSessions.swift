import Foundation
import Synchronization
import Values

/// What a person agreed to on the simulated FranceConnect.
struct Consent: Sendable {
    let person: Int
    let scopes: String
    let redirection: String
    let nonce: String?
    /// The hash a code's bearer must know the origin of (RFC 7636, S256).
    let challenge: String?
    let ends: Date
}

/// Codes, or access tokens, given out: in memory.
final class FranceConnectSessions: Sendable {
    private let consents = Mutex<[String: Consent]>([:])

    /// The most that are kept; a sandbox that meets so many forgets those that ended, then all.
    private static let most = 10_000

    /// A name for the consent that nobody can guess.
    func open(_ consent: Consent, now: Date) -> String {
        let name = Base64URL.encode((0..<32).map { _ in UInt8.random(in: 0...255) })
        consents.withLock { consents in
            if consents.count >= Self.most { consents = consents.filter { $0.value.ends > now } }
            if consents.count >= Self.most { consents = [:] }
            consents[name] = consent
        }
        return name
    }

    /// The consent of that name, if it has not ended.
    func find(_ name: String, now: Date) -> Consent? {
        consents.withLock { $0[name] }.flatMap { $0.ends > now ? $0 : nil }
    }

    /// The consent of that name, which no one finds again.
    func close(_ name: String, now: Date) -> Consent? {
        consents.withLock { $0.removeValue(forKey: name) }.flatMap { $0.ends > now ? $0 : nil }
    }
}
