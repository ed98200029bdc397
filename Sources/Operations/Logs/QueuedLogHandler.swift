import Foundation
import Logging

/// Hands log events to a ``LogOutput`` as they are: metadata is kept raw and becomes text only on the way out.
///
/// Setting metadata on a logger costs a dictionary entry, no rendering, even at levels that are not logged.
public struct QueuedLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - label: the name of the logger.
    ///   - now: the clock that dates the lines.
    public init(
        label: String, output: LogOutput, logLevel: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.label = label
        self.output = output
        self.logLevel = logLevel
        self.metadataProvider = metadataProvider
        self.now = now
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var parts: [Logger.Metadata] = []
        if !metadata.isEmpty { parts.append(metadata) }
        if let provided = metadataProvider?.get(), !provided.isEmpty { parts.append(provided) }
        if let given = event.metadata, !given.isEmpty { parts.append(given) }
        output.add(
            LogEntry(
                time: now(), level: event.level, label: label, message: event.message.description,
                error: event.error, metadata: parts))
    }
}
