import Values

/// A program that puts a call, in one language, ready to be copied.
///
/// The token is read from an environment variable: never in the program, never in the address.
public struct CodeSample: Sendable {
    /// Languages in the order of the page.
    public enum Language: String, Sendable, CaseIterable {
        case curl, swift, python, php, javascript, ruby, java
    }

    public let language: Language
    public let text: String

    /// The call in that language.
    /// - Parameter publicURL: address of the service, without a closing slash.
    public init(_ language: Language, of call: CallExample, publicURL: String) {
        self.language = language
        let variable = Self.tokenVariable(call.operation)
        guard language != .curl else {
            text = call.curl(publicURL: publicURL, token: "$" + variable)
            return
        }
        func literal(_ value: String) -> String { language.literal(value) }
        let values = call.query.map { language.pair(literal($0.0), literal($0.1)) }
        text = language.program
            .replacing("<<URL>>", with: literal(publicURL + call.path))
            .replacing("<<TOKEN>>", with: variable)
            .replacing("<<VALUES>>", with: values.map { language.indent + $0 }.joined(separator: ",\n"))
    }

    /// The environment variable that holds the token: that of the grant, or that of the person's FranceConnect session.
    public static func tokenVariable(_ operation: APIOperation) -> String {
        operation.identity == .franceConnect ? "JETON_FRANCECONNECT" : "JETON"
    }
}

extension CodeSample.Language {
    /// A string literal of the language that is that text and nothing more.
    func literal(_ text: String) -> String {
        switch self {
        case .curl: CallExample.quoted(text)
        // Single quotes: neither variables nor escapes, but for the quote and the backslash.
        case .php, .ruby: "'" + text.flatMap { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) } + "'"
        // A backslash in Swift opens an interpolation too; doubled, it is itself.
        case .swift, .python, .javascript, .java: Self.quoted(text)
        }
    }

    /// Double quotes; what is not printable ASCII stands as it is, control characters aside, which no call has.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.filter { $0.value >= 0x20 }
            .map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
        return "\"" + escaped.joined() + "\""
    }

    /// A name and its value as one line of a list.
    func pair(_ name: String, _ value: String) -> String {
        switch self {
        case .curl: "\(name)=\(value)"
        case .python, .swift: "(\(name), \(value))"
        case .php, .javascript, .ruby: "[\(name), \(value)]"
        case .java: "{\(name), \(value)}"
        }
    }

    var indent: String { self == .java ? "            " : self == .javascript || self == .ruby ? "  " : "    " }

    /// The program, with `<<URL>>`, `<<TOKEN>>` and `<<VALUES>>` to be filled in.
    var program: String {
        switch self {
        case .curl: ""
        case .swift: SamplePrograms.swift
        case .python: SamplePrograms.python
        case .php: SamplePrograms.php
        case .javascript: SamplePrograms.javascript
        case .ruby: SamplePrograms.ruby
        case .java: SamplePrograms.java
        }
    }
}
