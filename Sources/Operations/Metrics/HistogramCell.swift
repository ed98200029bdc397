import Metrics
import Synchronization

/// The upper bounds of a histogram's buckets, in seconds for timers; the last bucket has none.
enum HistogramBounds {
    /// From 5 ms to 10 s, the defaults of Prometheus' own clients.
    static let recorder: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// With finer steps for calls that stay on the machine.
    static let timer: [Double] = [0.0005, 0.001, 0.002] + recorder
}

/// How often values fell into each of the fixed buckets, and their sum.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    let name: String
    let labels: String
    private let bounds: [Double]
    private let buckets = InlineArray<15, Atomic<UInt64>> { _ in Atomic(0) }
    private let sum = AtomicDouble()

    /// - Parameter bounds: ascending, 14 at most.
    init(name: String, labels: String, bounds: [Double]) {
        self.name = name
        self.labels = labels
        self.bounds = bounds
    }

    func record(_ value: Int64) { record(Double(value)) }

    /// Counts the value; one that is no finite number is ignored, since it would spoil the sum for good.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(max(0, duration)) / 1_000_000_000) }

    func write(into text: inout String) {
        var count: UInt64 = 0
        for (index, bound) in (bounds + [.infinity]).enumerated() {
            count += buckets[index].load(ordering: .relaxed)
            text += line(String(count), suffix: "_bucket", extra: "le=\"\(MetricNames.number(bound))\"")
        }
        text += line(MetricNames.number(sum.value), suffix: "_sum")
        text += line(String(count), suffix: "_count")
    }
}
