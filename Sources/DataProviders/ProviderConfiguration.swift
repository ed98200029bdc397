import CatalogueModel
import Values

/// Where each provider is and how the hub makes itself known to it; from configuration, never from descriptors.
public protocol ProviderConfiguration: Sendable {
    /// `providers.<id>.url`, or for an address `providers.<id>.<address>.url`.
    func url(provider: String, address: String?) -> String?
    /// `providers.<id>.<name>`.
    func setting(provider: String, _ name: String) -> Redacted<String>?
}

extension ProviderConfiguration {
    /// The setting of one of the provider's clients, else that of the provider.
    func setting(provider: String, client: String?, _ name: String) -> Redacted<String>? {
        client.flatMap { setting(provider: provider, "\($0).\(name)") } ?? setting(provider: provider, name)
    }

    /// Absolute address: its own override, or the base of the provider with the descriptor's path.
    func address(_ name: String, of provider: ProviderDescription) -> String? {
        if let override = url(provider: provider.id, address: name) { return override }
        guard let base = url(provider: provider.id, address: nil), let path = provider.addresses[name] else {
            return nil
        }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
    }
}
