import CatalogueModel
import Foundation
import Values

/// A call with its values, as a command line and as a path with its query.
struct CallExample: Sendable {
    let operation: APIOperation
    /// Values by name on the wire; a list may have several.
    let values: [(name: String, values: [String])]

    /// The values of a fictional person or company, else those of the catalogue's examples.
    init(_ operation: APIOperation, subject: SandboxInformation.Subject?) {
        let examples = Dictionary(
            operation.example.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let own = operation.parameters.map { parameter -> (name: String, values: [String]) in
            if let subject { return (parameter.name, subject.parameters[parameter.name] ?? []) }
            let isLeftOut = !examples.isEmpty && !parameter.isRequired
            let value = examples[parameter.name] ?? (isLeftOut ? nil : parameter.example)
            return (parameter.name, value?.items?.compactMap(\.text) ?? value?.text.map { [$0] } ?? [])
        }
        let traces = operation.traceParameters.map { (name: $0.name, values: [$0.example]) }
        self.init(operation, values: own + traces)
    }

    init(_ operation: APIOperation, values: [(name: String, values: [String])]) {
        self.operation = operation
        self.values = values
    }

    /// The path with its variables filled in.
    var path: String {
        values.reduce(operation.route) { path, entry in
            let plain = Self.plain(entry.name)
            let value = entry.values.first?.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
            return path.replacingOccurrences(of: "{\(plain)}", with: value)
        }
    }

    /// Names and values of the query.
    var query: [(String, String)] {
        values.filter { !operation.route.contains("{\(Self.plain($0.name))}") }
            .flatMap { entry in entry.values.map { (entry.name, $0) } }
    }

    /// A command for a POSIX shell; `token` is put between double quotes, so that it may be a variable.
    func curl(publicURL: String, token: String) -> String {
        let header = operation.identity == .franceConnect ? "$JETON_FRANCECONNECT" : token
        let start = ["curl --get \(Self.quoted(publicURL + path))", "--header \"Authorization: Bearer \(header)\""]
        return (start + query.map { "--data-urlencode \(Self.quoted("\($0.0)=\($0.1)"))" }).joined(separator: " \\\n  ")
    }

    private static let unreserved = CharacterSet(charactersIn: "-._~").union(.init(charactersIn: "0"..."9"))
        .union(.init(charactersIn: "a"..."z")).union(.init(charactersIn: "A"..."Z"))

    private static func plain(_ name: String) -> String { name.hasSuffix("[]") ? String(name.dropLast(2)) : name }

    private static func quoted(_ text: String) -> String {
        "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
    }
}

extension SandboxInformation {
    /// Those that an operation can be tried with.
    func subjects(for operation: APIOperation) -> [Subject] {
        subjects.filter { subject in
            func knows(_ parameter: Parameter) -> Bool { subject.parameters[parameter.name]?.isEmpty == false }
            if let operations = subject.operations, !operations.contains(operation.id) { return false }
            guard operation.parameters.filter(\.isRequired).allSatisfy(knows) else { return false }
            if operation.identity == .franceConnect { return subject.franceConnectToken != nil }
            return subject.operations != nil || operation.parameters.contains(where: knows)
        }
    }
}
