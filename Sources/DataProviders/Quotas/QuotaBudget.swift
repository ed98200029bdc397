import Metrics

/// One budget of a provider as a process counts it, with its metrics.
package struct QuotaBudget {
    package var window: QuotaWindow
    private let remaining: Gauge
    private let refused: Counter

    /// - Parameter places: how many of the budget's places are this process's; nil: all.
    package init(_ claim: QuotaClaim, places: Int? = nil) {
        window = QuotaWindow(calls: places ?? claim.quota.calls, period: .seconds(claim.quota.period))
        let labels = [
            ("provider", claim.provider), ("part", claim.part),
            ("quota", "\(claim.quota.calls)/\(claim.quota.period)s"),
        ]
        remaining = Gauge(label: "unefois_provider_quota_remaining", dimensions: labels)
        refused = Counter(label: "unefois_provider_quota_refusals", dimensions: labels)
    }

    package mutating func take(at now: Duration) -> QuotaWindow.Decision {
        let decision = window.take(at: now)
        recordRemaining(at: now)
        return decision
    }

    package func countRefusal() { refused.increment() }

    package mutating func recordRemaining(at now: Duration) { remaining.record(window.remaining(at: now)) }
}
