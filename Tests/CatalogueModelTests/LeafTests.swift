import Foundation
import Testing
import Values

@testable import CatalogueModel

/// What a value of the provider becomes in an answer, by the type that the descriptor states.
@Suite struct LeafTests {
    /// A type, a text of the provider, and what stands in the answer; nil where the answer is refused.
    struct Row: Sendable, CustomTestStringConvertible {
        let leaf: Field.Leaf
        let source: String
        let shown: String?
        init(_ leaf: Field.Leaf, _ source: String, _ shown: String?) {
            (self.leaf, self.source, self.shown) = (leaf, source, shown)
        }
        var testDescription: String { "\(source) as \(leaf.rawValue)" }
    }

    static let rows: [Row] =
        [
            Row(.text, #""é""#, #""é""#), Row(.text, #""\u0061\/""#, #""a/""#), Row(.text, "12", #""12""#),
            Row(.text, "620.50", #""620.50""#), Row(.text, "true", nil), Row(.text, "[]", nil), Row(.text, "{}", nil),
            Row(.integer, "12", "12"), Row(.integer, "-0", "0"), Row(.integer, #""12""#, "12"),
            Row(.integer, #""douze""#, nil), Row(.integer, "1.5", nil), Row(.integer, "9223372036854775808", nil),
            Row(.integer, "true", nil), Row(.integer, "[1]", nil),
            Row(.number, "620.50", "620.50"), Row(.number, "12", "12"), Row(.number, #""un""#, nil),
            Row(.number, "false", nil),
            Row(.boolean, "true", "true"), Row(.boolean, "1", nil), Row(.boolean, #""true""#, nil),
            Row(.date, #""1987-06-27""#, #""1987-06-27""#), Row(.date, #""""#, #""""#), Row(.date, #""hier""#, nil),
            Row(.date, "19870627", nil),
            Row(.link, #""/a""#, #""https://hub.example/a""#), Row(.link, "1", nil),
            Row(.proxied, #""https://a.example""#, #""here""#), Row(.proxied, #"" ""#, "null"),
            Row(.proxied, #""https://b.example""#, nil), Row(.proxied, "1", nil),
        ] + Field.Leaf.allCases.map { Row($0, "null", "null") }

    private static func field(_ value: Field.Value) -> Field {
        Field(
            key: "a", meaning: "", value: value, scope: nil, scopeName: nil, among: [], when: nil, otherwise: .null,
            omitted: nil, mask: nil)
    }

    private static func answer(_ value: Field.Value, _ content: Content) throws -> String {
        var facts = CallFacts(
            parameters: [], recipient: nil, requestID: "", tokenID: "", organisation: "", version: 3, clock: .system,
            publicURL: "https://hub.example", settings: { _ in nil })
        facts.content = content
        facts.proxied = { $0 == "https://a.example" ? "here" : nil }
        let plan = AnswerPlan(
            root: .node, lets: [.member(.node, "v")], mask: nil, data: Structure(fields: [field(value)]), links: .empty,
            meta: .empty, hasEnvelope: false, collection: nil)
        return String(decoding: try plan.project(facts, scopes: ScopeSet(), maskText: "x"), as: UTF8.self)
    }

    @Test(arguments: rows) func `a value is shown as its type has it, or the answer is refused`(row: Row) throws {
        let one = try JSONText(parsing: Array(#"{"v":\#(row.source)}"#.utf8))
        let list = try JSONText(parsing: Array(#"{"v":[null, \#(row.source) ]}"#.utf8))
        // Where it stands, named by a `let`, in a list; in the provider's text and as a value made of it.
        for (text, value, shown) in [
            (one, Field.Value.leaf(row.leaf, .member(.node, "v")), row.shown),
            (one, .leaf(row.leaf, .named(0)), row.shown),
            (list, .values(row.leaf, from: .named(0)), row.shown.map { "[null,\($0)]" }),
        ] {
            for content in [Content.text(text), .made(text.value(.whole))] {
                if let shown {
                    #expect(try Self.answer(value, content) == #"{"a":\#(shown)}"#)
                } else {
                    #expect(throws: MappingFailure.self) { try Self.answer(value, content) }
                }
            }
        }
    }
}
