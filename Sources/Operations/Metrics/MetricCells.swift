import Metrics
import Synchronization

/// What one series holds. Recording is lock-free: no call ever waits for another one or for a scrape.
protocol MetricCell: AnyObject, Sendable {
    /// The name of the metric, as exposed.
    var name: String { get }
    /// The labels as exposed, without braces.
    var labels: String { get }
    /// Appends the samples of the series, one a line.
    func write(into text: inout String)
}

extension MetricCell {
    func line(_ value: String, suffix: String = "", extra: String = "") -> String {
        let all = [labels, extra].filter { !$0.isEmpty }.joined(separator: ",")
        return "\(name)\(suffix)\(all.isEmpty ? "" : "{\(all)}") \(value)\n"
    }
}

/// A number with a fraction that many threads add to.
struct AtomicDouble: ~Copyable, Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, found) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = found
        }
    }
}

/// A number that only grows. Amounts below zero, and those that are no number, are ignored.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    let name: String
    let labels: String
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicDouble()

    init(name: String, labels: String) {
        self.name = name
        self.labels = labels
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.set(0)
    }

    func write(into text: inout String) {
        let whole = whole.load(ordering: .relaxed)
        let fraction = fraction.value
        text += line(fraction == 0 ? String(whole) : MetricNames.number(Double(whole) + fraction))
    }
}

/// A number that goes up and down.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    let name: String
    let labels: String
    private let current = AtomicDouble()

    init(name: String, labels: String) {
        self.name = name
        self.labels = labels
    }

    func set(_ value: Int64) { current.set(Double(value)) }
    func set(_ value: Double) { current.set(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(into text: inout String) { text += line(MetricNames.number(current.value)) }
}
