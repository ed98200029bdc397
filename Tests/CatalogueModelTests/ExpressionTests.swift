@testable import CatalogueModel
import Foundation
import Testing
import Values

@Suite struct ExpressionTests {
    static let vocabulary: Vocabulary = {
        var vocabulary = Vocabulary(
            parameters: ["annee": 0, "prenoms": 1], tables: ["regimes": ["1": "MSA", "oui": true]],
            nomenclatures: ["naf-rev2", "tranches-effectif"].reduce(into: [:]) { tables, name in
                let file = Shipped.folder.appending(path: "nomenclatures/\(name).csv")
                tables[name] = try? Nomenclature(name: name, file: file)
            })
        vocabulary.name("caisse")
        return vocabulary
    }()

    static func value(_ text: String, of node: JSON = .null, facts change: (inout CallFacts) -> Void = { _ in }) throws
        -> JSON
    {
        var facts = CallFacts(
            parameters: ["2025", ["CLAIRE", "ZOÉ"]], recipient: "13002526500013", requestID: "appel", tokenID: "jeton",
            organisation: "Mairie", version: 3, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)),
            publicURL: "https://hub.example", settings: { $0 == "cle" ? Redacted("secret") : nil })
        facts.body = node
        change(&facts)
        let expression = try ExpressionParser.expression(text, vocabulary)
        let value = Result { try expression.value(in: framed(facts)) }
        facts.content = .text(try JSONText(parsing: node.bytes))
        change(&facts)
        let inPlace = Result { try expression.value(in: framed(facts)) }
        #expect(
            (try? value.get()) == (try? inPlace.get()),
            "what is read in the text of an answer is what is read in its values")
        return try value.get()
    }

    private static func framed(_ facts: CallFacts) -> Frame {
        var frame = Frame(facts)
        frame.lets = [.made("CNAF")]
        return frame
    }

    static func holds(_ text: String, of node: JSON) throws -> Bool {
        let facts = Replay(catalogue: try Shipped.catalogue).facts(
            try #require(Shipped.catalogue.operations.first), parameters: [])
        let condition = try ExpressionParser.condition(text, vocabulary)
        var answered = facts
        answered.content = .text(try JSONText(parsing: node.bytes))
        let holds = try condition.holds(in: Frame(facts: facts, node: node))
        try #expect(condition.holds(in: Frame(answered)) == holds)
        return holds
    }

    /// An expression, what it reads, and its value; no value where the provider's answer does not fit.
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let node: JSON
        let value: JSON?
        init(_ text: String, _ node: JSON, _ value: JSON?) { (self.text, self.node, self.value) = (text, node, value) }
        var testDescription: String { "\(text) of \(node.serialized)" }
    }

    static let list: JSON = [["n": 2, "k": "b"], ["n": 1, "k": "a"], ["k": "c"]]

    static let transforms: [Row] = [
        Row(". | upcase", "zoé", "ZOÉ"), Row(". | downcase", "ZOÉ", "zoé"), Row(". | strip", " a b ", "a b"),
        Row(". | squish", "  a   b ", "a b"), Row(". | ascii", "Œuvre d’Éloïse ß", "OEuvre d'Eloise ss"),
        Row(". | ascii", "日", "?"), Row(". | upcase", 12, "12"), Row(". | upcase", .decimal("1E5"), "1E5"),
        Row(". | text", 12, "12"), Row(". | text", true, "true"), Row(". | integer", "12", 12),
        Row(". | integer", "douze", nil),
        Row(". | upcase", nil, JSON.null), Row(". | upcase", ["a"], nil),
        Row(". | date", "2024-11-01T10:00:00", "2024-11-01"), Row(". | date", "01/11/2024", "2024-11-01"),
        Row(". | date", "", ""), Row(". | date", "hier", nil), Row(". | french-date", "2024-11-01", "01/11/2024"),
        Row(". | epoch-paris", "2021-03-22", 1_616_367_600), Row(". | epoch-paris", "1900-01-01", -2_208_989_361),
        Row(". | epoch-paris", "2021-00-00", JSON.null),
        Row(". | age", "2019-04-28", 7), Row(". | age", "2019-04-29", 6), Row(". | age", "2019-00-00", nil),
        Row(". | date-of-parts", ["1987", "6", nil], "1987-06-00"),
        Row(". | date-of-parts", [nil, 6, 27], "0000-00-00"),
        Row(". | date-of-parts", [1987, nil, 27], "1987-00-00"), Row(". | end-of-month 6", "2025-08-31", "2026-02-28"),
        Row(". | blank-is-null", " ", JSON.null), Row(". | blank-is-null", "a", "a"), Row(". | blank-is-null", 0, 0),
        Row(". | pad 2", 3, "03"), Row(". | pad 2", "123", "123"), Row(". | join ', '", ["a", nil, "b"], "a, b"),
        Row(". | join ' '", "a", "a"), Row(". | split '-' 2", "1987-06-27", "06"),
        Row(". | split '-' 4", "1987-06-27", JSON.null),
        Row(". | first", ["a", "b"], "a"), Row(". | first", "a", "a"), Row(". | first", [], JSON.null),
        Row(". | count", ["a", "b"], 2), Row(". | count", "a", 0), Row(". | unique", ["a", "b", "a"], ["a", "b"]),
        Row(". | compact", ["a", nil], ["a"]), Row(". | earliest n", list, ["n": 1, "k": "a"]),
        Row(". | at k", ["k": "v"], "v"), Row(". | at 1", ["a", "b"], "b"), Row(". | at 5", ["a", "b"], JSON.null),
        Row("a | merge b", ["a": ["x": 1, "y": 2], "b": ["y": 3]], ["x": 1, "y": 3]),
        Row("a | merge b", ["a": ["x": 1]], ["x": 1]),
        Row(". | table regimes", "1", "MSA"), Row(". | table regimes", 1, "MSA"),
        Row(". | table regimes", "9", JSON.null),
        Row(". | table-or-same regimes", "9", "9"), Row(". | table regimes", "oui", true),
        Row(". | label tranches-effectif", "11", "10 à 19 salariés"),
        Row(". | label tranches-effectif a", "53", JSON.null),
        Row(". | label tranches-effectif de", "53", "10000"), Row(". | label naf-rev2", "00.00X", JSON.null),
        Row(". | null-if '00'", "00", JSON.null), Row(". | null-if '00'", "01", "01"),
        Row(". | required", "a", "a"), Row(". | required", "", nil), Row(". | required", nil, nil),
        Row(". | required", false, false),
        Row("(missing ?? .) | pad 2", "3", "03"), Row("missing ?? . | pad 2", "3", "03"),
        Row(". | base64", "é?>", "w6k/Pg=="), Row(". | base64url", "é?>", "w6k_Pg=="),
        Row(". | capture '^([A-Z]{2})$'", "x\nAB\ny", "AB"), Row(". | capture 'b.'", "abc", "bc"),
        Row(". | capture 'z'", "abc", JSON.null),
        Row(". | last-segment", "/a/b/123", "123"), Row(". | is-base64", "JVBERg==", true),
        Row(". | is-base64", "J{}", false),
        Row(". | is-base64", "", false), Row(". | is-base64", nil, false),
    ]

    static let paths: [Row] = [
        Row("a.b", ["a": ["b": 1]], 1), Row("a.b", ["a": 1], JSON.null), Row("a.1.k", ["a": list], "a"),
        Row(".", "x", "x"),
        Row("a ?? b ?? 'c'", ["b": "B"], "B"), Row("a ?? 'c'", nil, "c"), Row("'l''été'", nil, "l'été"),
        Row("null", ["null": 1], JSON.null),
        Row("a[n > 1] | first | at k", ["a": list], "b"), Row("a[k in ('a', 'c')] | count", ["a": list], 2),
        Row("a[n = 1]", nil, []),
        Row("[a, 'x', b | upcase]", ["b": "b"], [nil, "x", "B"]), Row("caisse", ["caisse": "autre"], "CNAF"),
        Row("/v{@version}/{a}{b}", ["a": 12], "/v3/12"), Row("@annee", nil, "2025"),
        Row("@prenoms | join ' '", nil, "CLAIRE ZOÉ"),
        Row("@now.year", nil, 2026), Row("@now.month", nil, 4), Row("@today", nil, "2026-04-28"),
        Row("@recipient", nil, "13002526500013"),
        Row("@request-id", nil, "appel"), Row("@token", nil, "jeton"), Row("@organisation", nil, "Mairie"),
        Row("@setting.cle", nil, "secret"),
        Row("@setting.autre", nil, JSON.null), Row("@body.a", ["a": 1], 1), Row("@document.url", nil, JSON.null),
        Row("@status", nil, 0),
    ]

    @Test(arguments: transforms + paths)
    func `an expression has the value that the manual says`(_ row: Row) throws {
        guard let value = row.value else {
            #expect(throws: MappingFailure.self) { try Self.value(row.text, of: row.node) }
            return
        }
        #expect(try Self.value(row.text, of: row.node) == value)
    }

    @Test func `what came with the answer can be read: status, headers, text, redirection, document`() throws {
        func value(_ text: String) throws -> JSON {
            try Self.value(text) { facts in
                facts.status = 404
                facts.headers = ["x-apisecu-fd": "00810011"]
                facts.bytes = Array("rien".utf8)
                facts.redirectedFrom = "532221694"
                facts.document = StoredDocument(url: "https://d.example/1", expiresIn: 60, pages: ["un", "deux"])
            }
        }
        #expect(try value("@status") == 404)
        #expect(try value("@header.X-APISECU-FD") == "00810011")
        #expect(try value("@text") == "rien")
        #expect(try value("@redirected-from") == "532221694")
        #expect(try value("@document.url") == "https://d.example/1")
        #expect(try value("@document.expires-in") == 60)
        #expect(try value("@document.page-2") == "deux")
        #expect(try value("@document.page-3") == nil)
        #expect(try value("@document.pages[. contains 'x']") == ["deux"])
        #expect(try Self.value("@document.pages") == [])
        #expect(try value("@now | last-segment | required") != nil)
    }

    @Test(
        arguments: [
            ("a = 1", ["a": 1], ["a": 2]), ("a = '1'", ["a": 1], ["a": nil]), ("a != 'x'", ["a": nil], ["a": "x"]),
            ("a > 1", ["a": 2], ["a": 1]), ("a >= 2", ["a": "2"], ["a": 1]),
            ("a <= b", ["a": 2, "b": 2], ["a": 3, "b": 2]),
            ("a >= '2026-01-31'", ["a": "2026-01-31"], ["a": "2026-01-30"]),
            ("a >= 1 and b = 1", ["a": 1, "b": 1], ["a": 1, "b": 2]),
            ("a < 7", ["a": "6"], ["a": "sept"]), ("a in ('x', 2, null)", ["a": 2], ["a": 3]),
            ("a is blank", ["a": " "], ["a": 0]),
            ("a is present", ["a": false], ["a": []]), ("a is absent", ["b": 1], ["a": ""]),
            ("a starts-with 'ab'", ["a": "abc"], ["a": nil]),
            ("a contains 'b'", ["a": "abc"], ["a": "ac"]),
            ("a matches '[A-Z]+\\d'", ["a": "AB1"], ["a": "AB12"]),
            ("a in b", ["a": 1, "b": ["1"]], ["a": 1, "b": [2]]),
            ("a < b", ["a": "2026-01-31", "b": "2026-02-01"], ["a": "2026-02-01", "b": "2026-02-01"]),
            ("a > b", ["a": "10.5", "b": 9], ["a": "9", "b": "10.5"]),
            ("a is siren", ["a": "012345674"], ["a": "012345675"]),
            ("a is siret", ["a": "01234567400019"], ["a": "012345674"]),
            ("a = 1 and b = 1 or c = 1", ["c": 1], ["a": 1]), ("a = 1 and b = 1 or c = 1", ["a": 1, "b": 1], ["b": 1]),
            ("a = 1 and b = true", ["a": 1, "b": true], ["a": 1, "b": "true"]),
        ] as [(String, JSON, JSON)])
    func `a condition holds for the first value and not for the second`(_ text: String, _ yes: JSON, _ no: JSON) throws
    {
        #expect(try Self.holds(text, of: yes))
        #expect(try !Self.holds(text, of: no))
    }

    @Test(arguments: [
        ("a | upcas", "unknown transform 'upcas'; did you mean 'upcase'?"), ("a |", "a transform's name is missing"),
        ("@inconnu", "'@inconnu' is no parameter of this operation and no fact of the call"),
        ("@document.page-x", "'@document.page-x' is no parameter of this operation and no fact of the call"),
        ("'a", "a quote is not closed"), ("a # b", "unexpected sign '#' in 'a # b'"),
        ("a b", "'b' was not expected here"),
        ("{a", "a brace is not closed"), ("a | pad", "'pad' wants a number"),
        ("a | join x", "'join' wants a text in quotes"),
        ("a | table rien", "no table is named 'rien'"), ("a | label rien", "no nomenclature is named 'rien'"),
        ("a | label naf-rev2 prix", "nomenclature 'naf-rev2' has no column 'prix'"),
        ("a | capture '('", "not a regular expression"),
        ("a | at |", "'at' wants a path or a position from 0"),
        ("a | null-if b", "a text in quotes, a number, true, false or null was expected"),
        ("[a, b", "']' is missing"), ("a[b = 1", "']' is missing"), ("a[b]", "a comparison is missing"),
        ("a | earliest 'n'", "'earliest' wants a name"),
        ("", "a text in quotes, a number, true, false or null was expected"),
        ("a[b is vide]", "'is' wants blank, present, absent, siren or siret"),
        ("a | slice 1", "'slice' wants a number"), ("a | draw x 3", "'draw' wants a text in quotes"),
        ("a | captures '('", "not a regular expression"),
        ("@", "'@' is no parameter of this operation and no fact of the call"),
    ])
    func `a faulty expression is refused with its reason`(_ text: String, _ reason: String) {
        let fault = #expect(throws: Lexer.Fault.self) { try ExpressionParser.expression(text, Self.vocabulary) }
        #expect(fault?.message == reason)
    }
}
