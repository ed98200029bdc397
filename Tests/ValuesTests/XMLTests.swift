import TestSupport
import Testing
import Values

@Suite struct XMLTests {
    private static func read(_ text: String) throws -> JSON { try XMLReader.json(Array(text.utf8)) }

    @Test func `elements, attributes, texts and repetitions are read as JSON`() throws {
        let text = """
            <?xml version="1.0"?><s:a xmlns:s="urn:x" id="1"><b>t</b><b/><c k="v">w &amp; x</c><d><![CDATA[<e>]]></d></s:a>
            """
        let expected: JSON = [
            "a": ["_id": "1", "b": ["t", nil], "c": ["_k": "v", "_text": "w & x"], "d": "<e>"]
        ]
        #expect(try Self.read(text).matches(expected))
    }

    @Test(arguments: ["", "<a>", "<a></b>", "a", "<a/><b/>", "<a>&x;</a>", String(repeating: "<a>", count: 300)])
    func `what is no XML is refused`(_ text: String) {
        #expect(throws: XMLFault.self) { try Self.read(text) }
    }

    @Test func `a document type is refused: it may name files or swell`() {
        #expect(throws: XMLFault.documentType) {
            try Self.read("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")
        }
    }

    @Test func `what is written is read back`() throws {
        let value: JSON = ["r": ["_q": "\"<'&", "t": "<x> & y", "l": ["1", "2"], "n": nil]]
        #expect(try Self.read(value.xml).matches(value))
    }

    @Test(arguments: ["<?x?>", "<?xml?>", "<?x:y?>", "<??>", "<?\u{1680}?>", "<?x?>\u{338}", "<?\u{301}?>"])
    func `an instruction without data is refused, wherever it stands`(_ instruction: String) {
        for text in ["\(instruction)<a/>", "<a>\(instruction)</a>", "<a/>\(instruction)", "<a>&b;\(instruction)</a>"] {
            #expect(throws: XMLFault.malformed) { try Self.read(text) }
        }
    }

    /// What the parser would read otherwise than we do, were it let to choose; `<?x?>` ends the process.
    @Test func `no other encoding hides an instruction without data or a document type`() {
        let utf7 = "+ADw?x?+AD4APA-a/+AD4-"
        let declaration = "<?xml version='1.0'?>"
        let long = "<?xml version='1.0'\(String(repeating: " ", count: 200)) encoding='UTF-7'?>"
        var texts = [
            "\(declaration)<?xml version='1.0' encoding='UTF-7'?>\(utf7)", "\(long)\(utf7)", "\(long)<a><?x?></a>",
            "<?xml version='1.0' encoding='UTF-7'?>\(utf7)", "<!DOCTYPE\u{200D} a><a/>", "<!DOCTYPE\u{903}[]><a/>",
            "<!DOCTYPE\u{200D}[<!ENTITY\u{200D} 'y'>]><a/>",
        ].map { Array($0.utf8) }
        for text in ["<?x?><a/>", "<!DOCTYPE a><a/>", "\(declaration)<?x?><a/>", "\(declaration)<!DOCTYPE a><a/>"] {
            texts.append(text.utf8.flatMap { [$0, 0] })
            texts.append(text.utf8.flatMap { [0, $0] })
            texts.append([0xFF, 0xFE] + text.utf8.flatMap { [$0, 0] })
        }
        // Signs of two bytes in what is read before the encoding is known.
        texts.append(
            Array("<?xml version='1.0' encoding='latin1' \(String(repeating: "é", count: 80))?>".utf8)
                + Array("<?xml version='1.0' encoding='UTF-7'?>\(utf7)".utf8))
        for text in texts { #expect(throws: XMLFault.self) { try XMLReader.json(text) } }
    }

    @Test func `a mark of byte order is no part of the text`() throws {
        #expect(try Self.read("\u{FEFF}<a>é</a>").matches(["a": "é"]))
    }

    @Test func `an instruction with data is passed over, a document in another is a text`() throws {
        #expect(try Self.read(#"<?xml version="1.0"?><?x y?><a>b<?x  ?></a>"#).matches(["a": "b"]))
        let inner = "<?xml version='1.0'?><b/>"
        #expect(try Self.read("<a><![CDATA[\(inner)]]></a>").matches(["a": .string(inner)]))
    }

    /// A crash ends the whole run: `XML_DOCUMENTS=1000000 SEED=n` for more of them.
    @Test func `no sequence of what XML is made of crashes the reader`() throws {
        var random = SeededGenerator.fromEnvironment
        let tokens = [
            "<", ">", "</", "/>", "<a>", "</a>", "<a/>", "a", "x:", " b='c'", " xmlns", "='", "\"", "'", "=", "&", ";",
            "&#", "&amp;", "&#0;", "&#xD800;", "<?", "<?x", "?>", "xml", " version='1.0'", " encoding='utf-8'", "<!--",
            "-->", "<!", "<![CDATA[", "]]>", "[", "]", " ", "\n", "\u{338}", "\u{1680}", "\u{301}", "\u{FEFF}", "é",
            "\0", "\u{1}", "0",
        ].map { Array($0.utf8) }
        var wellFormed = 0
        for _ in 0..<Int(environment: "XML_DOCUMENTS", else: 20_000) {
            let count = Int.random(in: 0..<12, using: &random)
            let inner = (0..<count).flatMap { _ in tokens[Int.random(in: tokens.indices, using: &random)] }
            let isInside = Bool.random(using: &random)
            let bytes = isInside ? Array("<a>".utf8) + inner + Array("</a>".utf8) : inner
            if (try? XMLReader.json(bytes)) != nil { wellFormed += 1 }
        }
        #expect(wellFormed > 100)
    }

    /// Each sign stands for the byte of its number.
    @Test(arguments: [
        "<no\u{E8}m>x</no\u{E8}m>", "<a b='\u{C3}('/>", "\u{FF}\u{FE}<\0a\0/\0>\0",
        #"<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a><a/>"#, #"<?xml version="1.0" encoding="x"?><a/>"#,
    ])
    func `what is neither UTF-8 nor ISO 8859-1 is refused, in a name too`(_ text: String) {
        let bytes = text.unicodeScalars.map { UInt8($0.value) }
        #expect(throws: XMLFault.self) { try XMLReader.json(bytes) }
    }

    @Test func `ISO 8859-1 is read where it is declared`() throws {
        let bytes = Array(#"<?xml version="1.0" encoding="ISO-8859-1"?><a>LEF"#.utf8) + [0xC8] + Array("VRE</a>".utf8)
        #expect(try XMLReader.json(bytes).matches(["a": "LEFÈVRE"]))
        #expect(try Self.read("\u{FEFF}<?xml version='1.0' encoding='utf-8'?>\n<a>É</a>").matches(["a": "É"]))
    }

    @Test func `mutated documents are read as one root or refused`() throws {
        var random = SeededGenerator(seed: 42)
        let seed = Array(
            """
            <?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="urn:x"><s:Body id="1"><nom>LEFÈVRE &amp; &#233;</nom>\
            <n/><n>2</n><![CDATA[<x>]]><!-- c --><d a="b">t<e>f</e></d></s:Body></s:Envelope>
            """.utf8)
        var counts = (read: 0, refused: 0)
        for _ in 0..<5_000 {
            var bytes = seed
            bytes.mutate(using: &random)
            guard let value = try? XMLReader.json(bytes) else {
                counts.refused += 1
                continue
            }
            counts.read += 1
            #expect(value.members?.count == 1)
        }
        #expect(counts.read > 300 && counts.refused > 1_000, "\(counts)")
    }
}
