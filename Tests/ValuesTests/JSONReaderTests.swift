import TestSupport
import Testing
import Values

struct JSONReaderTests {
    private static func read(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", JSON.null), (" true\n", true), ("\t\rfalse ", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .decimal("9223372036854775808")), ("620.50", .decimal("620.50")),
            ("1E400", .decimal("1E400")), ("-0.0e-7", .decimal("-0.0e-7")), ("1e+5", .decimal("1e+5")),
            ("\"\"", ""), ("\"é\"", "é"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u00E9""#, "éé"),
            (#""\u0000""#, "\0"), (#""\ud83d\ude00""#, "😀"), ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"), ("[]", []),
            ("{}", [:]), ("[ 1 , [ ] ]", [1, []]), (#"{"":{"a":null}}"#, ["": ["a": nil]]),
        ] as [(String, JSON)])
    func `a text of RFC 8259 is read as what it says`(text: String, value: JSON) throws {
        try #expect(Self.read(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "+1", "01", "-01", "00", "-", ".5", "1.",
        "1.e3",
        "1e", "1e+", "0x1", "1 2", "1,", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", "{\"a\"", "{\"a\":",
        "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "\"",
        "\"a", "'a'", "\"\n\"", "\"\t\"", "\"\0\"", #""\"#, #""\x""#, #""\'""#, #""\u""#, #""\u12""#, #""\u12g4""#,
        #""\u+123""#,
        #""\U0041""#, #""\ud800""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\udc00""#, "\u{FEFF}1",
        "/**/1",
        "1//", "\u{A0}1", "[1]x", "{}{}", #""\ud83d\u""#,
    ])
    func `a text that RFC 8259 does not know is refused`(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try Self.read(text) }
    }

    @Test(
        arguments: [
            [0xFF], [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22], [0x22, 0x5C, 0xC3, 0xA9, 0x22],
            [0x00], [0x31, 0x00], [0xEF, 0xBB, 0xBF, 0x31],
        ] as [[UInt8]])
    func `bytes that are no UTF-8 are refused`(bytes: [UInt8]) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(parsing: bytes) }
    }

    @Test func `members keep their order and of two with one name the first is found`() throws {
        let value = try Self.read(#"{"b":1,"a":2,"b":3,"\u0061":4}"#)
        #expect(value.members?.map(\.key) == ["b", "a", "b", "a"])
        #expect(value["b"] == 1 && value["a"] == 2)
    }

    @Test func `nesting ends at 64 levels, whatever it is made of`() throws {
        func nested(_ depth: Int) -> [String] {
            [
                String(repeating: "[", count: depth) + String(repeating: "]", count: depth),
                String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth),
            ]
        }
        for text in nested(64) { _ = try Self.read(text) }
        for text in nested(65) + nested(100_000) {
            #expect(throws: JSON.SyntaxError.self) { try Self.read(text) }
        }
        // Depth counts what is open, not what has been closed.
        _ = try Self.read("[" + String(repeating: "[[]],", count: 200) + "[]]")
    }

    @Test func `an error tells the place and nothing of the text`() {
        let found = #expect(throws: JSON.SyntaxError.self) {
            try Self.read(#"{"nom":"DUPO" 1}"#)
        }
        #expect(found?.offset == 14 && found?.reason == "a comma was expected")
        let error = #expect(throws: JSON.SyntaxError.self) { try Self.read(#"{"nom":"DURAND""#) }
        #expect(error?.description.contains("DURAND") == false)
    }

    @Test func `mutated texts are read or refused, and what is read is written back the same`() throws {
        var random = SeededGenerator(seed: 42)
        let seed = Array(
            #"{"nom":"LEF\u00c8VRE \ud83d\ude00","qf":620.50,"n":[1,-2e3,null,true,{"é":"\n"}],"z":9223372036854775808}"#
                .utf8)
        var counts = (read: 0, refused: 0)
        for _ in 0..<20_000 {
            var bytes = seed
            bytes.mutate(using: &random)
            guard let value = try? JSON(parsing: bytes) else {
                counts.refused += 1
                continue
            }
            counts.read += 1
            // What the reader takes must be UTF-8, and the same value by any second reading.
            try #require(String(validating: bytes, as: UTF8.self) != nil)
            try #require(try JSON(parsing: value.bytes) == value)
        }
        #expect(counts.read > 1_000 && counts.refused > 5_000)
    }
}
