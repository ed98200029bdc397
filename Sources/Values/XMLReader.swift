import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// An XML document (W3C, XML 1.0) read as JSON, so that one language of expressions reads both.
///
/// An element is an object of its children by local name, namespaces left aside; children of one name are a list
/// where there are several. An attribute `id` is the member `_id`, text beside attributes or children the member
/// `_text`; an element of text alone is a string, an empty one null.
public enum XMLReader {
    /// The document's root under its own name.
    /// - Throws: ``XMLFault`` for what is no XML in UTF-8 or ISO 8859-1, is nested over 200 deep, declares a document
    ///   type (entities can make a small text a huge one, or read files), or has an instruction without data, `<?x?>`,
    ///   be it in a comment: XML allows it (§2.6), SOAP no instruction at all (1.1, §3), and Foundation's parser ends
    ///   the process there.
    public static func json(_ bytes: [UInt8]) throws(XMLFault) -> JSON {
        let text = try decoded(bytes)
        // By scalars: a sign that combines with the last of these would hide it.
        let documentType = /<!(?:DOCTYPE|ENTITY)/.matchingSemantics(.unicodeScalar)
        let withoutData = /<\?[^?\x20\t\r\n]*\?>/.matchingSemantics(.unicodeScalar)
        guard !text.contains(documentType) else { throw XMLFault.documentType }
        guard !text.contains(withoutData), !text.utf8.contains(0) else { throw XMLFault.malformed }
        let parser = XMLParser(data: Data((declaration + text).utf8))
        let builder = XMLTreeBuilder()
        parser.delegate = builder
        parser.shouldResolveExternalEntities = false
        guard parser.parse(), parser.parserError == nil, !builder.isMalformed, let root = builder.root else {
            throw XMLFault.malformed
        }
        return root
    }

    /// What the parser is always told. Without it, it guesses from the first bytes, or believes a second declaration:
    /// an encoding that it knows and we do not (UTF-16, UTF-7) would hide from us what we refuse. Bytes that are no
    /// UTF-8 in a name end the whole process.
    private static let declaration = #"<?xml version="1.0" encoding="UTF-8"?>"#

    /// The text without its mark of byte order and its own declaration, where that ends within 200 bytes; one that does
    /// not is refused by the parser, which has had one.
    private static func decoded(_ bytes: [UInt8]) throws(XMLFault) -> String {
        // As ISO 8859-1, each scalar is a byte.
        let head = latin1(bytes.prefix(200))
        let start = /(?:\u{EF}\u{BB}\u{BF})?(\s*<\?xml\s[^>]*?\?>)?/.matchingSemantics(.unicodeScalar)
        let found = head.prefixMatch(of: start)?.output
        let named = found?.1?.firstMatch(of: /encoding\s*=\s*["']([^"']*)["']/)?.output.1.lowercased()
        let rest = bytes.dropFirst(found?.0.unicodeScalars.count ?? 0)
        let text: String? =
            switch named {
            case "iso-8859-1", "latin1": latin1(rest)
            case nil, "utf-8", "utf8", "us-ascii": String(validating: rest, as: UTF8.self)
            default: nil
            }
        guard let text else { throw XMLFault.malformed }
        return text
    }

    private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

/// Why a text is not accepted as XML.
public enum XMLFault: Error, Hashable, Sendable {
    case malformed
    case documentType
}

private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private struct Open {
        let name: String
        var members: [JSON.Member]
        var text = ""
    }

    private static let deepest = 200
    private var open: [Open] = []
    private(set) var root: JSON?
    /// True for a second root, which the parser lets pass, and for too deep a nesting.
    private(set) var isMalformed = false

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if open.count >= Self.deepest || root != nil {
            isMalformed = true
            parser.abortParsing()
        }
        let members = attributes.filter { !$0.key.hasPrefix("xmlns") }.sorted { $0.key < $1.key }
        open.append(
            Open(
                name: Self.local(name),
                members: members.map { JSON.Member("_" + Self.local($0.key), .string($0.value)) }))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if !open.isEmpty { open[open.count - 1].text += string }
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        if !open.isEmpty { open[open.count - 1].text += String(decoding: data, as: UTF8.self) }
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard let element = open.popLast() else { return }
        let value = Self.value(element)
        guard open.isEmpty else {
            Self.add(value, named: element.name, to: &open[open.count - 1].members)
            return
        }
        root = .object([JSON.Member(element.name, value)])
    }

    private static func value(_ element: Open) -> JSON {
        let isBlank = JSON.string(element.text).isBlank
        if element.members.isEmpty { return element.text.isEmpty ? .null : .string(element.text) }
        return .object(element.members + (isBlank ? [] : [JSON.Member("_text", .string(element.text))]))
    }

    private static func add(_ value: JSON, named name: String, to members: inout [JSON.Member]) {
        guard let index = members.firstIndex(where: { $0.key == name }) else {
            members.append(JSON.Member(name, value))
            return
        }
        let earlier = members[index].value
        members[index].value = .array((earlier.items ?? [earlier]) + [value])
    }

    private static func local(_ name: String) -> String {
        String(name.split(separator: ":", maxSplits: 1).last ?? Substring(name))
    }
}
