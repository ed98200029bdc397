import DataProviders
import Operations
import Values

/// Addresses and credentials of providers: those configured, else those of the sandbox.
struct HubProviders: ProviderConfiguration {
    private let configured: @Sendable (String, String) -> String?
    private let sandbox: [String: String]
    private let sandboxSecret: Redacted<String>?

    init(configured: @escaping @Sendable (String, String) -> String?, sandbox: SandboxProcess?) {
        self.init(configured: configured, addresses: sandbox?.addresses ?? [:], secret: sandbox?.secret)
    }

    init(
        configured: @escaping @Sendable (String, String) -> String?, addresses: [String: String],
        secret: Redacted<String>?
    ) {
        self.configured = configured
        self.sandbox = addresses
        sandboxSecret = secret
    }

    func url(provider: String, address: String?) -> String? {
        guard let address else { return configured(provider, "url") ?? sandbox[provider] }
        return configured(provider, address + ".url")
    }

    /// The sandbox's credentials go to the sandbox only.
    func setting(provider: String, _ name: String) -> Redacted<String>? {
        if let value = configured(provider, name) { return Redacted(value) }
        guard configured(provider, "url") == nil, sandbox[provider] != nil, let sandboxSecret else { return nil }
        let parts = name.split(separator: ".")
        switch parts.last {
        case "client_id", "username": return Redacted("unefois")
        case "scope": return parts.count > 1 ? Redacted(String(parts[0])) : nil
        case "client_certificate", "client_key", "trust_roots": return nil
        default: return sandboxSecret
        }
    }
}
