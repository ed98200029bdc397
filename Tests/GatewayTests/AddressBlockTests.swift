import TestSupport
import Testing
import Values

@testable import Gateway

struct AddressBlockTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/24", "192.0.2.255", true),
        ("192.0.2.0/24", "192.0.3.0", false), ("192.0.2.128/25", "192.0.2.127", false),
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/9", "10.128.0.0", false), ("0.0.0.0/0", "203.0.113.9", true), ("192.0.2.7/32", "192.0.2.6", false),
        ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::/32", "2001:db9::1", false), ("::1", "::1", true),
        ("2001:db8::1", "2001:0db8:0:0:0:0:0:1", true), ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.7", false),
        ("0.0.0.0/0", "2001:db8::1", false), ("192.0.2.0/24", "::ffff:192.0.2.7", true),
        ("::ffff:192.0.2.7", "192.0.2.7", true),
        ("192.0.2.0/24", "::192.0.2.7", false), ("2001:db8::/127", "2001:db8::2", false), ("192.0.2.7", "", false),
        ("192.0.2.7", "unknown", false), ("0.0.0.0/0", "192.0.2.7, 10.0.0.1", false),
    ])
    func `an address is in a block or not`(block: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "/", "/8", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/x", "2001:db8::/129", "192.0.2.256",
        "localhost",
        "192.0.2.0/8/8", "::ffff:192.0.2.0/104", " 192.0.2.7", "0x7f.1",
    ])
    func `a text that is no block is refused`(text: String) { #expect(AddressBlock(text) == nil) }

    @Test func `an IPv4 address is counted by itself, an IPv6 one with its neighbours of the same subscriber`() {
        func isOne(_ a: String, _ b: String) -> Bool {
            AddressBlock.subscriber(of: a) == AddressBlock.subscriber(of: b)
        }
        #expect(isOne("2001:db8:0:1::7", "2001:db8:0:1:ffff::1") && !isOne("2001:db8:0:1::7", "2001:db8:0:2::7"))
        #expect(isOne("192.0.2.7", "::ffff:192.0.2.7") && !isOne("192.0.2.7", "192.0.2.8"))
        #expect(!isOne("1.17.0.0", "11.7.0.0") && !isOne("unknown", ""))
    }

    @Test func `a grant whose blocks cannot be read lets nobody in`() async throws {
        let bench = try await TokenBench()
        func blocks(_ texts: [String]) -> [AddressBlock]? {
            bench.snapshot(grant: { $0.allowedAddresses = texts }).rights.tokens["jti-1"]?.right.addresses.blocks
        }
        #expect(blocks([]) == nil)
        #expect(blocks(["nonsense"])?.isEmpty == true)
        #expect(blocks(["nonsense", "192.0.2.7"])?.count == 1)
    }
}

struct QueryParametersTests {
    @Test func `a query is read as forms are`() {
        let query = QueryParameters("a=1&b=x+y%20z&prenoms[]=A&prenoms%5B%5D=%C3%89&a=2&=v&flag&&e=%&f=%4&g=%zz&h=a=b")
        #expect(query.value("a") == "2" && query.value("b") == "x y z" && query.value("flag") == "")
        #expect(query.values("prenoms[]") == ["A", "É"] && query.value("prenoms") == nil)
        #expect(query.value("e") == "%" && query.value("f") == "%4" && query.value("g") == "%zz")
        #expect(query.value("h") == "a=b" && query.value("") == "v" && query.value("none") == nil)
        #expect(QueryParameters("").pairs.isEmpty && QueryParameters("&&").value("") == nil)
        #expect(QueryParameters("%61=1&b%2B=2&+c=3").value("a") == "1" && query.value("prenoms[") == nil)
        #expect(QueryParameters("b%2B=2&+c=3").value("b+") == "2" && QueryParameters("b%2B=2&+c=3").value(" c") == "3")
        #expect(query.pairs.map(\.name) == ["a", "b", "prenoms[]", "prenoms[]", "a", "", "flag", "e", "f", "g", "h"])
    }

    @Test func `bytes that are no UTF-8 become a sign that no check accepts`() {
        #expect(QueryParameters("n=%FFa").value("n") == "\u{FFFD}a" && QueryParameters("n=%00").value("n") == "\0")
    }

    /// What the same text gives split and decoded piece by piece.
    private static func pairs(_ text: String) -> [QueryParameters.Pair] {
        text.split(separator: "&").prefix(200).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ part: Substring) -> String {
                Array(part.utf8).withUnsafeBufferPointer { QueryParameters.decoded($0) }
            }
            return QueryParameters.Pair(name: decoded(parts[0]), value: parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    @Test func `any query gives what its pieces give, one by one`() {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "a", "ab", "%61", "%", "%4", "+", "=", "=", "&", "&", "%3D", "%26", "[]", "%5B%5D", "é", "%C3%A9",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let (query, pairs) = (QueryParameters(text), Self.pairs(text))
            #expect(query.pairs == pairs, "\(text)")
            for name in Set(pairs.map(\.name) + ["a", "", "a[]", "é", "none"]) {
                let values = pairs.filter { $0.name == name }.map(\.value)
                #expect(query.values(name) == values && query.value(name) == values.last, "\(name) of \(text)")
            }
        }
    }

    @Test func `parameters beyond two hundred are not read`() {
        let query = QueryParameters((0..<100_000).map { "p\($0)=1" }.joined(separator: "&"))
        #expect(query.pairs.count == 200)
    }

    @Test func `a plus in a path is a plus`() {
        #expect(QueryParameters.decodedPath("/a+b%20c%2Fd%") == "/a+b c/d%")
    }

    @Test func `an identifier of ours is a UUID, the caller's is taken where it is plain`() {
        let made = (0..<100).map { _ in RequestID.make() }
        #expect(made.allSatisfy { RequestID.isUUID($0) && Array($0)[14] == "4" && "89ab".contains(Array($0)[19]) })
        #expect(Set(made).count == 100)
        for plain in ["abcdefgh", "A_b-9876", String(repeating: "a", count: 64)] {
            #expect(RequestID.accepted(plain) == plain)
        }
        for other in [nil, "", "short", "with space", "é2345678", "a\r\nb45678", String(repeating: "a", count: 65)]
            as [String?]
        {
            #expect(RequestID.accepted(other) == nil)
        }
        #expect(!RequestID.isUUID("0123456789") && !RequestID.isUUID(String(repeating: "-", count: 36)))
    }
}

struct ParameterReadingTests {
    private static let names = ["nomNaissance", "nomUsage", "prenoms[]", "nomCommuneNaissance", "annee"]
    private static let operation = Model.operation(
        slots: ["nomNaissance", "nomUsage", "prenoms", "nomCommuneNaissance", "annee"],
        parameters: names.enumerated().map { Model.parameter($1, slot: $0) })

    @Test func `blank counts as absent, and a list without brackets stays one value`() {
        let values = Self.operation.values(QueryParameters("nomNaissance=%20&prenoms=A&annee=2026"), [:], nil)
        #expect(values == [nil, nil, "A", nil, "2026"])
        #expect(Self.operation.values(QueryParameters("prenoms[]=A&prenoms[]="), [:], nil)[2] == ["A", ""])
    }

    @Test func `with a citizen's token nothing of the identity comes from the call`() {
        let query = QueryParameters("nomNaissance=X&nomUsage=Y&prenoms[]=Z&nomCommuneNaissance=W&annee=2026")
        let identity: [String: JSON] = ["nomNaissance": "LEFEBVRE", "prenoms": ["CLAIRE"]]
        #expect(Self.operation.values(query, [:], identity) == ["LEFEBVRE", nil, ["CLAIRE"], nil, "2026"])
        let named = Self.operation.namedParameters(query, [:], identity)
        #expect(named == ["nomNaissance": "LEFEBVRE", "prenoms": ["CLAIRE"], "annee": "2026"])
    }

    @Test func `what is missing of the trace is all told`() {
        let none = Traceability(QueryParameters("context=%20"))
        #expect(none.missing(.entreprise, isFranceConnect: false) == ["00201", "00202", "00203"])
        #expect(none.missing(.particulier, isFranceConnect: false) == ["00203"])
        #expect(none.missing(.particulierV2, isFranceConnect: false).isEmpty)
        #expect(none.missing(.particulierV2, isFranceConnect: true) == ["00203"])
        #expect(none.hasValidRecipient && !Traceability(QueryParameters("recipient=1")).hasValidRecipient)
    }
}
