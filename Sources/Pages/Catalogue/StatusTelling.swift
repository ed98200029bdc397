/// Tells how the service and its providers are doing, for the pages that show a line of it.
public protocol StatusTelling: Sendable {
    /// Address of the page that tells all of it.
    var path: String { get }

    /// How a provider is doing now; nil where nothing is known.
    func line(provider: String) async -> StatusLine?
}

/// How a provider is doing, in a few words.
public struct StatusLine: Sendable {
    public enum Level: String, Sendable { case fine, troubled, down }

    public let level: Level
    /// In French, for everybody.
    public let text: String

    public init(level: Level, text: String) {
        self.level = level
        self.text = text
    }
}
