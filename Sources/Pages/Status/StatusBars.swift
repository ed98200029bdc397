import ProviderHealth

/// The last 90 days as bars, one a day: the lower a bar, the worse the day, so that colour is not needed to read them.
struct StatusBars {
    private let states: [HealthState]
    private let wording: StatusWording

    init(days: [StatusReport.Day], wording: StatusWording) {
        states = days.map(\.tally.telling)
        self.wording = wording
    }

    private static let height = 32
    private static let heights: [HealthState: Int] = [.ok: 32, .maintenance: 24, .degraded: 18, .down: 10, .unknown: 3]

    /// Days with trouble.
    var troubled: Int { states.filter(\.isBad).count }

    var row: Row {
        [
            "barsWidth": String(states.count * 6), "barsText": text,
            "bars": HealthState.allCases.compactMap { state -> Row? in
                let outline = states.indices.filter { states[$0] == state }.map { index -> String in
                    let height = Self.heights[state] ?? 0
                    return "M\(index * 6) \(Self.height - height)h5v\(height)h-5z"
                }
                return outline.isEmpty ? nil : ["barState": state.rawValue, "barPath": outline.joined()]
            },
        ]
    }

    /// What the bars show, in words.
    private var text: String {
        let counts = HealthState.allCases.compactMap { state -> String? in
            let count = states.filter { $0 == state }.count
            return count == 0 ? nil : wording.messages.count("status.dayCount.\(state.rawValue)", count)
        }
        return wording.messages.text("status.barsText", ["counts": counts.joined(separator: ", ")])
    }

    /// The shapes and what they mean.
    static func legend(_ wording: StatusWording) -> [Row] {
        HealthState.allCases.map { state in
            let height = heights[state] ?? 0
            return [
                "barState": state.rawValue, "barPath": "M0 \(Self.height - height)h5v\(height)h-5z",
                "legendText": wording.state(state),
            ]
        }
    }
}
