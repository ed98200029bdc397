import Metrics
import Synchronization
import Values

/// What is under way to each provider, within bounds: one that is slow must not hold the whole hub, nor be asked again
/// and again.
public final class Traffic: Sendable {
    private let providers = Mutex<[String: ProviderTraffic]>([:])
    private let limit: Int
    private let breakers: Breakers

    /// Exchanges with one provider at once where no setting says otherwise: with answers in a tenth of a second, 2,560 a
    /// second.
    public static let standardLimit = 256

    /// - Parameters:
    ///   - limit: exchanges with one provider at once.
    ///   - breakers: a provider one of whose breakers is not closed is asked nothing again.
    public init(limit: Int = standardLimit, breakers: Breakers) {
        self.limit = limit
        self.breakers = breakers
    }

    func of(_ provider: String) -> ProviderTraffic {
        providers.withLock { providers in
            if let found = providers[provider] { return found }
            let made = ProviderTraffic(provider, limit: limit, breakers)
            providers[provider] = made
            return made
        }
    }
}

/// The exchanges under way with one provider, and how many may be tried again.
final class ProviderTraffic: Sendable {
    /// A retry costs ten exchanges' worth: retries are at most a tenth of them, and ten after a quiet time.
    private static let retryCost = 10
    private static let mostSaved = 100

    private let provider: String
    private let limit: Int
    private let breakers: Breakers
    private let underWay = Atomic(0)
    private let saved = Atomic(ProviderTraffic.mostSaved)
    private let withheld: Counter
    private let retries: Counter

    init(_ provider: String, limit: Int, _ breakers: Breakers) {
        self.provider = provider
        self.limit = limit
        self.breakers = breakers
        withheld = Counter(label: "unefois_provider_withheld", dimensions: [("provider", provider)])
        retries = Counter(label: "unefois_provider_retries", dimensions: [("provider", provider)])
    }

    /// Sends a request unless too many are under way, within what is left of the call's time.
    /// - Parameter limit: the most that this one exchange may take.
    func send(
        _ request: consuming ProviderRequest, over network: any HTTPTransport, by deadline: Deadline?,
        atMost limit: Duration
    ) async throws(TransportFailure) -> ProviderResponse {
        let time = min(limit, deadline?.remaining ?? limit)
        guard time > .zero else { throw .timeout }
        guard enter() else { throw .withheld(code: "00472", retryIn: 1) }
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        request.traffic = self
        return try await network.send(request, timeout: time)
    }

    private func enter() -> Bool {
        guard underWay.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            underWay.wrappingSubtract(1, ordering: .relaxed)
            withheld.increment()
            return false
        }
        if saved.load(ordering: .relaxed) < Self.mostSaved { saved.wrappingAdd(1, ordering: .relaxed) }
        return true
    }

    /// Takes one retry from the budget; false where there is none left, or where the provider fails already.
    func takesRetry() -> Bool {
        guard breakers.areClosed(provider) else { return false }
        guard saved.wrappingSubtract(Self.retryCost, ordering: .relaxed).newValue >= 0 else {
            saved.wrappingAdd(Self.retryCost, ordering: .relaxed)
            return false
        }
        retries.increment()
        return true
    }
}
