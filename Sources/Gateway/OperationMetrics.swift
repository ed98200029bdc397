import Metrics

/// Handles of an operation's metrics, made once: labels are operations and outcomes, never parameters.
final class OperationMetrics: Sendable {
    private let outcomes: [Counter]
    private let duration: Timer
    private let providerDuration: Timer
    private let cached: Counter
    /// What the provider made of the last questions.
    let recent = RecentCalls()

    init(operation: String) {
        outcomes = (2...5).map { family in
            Counter(label: "unefois_calls", dimensions: [("operation", operation), ("outcome", "\(family)xx")])
        }
        duration = Timer(label: "unefois_call_duration_seconds", dimensions: [("operation", operation)])
        providerDuration = Timer(label: "unefois_provider_duration_seconds", dimensions: [("operation", operation)])
        cached = Counter(label: "unefois_cached_answers", dimensions: [("operation", operation)])
    }

    func record(status: Int, total: Int, provider: Int, cached isCached: Bool) {
        outcomes[min(max(status / 100, 2), 5) - 2].increment()
        duration.recordMicroseconds(total)
        if provider > 0 { providerDuration.recordMicroseconds(provider) }
        if isCached { cached.increment() }
    }
}
