import CatalogueModel
import Synchronization

/// What a request counts for: one quota of a provider, in the part of it that is counted apart.
public struct QuotaClaim: Sendable, Hashable {
    public let provider: String
    /// The client or operation counted apart; empty: all of the provider's.
    public let part: String
    public let quota: ProviderQuota

    /// The claims of a request.
    static func all(_ provider: ProviderDescription, client: String?, operation: String) -> [QuotaClaim] {
        provider.quotas.compactMap { quota in
            guard quota.concerns(client: client, operation: operation) else { return nil }
            let part =
                switch quota.each {
                case .provider: ""
                case .client: client ?? ""
                case .operation: operation
                }
            return QuotaClaim(provider: provider.id, part: part, quota: quota)
        }
    }
}

/// Keeps the hub within what providers take. One process counts for itself; several share places.
public protocol QuotaKeeping: Sendable {
    /// Takes a place in every one of these budgets, or in none; nil where all had one, else the budget that has none
    /// and the time after which a new try makes sense.
    func take(_ claims: [QuotaClaim]) async -> (full: QuotaClaim, retryIn: Duration)?
    /// Tells that an exchange that had its places has ended, well or not.
    func end(_ claims: [QuotaClaim]) async
    /// Brings the metrics of what remains up to date: places come back while nobody asks.
    func refreshMetrics()
}

/// The budgets of one process.
public final class LocalQuotas: QuotaKeeping {
    private let budgets = Mutex<[QuotaClaim: QuotaBudget]>([:])
    private let elapsed: @Sendable () -> Duration

    /// - Parameter elapsed: the time since some fixed instant, which never goes back.
    public init(elapsed: @escaping @Sendable () -> Duration) { self.elapsed = elapsed }

    /// Budgets on the machine's clock.
    public convenience init() {
        let origin = ContinuousClock.now
        self.init { origin.duration(to: .now) }
    }

    public func take(_ claims: [QuotaClaim]) -> (full: QuotaClaim, retryIn: Duration)? {
        budgets.withLock { budgets in
            let now = elapsed()
            for (index, claim) in claims.enumerated() {
                guard case .refuse(let retryIn) = budgets[claim, default: QuotaBudget(claim)].take(at: now) else {
                    continue
                }
                budgets[claim]?.countRefusal()
                for taken in claims[..<index] { budgets[taken]?.window.giveBack() }
                return (claim, retryIn)
            }
            return nil
        }
    }

    public func end(_ claims: [QuotaClaim]) {
        budgets.withLock { budgets in
            let now = elapsed()
            for claim in claims { budgets[claim]?.window.end(at: now) }
        }
    }

    public func refreshMetrics() {
        budgets.withLock { budgets in
            let now = elapsed()
            for claim in budgets.keys { budgets[claim]?.recordRemaining(at: now) }
        }
    }
}

/// No budget at all, for replays of recorded answers.
public struct NoQuotas: QuotaKeeping {
    public init() {}
    public func take(_ claims: [QuotaClaim]) -> (full: QuotaClaim, retryIn: Duration)? { nil }
    public func end(_ claims: [QuotaClaim]) {}
    public func refreshMetrics() {}
}
