/// One remark of the catalogue's compiler, at the place it speaks of.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning }

    public let severity: Severity
    /// Path of the file, relative to the catalogue's folder.
    public let file: String
    /// Line, from 1.
    public let line: Int
    public let message: String

    /// `file:line: error: message`, as compilers print.
    public var description: String { "\(file):\(line): \(severity.rawValue): \(message)" }
}

/// The catalogue does not compile; every fault found is here.
public struct CatalogueFault: Error, CustomStringConvertible {
    public let diagnostics: [Diagnostic]
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Where the compiler's passes leave their remarks.
final class Diagnostics {
    private(set) var all: [Diagnostic] = []
    var hasErrors: Bool { all.contains { $0.severity == .error } }

    func error(_ message: String, at element: Element) {
        let remark = Diagnostic(severity: .error, file: element.file, line: element.line, message: message)
        if !all.contains(remark) { all.append(remark) }
    }

    func error(_ message: String, file: String, line: Int = 1) {
        all.append(Diagnostic(severity: .error, file: file, line: line, message: message))
    }

    /// Errors in the order of files and lines.
    var sorted: [Diagnostic] { all.sorted { ($0.file, $0.line) < ($1.file, $1.line) } }
}
