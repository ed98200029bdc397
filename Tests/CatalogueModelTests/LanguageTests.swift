import Foundation
import Testing
import Values

@testable import CatalogueModel

/// The parts of the language that came with XML, forms and registers.
@Suite struct LanguageTests {
    typealias Row = ExpressionTests.Row

    static let rows: [Row] = [
        Row(". | capitalize", "éLODIE ANNE", "Élodie anne"), Row(". | letters", "D'AR-C 2", "D AR C 2"),
        Row(". | words", " a  b ", ["a", "b"]), Row(". | lines", "a\nb", ["a", "b"]),
        Row(". | slice 2 3", "abcdef", "cde"),
        Row(". | slice 9 1", "abc", ""), Row(". | replace 'a' 'bb'", "aca", "bbcbb"),
        Row(". | reformat '^(\\d\\d)(\\d\\d)$' '$2-$1'", "3112", "12-31"),
        Row(". | reformat '^x$' 'y'", "3112", JSON.null),
        Row(". | captures '(\\d)(x)?'", "1 2x", [["1", nil], ["2", "x"]]),
        Row(". | number", "12.50", 12.5.json), Row(". | number", "1e3", 1000), Row(". | number", "12,5", nil),
        Row(". | number", "NaN", nil), Row(". | plus 1", 2, 3), Row(". | minus 3", "1", JSON.integer(-2)),
        Row(". | times 1000", "1.5", 1500), Row(". | over 100", 125, 1.25.json), Row(". | over 0", 1, nil),
        Row(". | over 17 | plus 1 | round 2", 7, 1.41.json),
        Row(". | divided-by 100", 199, 1), Row(". | divided-by 100", -199, JSON.integer(-1)),
        Row(". | modulo 97", 100, 3),
        Row(". | round 2", "1.005", "1.01".decimal), Row(". | round 0", "2.5", 3), Row(". | plus null", 1, JSON.null),
        // The key of a VAT number (BOI-TVA-DECLA-20-10-10): twelve and three times the SIREN by 97.
        Row(". | integer | modulo 97 | times 3 | plus 12 | modulo 97 | pad 2", "404833048", "83"),
        Row(". | epoch", "2021-03-22T00:00:00+01:00", 1_616_367_600),
        Row(". | epoch", "2021-03-21T23:00:00Z", 1_616_367_600),
        Row(". | epoch", "demain", JSON.null), Row(". | epoch", JSON.null, JSON.null),
        Row(". | epoch-date", 1_616_367_600, "2021-03-22"), Row(". | epoch-date", "1616367599", "2021-03-21"),
        Row(". | epoch-time", 1_616_367_600, "2021-03-22T00:00:00.000+01:00"),
        Row(". | list", "a", ["a"]), Row(". | list", nil, []), Row(". | last", ["a", "b"], "b"),
        Row(". | flatten", [["a"], "b", nil], ["a", "b"]), Row(". | reverse", [1, 2], [2, 1]),
        Row(". | sum", [1, "2", nil], 3),
        Row(". | zip", [[1, 2], [3]], [[1, 3], [2, nil]]), Row(". | entries", ["a": 1], [["key": "a", "value": 1]]),
        Row(". | each (n | text)", [["n": 1], ["n": 2]], ["1", "2"]), Row(". | get 'a'", ["a": 1], 1),
        Row(". | get 1", [5, 6], 6),
        Row(". | find k", ["x": [["k": 1], ["k": ["k": 2]]]], [1, ["k": 2], 2]),
        Row(". | latest n", [["n": "a"], ["n": "b"]], ["n": "b"]),
        Row(". | sort n | each (n)", [["n": "b"], ["m": 1], ["n": "a"]], ["a", "b", nil]),
        Row(". | sort (a ?? b) | each (a ?? b)", [["a": "2"], ["b": "1"]], ["1", "2"]),
        Row(". | earliest (.)", ["2021-03-01", "2021-01-04"], "2021-01-04"),
        Row(". | latest (. | at 1)", [["x", "1"], ["y", "2"]], ["y", "2"]),
        Row(". | group k | each (items | count)", [["k": 1], ["k": 2], ["k": 1]], [2, 1]),
        Row(". | pivot i v", [["i": 3, "v": "c"], ["i": 1, "v": "a"]], ["a", nil, "c"]),
        Row(". | pivot i v", [["i": -1, "v": "c"]], []),
        Row(
            ". | pivot (i ?? 1) v by n",
            [["i": "2", "n": "a", "v": 1], ["n": "a", "v": 2], ["n": "b", "v": 3], ["i": 4, "n": "b", "v": 4]],
            [["a": 2, "b": 3], ["a": 1], nil, ["b": 4]]),
        Row(". | content", "a", "a"), Row(". | content", ["_id": "1", "_text": "a"], "a"),
        Row(". | content", ["_id": "1"], JSON.null), Row(". | content", nil, JSON.null),
        Row(". | sha256 | slice 0 8", "abc", "ba7816bf"),
        Row(". | decoded-base64", "YQ==", "a"), Row(". | json | at a", "{\"a\":1}", 1),
        Row(". | xml | at r.a", "<r><a>1</a></r>", "1"),
        Row(". | draw 'x' 1", "a", 0),
    ]

    @Test(arguments: rows) func `a transform gives its value`(_ row: Row) throws {
        guard let expected = row.value else {
            #expect(throws: MappingFailure.self) { try ExpressionTests.value(row.text, of: row.node) }
            return
        }
        let value = try ExpressionTests.value(row.text, of: row.node)
        #expect(value.matches(expected), "\(value.serialized)")
    }

    @Test func `a draw depends on the value and the label, and reaches every number`() throws {
        func draw(_ value: Int, _ label: String) throws -> Int {
            try #require(ExpressionTests.value(". | draw '\(label)' 5", of: .integer(value)).int)
        }
        #expect(Set(try (0..<200).map { try draw($0, "a") }) == Set(0..<5))
        #expect(try draw(7, "a") == draw(7, "a"))
        #expect(try (0..<50).contains { try draw($0, "a") != draw($0, "b") })
    }

    @Test func `a template keeps or drops nulls, repeats, moves and chooses`() throws {
        let yaml = """
            nom: a.nom
            vide: a.rien
            liste: { each: b, give: { n: n } }
            ailleurs: { with: a, give: [nom] }
            choix: [{ when: "a.nom = 'X'", give: { oui: "'1'" } }, { give: { non: "'1'" } }]
            paire: ["'x'", 2]
            """
        let element = try #require(try Element(yaml: yaml, file: "t"))
        let context = CompilerContext(
            parts: Parts(), vocabulary: ExpressionTests.vocabulary, tags: [], diagnostics: Diagnostics())
        let template = context.template(element)
        var facts = CallFacts(asked: [], today: CivilDate(year: 2026, month: 1, day: 1))
        facts.body = ["a": ["nom": "X"], "b": [["n": 1], ["n": 2]]]
        let kept = try template.value(on: facts, keepsNulls: true)
        #expect(
            kept.serialized
                == #"{"nom":"X","vide":null,"liste":[{"n":1},{"n":2}],"ailleurs":["X"],"choix":{"oui":"1"},"paire":["x",2]}"#
        )
        #expect(try template.value(on: facts, keepsNulls: false)["vide"] == nil)
    }
}

extension Double {
    fileprivate var json: JSON { .decimal(String(self)) }
}

extension String {
    fileprivate var decimal: JSON { .decimal(self) }
}
