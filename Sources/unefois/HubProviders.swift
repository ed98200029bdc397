import DataProviders
import Operations
import Synchronization
import Values

/// Addresses and credentials of providers: those configured, else those of the sandbox.
final class HubProviders: ProviderConfiguration {
    private let configured: @Sendable (String, String) -> String?
    private let sandbox: [String: String]
    private let sandboxSecret: Redacted<String>?
    private let sandboxCertificates: String?
    /// What was looked up once: settings do not change while the service runs, and a look-up costs 25 µs.
    private let known = Mutex<[Question: String?]>([:])

    private struct Question: Hashable {
        let provider: String
        let name: String
    }

    convenience init(configured: @escaping @Sendable (String, String) -> String?, sandbox: SandboxProcess?) {
        self.init(
            configured: configured, addresses: sandbox?.addresses ?? [:], secret: sandbox?.secret,
            certificates: sandbox?.certificates)
    }

    init(
        configured: @escaping @Sendable (String, String) -> String?, addresses: [String: String],
        secret: Redacted<String>?, certificates: String? = nil
    ) {
        self.configured = configured
        self.sandbox = addresses
        sandboxSecret = secret
        sandboxCertificates = certificates
    }

    func url(provider: String, address: String?) -> String? {
        guard let address else { return look(provider, "url") ?? simulated(provider) }
        return look(provider, address + ".url")
    }

    /// A simulated provider; one whose files came after the start is below the address of those.
    private func simulated(_ provider: String) -> String? {
        sandbox[provider] ?? sandbox["_described"].map { $0 + "/" + provider }
    }

    private func look(_ provider: String, _ name: String) -> String? {
        let question = Question(provider: provider, name: name)
        if let answer = known.withLock({ $0[question] }) { return answer }
        let answer = configured(provider, name)
        known.withLock { $0[question] = .some(answer) }
        return answer
    }

    /// The sandbox's credentials go to the sandbox only.
    func setting(provider: String, _ name: String) -> Redacted<String>? {
        if let value = look(provider, name) { return Redacted(value) }
        guard look(provider, "url") == nil, simulated(provider) != nil, let sandboxSecret else { return nil }
        let parts = name.split(separator: ".")
        switch parts.last {
        case "url": return simulated(provider).map { Redacted($0) }
        case "client_id", "username": return Redacted("unefois")
        // Published identities name issuers and audiences of their own.
        case "issuer", "audience": return nil
        case "scope": return parts.count > 1 ? Redacted(String(parts[0])) : nil
        case "client_certificate": return sandboxCertificates.map { Redacted($0 + "/client.pem") }
        case "client_key": return sandboxCertificates.map { Redacted($0 + "/client.key") }
        case "trust_roots": return sandboxCertificates.map { Redacted($0 + "/ca.pem") }
        default: return sandboxSecret
        }
    }
}
