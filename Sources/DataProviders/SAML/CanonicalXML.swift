/// An element written directly in its canonical form (W3C, Exclusive XML Canonicalization 1.0): the bytes sent are
/// the bytes signed, and nothing is ever parsed or rearranged.
///
/// What that form asks for and the caller keeps to: a namespace declared where its prefix is first used, then the
/// attributes by name; no attribute and no text but those given.
struct CanonicalXML {
    private let name: String
    private let attributes: [(name: String, value: String)]
    private let content: String

    /// - Parameters:
    ///   - name: with its prefix.
    ///   - attributes: in canonical order, namespace declarations first.
    init(_ name: String, _ attributes: [(name: String, value: String)] = [], _ children: [CanonicalXML] = []) {
        self.init(name, attributes, content: children.map(\.text).joined())
    }

    /// An element of text.
    init(_ name: String, _ attributes: [(name: String, value: String)] = [], text: String) {
        self.init(name, attributes, content: Self.escaped(text))
    }

    private init(_ name: String, _ attributes: [(name: String, value: String)], content: String) {
        self.name = name
        self.attributes = attributes
        self.content = content
    }

    /// The canonical text: no empty-element tag, double quotes, references in upper-case hexadecimal.
    var text: String {
        let attributes = attributes.map { " \($0.name)=\"\(Self.escaped($0.value, inAttribute: true))\"" }
        return "<\(name)\(attributes.joined())>\(content)</\(name)>"
    }

    private static func escaped(_ text: String, inAttribute: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">" where !inAttribute: result += "&gt;"
            case "\"" where inAttribute: result += "&quot;"
            case "\t" where inAttribute: result += "&#x9;"
            case "\n" where inAttribute: result += "&#xA;"
            case "\r": result += "&#xD;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
