import TestSupport
import Testing

@testable import Values

@Suite struct JSONTextTests {
    private static func random(_ depth: Int, using generator: inout SeededGenerator) -> JSON {
        func many(_ make: (inout SeededGenerator) -> JSON) -> [JSON] {
            (0..<Int.random(in: 0...5, using: &generator)).map { _ in make(&generator) }
        }
        let texts = ["", " \t", "LEFÈVRE", "a\"b\\c", "\n", "12", "\u{0}", "long text of more than fifteen signs", "é"]
        switch Int.random(in: 0...(depth > 0 ? 8 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer([0, -1, 742, .max, .min].randomElement(using: &generator) ?? 0)
        case 3:
            return .decimal(["620.50", "1E400", "9223372036854775808", "-0.0"].randomElement(using: &generator) ?? "")
        case 4...6: return .string(texts.randomElement(using: &generator) ?? "")
        case 7: return .array(many { random(depth - 1, using: &$0) })
        default:
            let values = many { random(depth - 1, using: &$0) }
            return .object(values.map { JSON.Member(texts.randomElement(using: &generator) ?? "", $0) })
        }
    }

    /// Every part of a text, found from its whole, with the value that stands there.
    private static func walk(_ text: JSONText, _ place: JSONText.Place, _ value: JSON) throws {
        try #require(text.value(place) == value && text.kind(place) == value.kind)
        #expect(text.isBlank(place) == value.isBlank)
        var output = ByteOutput(capacity: 0)
        if text.write(place, into: &output) { #expect(output.bytes == value.bytes) } else { #expect(output.count == 0) }
        if case .string(let own) = value, let isSame = text.isText(own, place) { #expect(isSame) }
        #expect(text.isText("another", place) != true)
        let items = text.items(place).map(Array.init)
        #expect(items?.count == value.items?.count)
        for (item, value) in zip(items ?? [], value.items ?? []) { try walk(text, item, value) }
        for member in value.members ?? [] {
            let found = try #require(text.member(member.key, of: place))
            if let first = value[member.key] { try walk(text, found, first) }
        }
        #expect(text.member("nowhere", of: place) == nil)
    }

    @Test func `parts of a text are what its values are, wherever they stand`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let value = Self.random(4, using: &generator)
            try Self.walk(try JSONText(parsing: value.bytes), .whole, value)
            // Spaces between the parts change nothing.
            try Self.walk(try JSONText(parsing: Array(value.pretty.utf8)), .whole, value)
        }
    }

    @Test func `a name with escapes is found by what it says, and of two names the first`() throws {
        let text = try JSONText(parsing: Array(#"{"\u006eom":"\u00e9","nom":2,"a\/b":"x"}"#.utf8))
        let place = try #require(text.member("nom", of: .whole))
        #expect(text.value(place) == "é" && text.isText("é", place) == nil)
        #expect(text.member("a/b", of: .whole).map(text.value) == "x")
        #expect(text.member(#"\u006eom"#, of: .whole) == nil)
    }

    @Test func `what is not written as it would be is not copied`() throws {
        for (source, isCopied) in [
            (#""a""#, true), (#""\u0061""#, false), (#""\/""#, false), (#""é""#, true), ("-0", false), ("-0.0", true),
            ("-1", true), ("[1]", false), ("{}", false), ("null", true), ("true", true), (" 12 ", true),
        ] {
            var output = ByteOutput(capacity: 0)
            let text = try JSONText(parsing: Array(source.utf8))
            #expect(text.write(.whole, into: &output) == isCopied, "\(source)")
            if isCopied { #expect(output.bytes == text.value(.whole).bytes) }
        }
    }
}
