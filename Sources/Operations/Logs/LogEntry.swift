import Foundation
import Logging

/// One line to come: everything the caller had at hand, not yet made into text.
struct LogEntry: Sendable {
    let time: Date
    let level: Logger.Level
    let label: String
    let message: String
    var error: (any Error)?
    /// What the logger carries, what the task provides, what the call gives: the later wins.
    var metadata: [Logger.Metadata] = []

    /// The metadata as one, in the order of keys.
    var fields: [(key: String, value: Logger.MetadataValue)] {
        var merged: Logger.Metadata = [:]
        for part in metadata { merged.merge(part) { _, later in later } }
        return merged.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
