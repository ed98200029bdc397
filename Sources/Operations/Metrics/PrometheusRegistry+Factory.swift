import Metrics

extension PrometheusRegistry {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, dimensions, shape: .counter, make: CounterCell.init)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(label, dimensions, shape: .counter, make: CounterCell.init)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, dimensions, shape: .gauge, make: GaugeCell.init)
    }

    /// A histogram, or a gauge of the last value where `aggregate` is false.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return cell(label, dimensions, shape: .gauge, make: GaugeCell.init) }
        return cell(label, dimensions, shape: .histogram) { name, labels in
            HistogramCell(name: name, labels: labels, bounds: HistogramBounds.recorder)
        }
    }

    /// A histogram in seconds, whose name ends in `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, dimensions, shape: .timer) { name, labels in
            HistogramCell(name: name, labels: labels, bounds: HistogramBounds.timer)
        }
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
