import CatalogueModel
import Foundation

/// A network that sends only what the provider still takes.
struct CountedTransport: HTTPTransport {
    let base: any HTTPTransport
    let quotas: any QuotaKeeping
    let claims: [QuotaClaim]

    func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
        if let (claim, retryIn) = await quotas.take(claims) {
            // The next whole second: who comes back at the very end of the wait would still be too early.
            throw .withheld(code: claim.quota.code, retryIn: Int(retryIn.components.seconds) + 1)
        }
        let result: Result<ProviderResponse, TransportFailure>
        do throws(TransportFailure) {
            result = .success(try await base.send(request, timeout: timeout))
        } catch {
            result = .failure(error)
        }
        await quotas.end(claims)
        return try result.get()
    }
}

extension QuotaKeeping {
    /// The network for requests to an address of that provider.
    ///
    /// The provider's quota is one on its data: an address on another server than theirs is not counted.
    /// - Parameters:
    ///   - url: the address that is asked.
    ///   - data: the provider's address of the data.
    func counting(
        _ transport: any HTTPTransport, to provider: ProviderDescription, at url: String, data: String?,
        client: String? = nil, operation: String = ""
    ) -> any HTTPTransport {
        guard !provider.quotas.isEmpty, data.map({ Self.server(of: $0) == Self.server(of: url) }) ?? true else {
            return transport
        }
        let claims = QuotaClaim.all(provider, client: client, operation: operation)
        return claims.isEmpty ? transport : CountedTransport(base: transport, quotas: self, claims: claims)
    }

    /// Scheme, host and port of an address (RFC 6454 §4).
    private static func server(of url: String) -> [String] {
        guard let parts = URLComponents(string: url) else { return [url] }
        let scheme = parts.scheme?.lowercased() ?? ""
        return [scheme, parts.host?.lowercased() ?? "", String(parts.port ?? (scheme == "http" ? 80 : 443))]
    }
}
