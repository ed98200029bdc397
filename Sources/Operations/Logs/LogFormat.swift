/// The form of the log.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For a person at a terminal.
    case readable = "lisible"
    /// One JSON object a line, for a machine.
    case json
}
