/// The kinds of metrics, which no two metrics of one name may mix.
enum MetricShape: Sendable {
    case counter, gauge, histogram, timer

    var suffix: String {
        switch self {
        case .counter: "_total"
        case .timer: "_seconds"
        case .gauge, .histogram: ""
        }
    }

    /// The word of `# TYPE`.
    var type: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram, .timer: "histogram"
        }
    }
}

/// All series of one metric.
struct MetricFamily: Sendable {
    /// The labels of the series that gathers those beyond the limit.
    static let other = "other=\"true\""

    let label: String
    let name: String
    let shape: MetricShape
    var cells: [String: any MetricCell] = [:]

    /// How many series there are, without the one that gathers the rest.
    var count: Int { cells.count - (cells[Self.other] == nil ? 0 : 1) }

    func write(help: String?, into text: inout String) {
        write(cells.sorted { $0.key < $1.key }.map(\.value), help: help ?? label, into: &text)
    }

    func write(_ cells: [any MetricCell], help: String, into text: inout String) {
        guard !cells.isEmpty else { return }
        text += "# HELP \(name) \(MetricNames.help(help))\n# TYPE \(name) \(shape.type)\n"
        for cell in cells { cell.write(into: &text) }
    }
}
