import CatalogueModel

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
    ///   - asked: the address that is asked.
    ///   - data: the provider's address of the data.
    func counting(
        _ transport: any HTTPTransport, to provider: ProviderDescription, at asked: @autoclosure () -> Target?,
        data: @autoclosure () -> Target?, client: String? = nil, operation: String = ""
    ) -> any HTTPTransport {
        guard !provider.quotas.isEmpty else { return transport }
        if let data = data(), let asked = asked(), !asked.origin.isServer(of: data.origin) { return transport }
        let claims = QuotaClaim.all(provider, client: client, operation: operation)
        return claims.isEmpty ? transport : CountedTransport(base: transport, quotas: self, claims: claims)
    }
}
