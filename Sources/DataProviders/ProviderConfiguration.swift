import CatalogueModel
import Synchronization
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

/// The addresses of providers that calls go to, each put together and read once: settings do not change while the
/// service runs.
final class ProviderAddresses: Sendable {
    struct Address: Sendable {
        let url: String
        let target: Target
    }

    private struct Key: Hashable {
        let provider: String
        let name: String
        /// A descriptor that is read again may give another.
        let path: String?
    }

    private let configuration: any ProviderConfiguration
    private let known = Mutex<[Key: Address?]>([:])
    private let bases = Mutex<[String: Bool]>([:])

    init(_ configuration: any ProviderConfiguration) { self.configuration = configuration }

    /// Whether a provider has an address of its own.
    func isKnown(_ provider: ProviderDescription) -> Bool {
        if let known = bases.withLock({ $0[provider.id] }) { return known }
        let isKnown = configuration.url(provider: provider.id, address: nil) != nil
        bases.withLock { $0[provider.id] = isKnown }
        return isKnown
    }

    /// The address of that name; nil where it is not configured, or is none.
    func address(_ name: String, of provider: ProviderDescription) -> Address? {
        let key = Key(provider: provider.id, name: name, path: provider.addresses[name])
        if let found = known.withLock({ $0[key] }) { return found }
        let address = configuration.address(name, of: provider).flatMap { url in
            Target(url, identity: nil).map { Address(url: url, target: $0) }
        }
        known.withLock { $0[key] = .some(address) }
        return address
    }
}
