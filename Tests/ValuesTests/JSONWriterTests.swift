import Foundation
import Testing
import Values

struct JSONWriterTests {
    @Test(arguments: [
        #"{"b":1,"a":[],"c":{}}"#, #"[null,true,false,0,-1,620.50,1E400]"#, #"["\"\\\n\r\t\u0000\u001f","é😀/"]"#,
        #"{"":{"":[[[]]]}}"#, "9223372036854775808",
    ])
    func `a compact text comes back byte for byte`(text: String) throws {
        #expect(try JSON(parsing: Array(text.utf8)).serialized == text)
    }

    @Test func `a text for people says the same`() throws {
        let value: JSON = ["b": [1, [:], []], "a": ["c": "d"]]
        #expect(
            value.pretty == """
                {
                  "b": [
                    1,
                    {},
                    []
                  ],
                  "a": {
                    "c": "d"
                  }
                }
                """)
        #expect(try JSON(parsing: Array(value.pretty.utf8)) == value)
    }

    @Test func `every scalar survives a text, and another reader agrees`() throws {
        for start in stride(from: UInt32(0), to: 0x11_0000, by: 0x400) {
            let scalars = (start..<start + 0x400).compactMap(Unicode.Scalar.init)
            let text = String(String.UnicodeScalarView(scalars))
            let written = JSON.array([.string(text)])
            try #require(try JSON(parsing: written.bytes) == written)
            guard start < 0x3000 else { continue }
            let foundation = try JSONSerialization.jsonObject(with: Data(written.bytes)) as? [String]
            // Foundation compares texts by canonical equivalence; the scalars must be the same ones.
            #expect(foundation?.first.map { Array($0.unicodeScalars) } == scalars)
        }
    }

    @Test func `values match whatever the order of members and the form of numbers`() {
        let left: JSON = ["a": 1, "b": [.decimal("2.0")]]
        #expect(left.matches(["b": [2], "a": .decimal("1.00")]))
        #expect(!left.matches(["a": 1]) && !left.matches(["a": 1, "b": [2], "c": nil]))
        #expect(!left.matches(["a": 1, "b": ["2"]]) && !left.matches(["a": 1, "b": [2, 2]]))
    }

    @Test func `blank is what holds nothing to read`() {
        for blank: JSON in [nil, "", " \t\n", [], [:]] { #expect(blank.isBlank) }
        for full: JSON in [false, 0, "0", "\u{A0}", [nil], ["a": nil]] { #expect(!full.isBlank) }
    }
}
