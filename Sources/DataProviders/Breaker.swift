import CatalogueModel
import Synchronization

/// A circuit breaker: after repeated failures of a provider, calls to it are answered at once for a while, so that
/// neither the provider nor the callers are worn out.
///
/// A pure machine; time is given in seconds of a monotonic clock.
public struct Breaker: Sendable, Equatable {
    public enum Decision: Equatable, Sendable {
        case allow
        /// Refused; a new try makes sense after so many seconds.
        case refuse(retryIn: Int)
    }

    private enum State: Equatable {
        case closed(failures: Int)
        case open(until: Double)
        /// One call is let through to see.
        case probing(since: Double)
    }

    /// Consecutive failures that open it.
    public let threshold: Int
    /// Seconds for which it stays open.
    public let rest: Double
    private var state = State.closed(failures: 0)

    public init(threshold: Int = 10, rest: Double = 5) {
        self.threshold = threshold
        self.rest = rest
    }

    /// Asks for one call.
    public mutating func ask(at now: Double) -> Decision {
        switch state {
        case .closed: return .allow
        case .open(let until):
            guard now >= until else { return .refuse(retryIn: max(1, Int((until - now).rounded(.up)))) }
            state = .probing(since: now)
            return .allow
        case .probing(let since):
            // A probe that never came back must not close the provider for ever.
            guard now - since > 30 else { return .refuse(retryIn: 1) }
            state = .probing(since: now)
            return .allow
        }
    }

    /// Tells how an allowed call went.
    public mutating func record(success: Bool, at now: Double) {
        if success {
            state = .closed(failures: 0)
            return
        }
        switch state {
        case .closed(let failures) where failures + 1 < threshold: state = .closed(failures: failures + 1)
        default: state = .open(until: now + rest)
        }
    }

    /// Gives back the right to probe of a call that met no provider.
    public mutating func release() {
        if case .probing = state { state = .open(until: 0) }
    }

    /// True where calls pass.
    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// True where a call of that moment would be refused.
    public func refuses(at now: Double) -> Bool {
        var asked = self
        return asked.ask(at: now) != .allow
    }
}

/// What answers as one: an address of a provider. A service of a provider may be down while its others answer.
struct Endpoint: Hashable {
    let provider: String
    /// Name of the address; empty where the provider has one service only.
    let address: String
    /// Time for a whole question to it.
    let timeout: Duration

    static func == (left: Self, right: Self) -> Bool {
        left.address == right.address && left.provider == right.provider
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(provider)
        hasher.combine(address)
    }
}

extension Endpoint {
    init(_ provider: ProviderDescription, _ plan: RequestPlan) {
        self.init(provider: provider.id, address: plan.address, timeout: plan.timeout)
    }
}

extension APIOperation {
    /// Where its question goes. The longest time of its ways of asking holds for all: which one is taken may depend on
    /// what is found out before.
    var endpoint: Endpoint {
        Endpoint(
            provider: provider.id, address: plans.first?.address ?? "",
            timeout: plans.reduce(Duration.zero) { max($0, $1.timeout) })
    }
}

/// The breakers of all providers, one for each address.
public final class Breakers: Sendable {
    private let states = Mutex<[Endpoint: Breaker]>([:])
    private let origin = ContinuousClock.now
    private let model: Breaker

    public init(model: Breaker = Breaker()) { self.model = model }

    private var now: Double {
        Double(origin.duration(to: .now).nanoseconds) / 1e9
    }

    func ask(_ endpoint: Endpoint) -> Breaker.Decision {
        let now = now
        return states.withLock { $0[endpoint, default: model].ask(at: now) }
    }

    func record(_ endpoint: Endpoint, success: Bool) {
        let now = now
        states.withLock {
            $0[endpoint, default: model].record(success: success, at: now)
        }
    }

    func release(_ endpoint: Endpoint) {
        states.withLock { $0[endpoint]?.release() }
    }

    /// True where no address of the provider fails.
    func areClosed(_ provider: String) -> Bool {
        states.withLock { $0.allSatisfy { $0.provider != provider || $1.isClosed } }
    }

    /// Providers of which no address that was asked takes a call now.
    public var open: [String] {
        let now = now
        return states.withLock { states in
            Dictionary(grouping: states, by: \.key.provider)
                .filter { $0.value.allSatisfy { $0.value.refuses(at: now) } }.keys.sorted()
        }
    }
}
