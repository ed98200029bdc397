import Foundation
import Values

/// A call with its values, as a command line and as a path with its query.
public struct CallExample: Sendable {
    public let operation: APIOperation
    /// Values by name on the wire; a list may have several.
    public let values: [(name: String, values: [String])]

    /// The values of the catalogue's examples.
    public init(_ operation: APIOperation) {
        let examples = Dictionary(
            operation.example.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let own = operation.parameters.map { parameter -> (name: String, values: [String]) in
            let isLeftOut = !examples.isEmpty && !parameter.isRequired
            let value = examples[parameter.name] ?? (isLeftOut ? nil : parameter.example)
            return (parameter.name, value?.items?.compactMap(\.text) ?? value?.text.map { [$0] } ?? [])
        }
        self.init(operation, values: own + Self.traces(operation))
    }

    /// What a call must say about itself, by example.
    public static func traces(_ operation: APIOperation) -> [(name: String, values: [String])] {
        operation.traceParameters.map { (name: $0.name, values: [$0.example]) }
    }

    /// Those values and no others.
    public init(_ operation: APIOperation, values: [(name: String, values: [String])]) {
        self.operation = operation
        self.values = values
    }

    /// The path with its variables filled in.
    public var path: String {
        values.reduce(operation.route) { path, entry in
            let plain = Self.plain(entry.name)
            let value = entry.values.first?.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
            return path.replacingOccurrences(of: "{\(plain)}", with: value)
        }
    }

    /// Names and values of the query.
    public var query: [(String, String)] {
        values.filter { !operation.route.contains("{\(Self.plain($0.name))}") }
            .flatMap { entry in entry.values.map { (entry.name, $0) } }
    }

    /// A command for a POSIX shell; `token` is put between double quotes, so that it may be a variable.
    public func curl(publicURL: String, token: String) -> String {
        var start = ["curl --get \(Self.quoted(publicURL + path))"]
        if operation.identity != .nobody {
            let header = operation.identity == .franceConnect ? "$JETON_FRANCECONNECT" : token
            start.append("--header \"Authorization: Bearer \(header)\"")
        }
        return (start + query.map { "--data-urlencode \(Self.quoted("\($0.0)=\($0.1)"))" }).joined(separator: " \\\n  ")
    }

    private static let unreserved = CharacterSet(charactersIn: "-._~").union(.init(charactersIn: "0"..."9"))
        .union(.init(charactersIn: "a"..."z")).union(.init(charactersIn: "A"..."Z"))

    private static func plain(_ name: String) -> String { name.hasSuffix("[]") ? String(name.dropLast(2)) : name }

    static func quoted(_ text: String) -> String {
        "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
    }
}
