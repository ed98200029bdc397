import Values
import Yams

/// A node of a YAML file that knows its place, so that each fault found in it can name file and line.
struct Element {
    let node: Node
    let file: String

    init(node: Node, file: String) {
        self.node = node
        self.file = file
    }

    /// Reads a YAML text; nil for an empty one.
    init?(yaml: String, file: String) throws {
        guard let node = try Yams.compose(yaml: yaml) else { return nil }
        self.init(node: node, file: file)
    }

    var line: Int { node.mark?.line ?? 1 }

    /// The text of a scalar; nil for the rest and for a plain null.
    var text: String? {
        guard case .scalar(let scalar) = node, !isNull else { return nil }
        return scalar.string
    }

    var isNull: Bool { node.tag.rawValue == Tag.Name.null.rawValue }

    /// True for a mapping.
    var isMapping: Bool { node.mapping != nil }

    var bool: Bool? { node.bool }
    var int: Int? { node.int }

    /// Members of a mapping in the order of the file; empty for the rest.
    var members: [(key: Element, value: Element)] {
        guard case .mapping(let mapping) = node else { return [] }
        return mapping.map { (Element(node: $0.key, file: file), Element(node: $0.value, file: file)) }
    }

    /// Items of a sequence; a single scalar counts as a list of one.
    var items: [Element] {
        switch node {
        case .sequence(let sequence): sequence.map { Element(node: $0, file: file) }
        case .scalar: isNull ? [] : [self]
        default: []
        }
    }

    /// The value of that key in a mapping.
    subscript(key: String) -> Element? {
        guard case .mapping(let mapping) = node, let value = mapping[key] else { return nil }
        return Element(node: value, file: file)
    }

    /// The mapping without those keys.
    func without(_ keys: Set<String>) -> Element {
        let rest = members.filter { !keys.contains($0.key.text ?? "") }
        return Element(node: .mapping(.init(rest.map { ($0.key.node, $0.value.node) })), file: file)
    }

    /// The texts of a list of scalars.
    var texts: [String] { items.compactMap(\.text) }

    /// Members whose values are texts.
    var textMembers: [(String, String)] {
        members.compactMap { member in
            guard let key = member.key.text, let value = member.value.text else { return nil }
            return (key, value)
        }
    }

    /// The scalar as JSON: quoted text stays text, plain numbers and booleans are themselves.
    var json: JSON {
        switch node {
        case .scalar(let scalar):
            if isNull { return .null }
            if scalar.style == .singleQuoted || scalar.style == .doubleQuoted { return .string(scalar.string) }
            if let bool = node.bool, ["true", "false"].contains(scalar.string) { return .bool(bool) }
            if let int = Int(scalar.string), String(int) == scalar.string { return .integer(int) }
            return .string(scalar.string)
        case .sequence: return .array(items.map(\.json))
        case .mapping:
            return .object(members.map { JSON.Member($0.key.text ?? "", $0.value.json) })
        case .alias: return .null
        }
    }

    /// Says which keys are not known here, with the nearest known one.
    func allow(_ keys: Set<String>, _ diagnostics: Diagnostics) {
        for member in members {
            guard let key = member.key.text, !keys.contains(key) else { continue }
            let nearest = keys.min { distance($0, key) < distance($1, key) }
            let hint = nearest.flatMap { distance($0, key) <= 3 ? "; did you mean '\($0)'?" : nil } ?? ""
            diagnostics.error("unknown key '\(key)'\(hint)", at: member.key)
        }
    }
}

/// Levenshtein distance, for hints.
func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var previous = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let cost = min(row[j + 1] + 1, row[j] + 1, previous + (character == other ? 0 : 1))
            previous = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[right.count]
}
