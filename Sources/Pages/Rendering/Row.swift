import Mustache

/// What a template sees of one thing: names with their values, read without reflection.
///
/// A name whose value is nil or an empty text is known and shows nothing, so that a section on it is skipped and the
/// name is not looked for further out.
struct Row: MustacheParent, ExpressibleByDictionaryLiteral, Sendable {
    private var values: [String: any Sendable] = [:]

    init(dictionaryLiteral elements: (String, (any Sendable)?)...) {
        for (name, value) in elements { self[name] = value }
    }

    subscript(name: String) -> (any Sendable)? {
        get { values[name] }
        set { values[name] = newValue.flatMap { ($0 as? String)?.isEmpty == true ? nil : $0 } ?? Nothing() }
    }

    func child(named name: String) -> Any? { values[name] }
}

/// The value of a name that has none.
private struct Nothing: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}
