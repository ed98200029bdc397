import Metrics
import Synchronization

/// Keeps the metrics of the process and writes them in Prometheus' text format 0.0.4.
///
/// Making a handle takes a lock, using one does not: make each once, at start. Two handles of one name and one set of
/// labels count in one series. Nothing is pushed anywhere; the admin port serves ``exposition()``.
public final class PrometheusRegistry: MetricsFactory {
    /// The media type of ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [String: MetricFamily] = [:]
        var help: [String: String] = [:]
        var folded: [String: Int64] = [:]
        var conflicts: Int64 = 0
    }

    private let state = Mutex(State())
    private let seriesLimit: Int
    private let usage: @Sendable () -> ProcessUsage?

    /// - Parameters:
    ///   - seriesLimit: the most sets of labels of one metric. Those beyond count together under `other="true"`.
    ///   - usage: what the process uses, asked at each scrape; nil leaves it out.
    public init(seriesLimit: Int = 1000, usage: @escaping @Sendable () -> ProcessUsage? = { ProcessUsage.current() }) {
        self.seriesLimit = seriesLimit
        self.usage = usage
    }

    /// Says what a metric means, for `# HELP`. `label` is the name its handle was made with.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[label] = help }
    }

    /// Every series, sorted by name and labels, then what the process uses.
    public func exposition() -> String {
        let (families, help, folded, conflicts) = state.withLock { ($0.families, $0.help, $0.folded, $0.conflicts) }
        var text = ""
        for (_, family) in families.sorted(by: { $0.key < $1.key }) where !family.cells.isEmpty {
            family.write(help: help[family.label], into: &text)
        }
        writeOwn(folded: folded, conflicts: conflicts, into: &text)
        usage()?.write(into: &text)
        return text
    }

    private func writeOwn(folded: [String: Int64], conflicts: Int64, into text: inout String) {
        let sets = MetricFamily(label: "unefois_metrics_folded", name: "unefois_metrics_folded_total", shape: .counter)
        let foldedCells = folded.map { name, count in
            let cell = CounterCell(name: sets.name, labels: MetricNames.labels([("metric", name)]))
            cell.increment(by: count)
            return cell
        }
        sets.write(foldedCells, help: "Sets of labels beyond the limit of a metric", into: &text)
        let refused = MetricFamily(
            label: "unefois_metrics_conflicts", name: "unefois_metrics_conflicts_total", shape: .counter)
        let cell = CounterCell(name: refused.name, labels: "")
        cell.increment(by: conflicts)
        refused.write([cell], help: "Handles not exposed: another kind has their name", into: &text)
    }

    /// The cell of a series, made where it is new.
    ///
    /// A name that another kind of metric has already taken gives a cell that works but is not exposed.
    func cell<Cell: MetricCell>(
        _ label: String, _ dimensions: [(String, String)], shape: MetricShape, make: (_ name: String, String) -> Cell
    ) -> Cell {
        let name = MetricNames.metric(label, suffix: shape.suffix)
        let labels = MetricNames.labels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? MetricFamily(label: label, name: name, shape: shape)
            guard family.shape == shape else {
                state.conflicts += 1
                return make(name, labels)
            }
            var key = labels
            if family.cells[key] == nil, family.count >= seriesLimit {
                key = MetricFamily.other
                state.folded[name, default: 0] += 1
            }
            if let known = family.cells[key] as? Cell { return known }
            let cell = make(name, key)
            family.cells[key] = cell
            state.families[name] = family
            return cell
        }
    }

    /// Forgets the series of a handle. The one that gathers folded sets of labels stays, since others count in it.
    func forget(_ handler: AnyObject) {
        guard let cell = handler as? any MetricCell, cell.labels != MetricFamily.other else { return }
        state.withLock { state in
            guard state.families[cell.name]?.cells[cell.labels] === cell else { return }
            state.families[cell.name]?.cells[cell.labels] = nil
        }
    }
}
