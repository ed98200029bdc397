import Foundation
import Logging
import Values

extension LogEntry {
    /// Appends the entry in `format`, with its end of line.
    func write(_ format: LogFormat, into bytes: inout [UInt8]) {
        switch format {
        case .json: bytes += json.bytes
        case .readable: bytes.append(contentsOf: readable.utf8)
        }
        bytes.append(0x0A)
    }

    /// The entry as one object; `time` is RFC 3339 in UTC, to the millisecond.
    var json: JSON {
        var members: [JSON.Member] = [
            .init("time", .string(timestamp)), .init("level", .string(level.rawValue)),
            .init("label", .string(label)), .init("message", .string(message)),
        ]
        if let error { members.append(.init("error", .string("\(error)"))) }
        let fields = fields
        if !fields.isEmpty {
            members.append(.init("metadata", .object(fields.map { .init($0.key, JSON($0.value)) })))
        }
        return .object(members)
    }

    /// The entry as one line for a person.
    var readable: String {
        var line = "\(timestamp) \(level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)) "
        line += "\(label.onOneLine): \(message.onOneLine)"
        if let error { line += " error=\("\(error)".quoted)" }
        for (key, value) in fields {
            line += " \(key.onOneLine)=" + (JSON(value).text?.quoted ?? JSON(value).serialized.onOneLine)
        }
        return line
    }

    private var timestamp: String {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(time)
    }
}

extension JSON {
    /// Metadata as JSON: whole numbers and booleans keep their type, the rest is text.
    init(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .stringConvertible(let number as Int): self = .integer(number)
        case .stringConvertible(let flag as Bool): self = .bool(flag)
        case .stringConvertible(let other): self = .string(other.description)
        case .array(let items): self = .array(items.map(JSON.init))
        case .dictionary(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, JSON($0.value)) })
        }
    }
}

extension String {
    // A caller that can write an end of line, or a terminal's escape codes, could forge or hide lines (CWE-117).
    fileprivate var onOneLine: String {
        guard unicodeScalars.contains(where: \.isUnsafeInLine) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isUnsafeInLine {
                text += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    fileprivate var quoted: String {
        let needsQuotes = isEmpty || contains { $0.isWhitespace || $0 == "=" || $0 == "\"" }
        return needsQuotes ? JSON.string(self).serialized.onOneLine : onOneLine
    }
}

extension Unicode.Scalar {
    fileprivate var isUnsafeInLine: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        return [.control, .format, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}
