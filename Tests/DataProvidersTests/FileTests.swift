import Foundation
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

/// Addresses that a provider's answers give.
struct FileTests {
    private static func connector(_ extra: [String: String] = [:]) -> Connector {
        var configuration = TableConfiguration()
        configuration.values.merge(extra) { $1 }
        return Model.connector(ScriptedTransport(.json("{}")), configuration)
    }

    @Test(arguments: [
        ("https://bank.example/a.pdf", "https://bank.example/a.pdf"),
        ("https://bank.example:443/a", "https://bank.example:443/a"),
        ("https://bank.example/a b/é?x=1#part", "https://bank.example/a%20b/%C3%A9?x=1"),
        ("https://files.example:8443/a", "https://files.example:8443/a"),
        ("data:/a.pdf", "https://files.example:8443/base/a.pdf"), ("token:/a", "https://bank.example/token/a"),
        ("https://bank.example", "https://bank.example"),
    ])
    func `an address of the provider's own machines may be asked for`(text: String, url: String) {
        let connector = Self.connector(["bank.data.url": "https://files.example:8443/base"])
        #expect(connector.address(text, of: Model.bank) == url)
    }

    @Test(arguments: [
        "http://bank.example/a", "https://bank.example:444/a", "https://bank.example.evil.example/",
        "https://evil.example/",
        "https://bank.example@evil.example/", "https://evil.example#@bank.example/",
        "https://evil.example?bank.example",
        "https://bank.example\\@evil.example/", "https://bank.example/a\r\nX: y", "https://bank.example/\u{0}", "/a",
        "",
        "bank.example/a", "ftp://bank.example/a", "data:a", "data://evil.example/", "datas:/a",
        "https://register.example/", "https://fc.example/", "https:///a",
        "https://bank.example/" + String(repeating: "a", count: 2_048),
    ])
    func `no other is, whatever the answer says`(text: String) {
        #expect(Self.connector().address(text, of: Model.bank) == nil)
    }

    @Test func `a file is asked for at its address, with the provider's headers, and only where it is the provider's`()
        async
    {
        let transport = ScriptedTransport(
            ProviderResponse(status: 200, headers: ["content-type": "text/plain"], body: Array("x".utf8)))
        let files = Model.plan(headers: [(name: "X-Key", value: .fact(.setting("client_secret")))])
        let bank = Model.provider("bank", files: files)
        let connector = Model.connector(transport)
        let outcome = await connector.file(at: "https://bank.example/f?a=1", of: bank, Model.facts())
        #expect(outcome.code == nil && outcome.facts.bytes == Array("x".utf8))
        #expect(transport.requests.map(\.url) == ["https://bank.example/f?a=1"])
        #expect(transport.requests.first?.header("X-Key") == "s:1")
        #expect(await connector.file(at: "https://evil.example/f", of: bank, Model.facts()).code == "NN999")
        #expect(transport.requests.count == 1)
    }

    @Test func `a provider that is down is not asked for files either`() async {
        let transport = ScriptedTransport { _ throws(TransportFailure) in throw .unavailable }
        let connector = Model.connector(transport, breakers: Breakers(model: Breaker(threshold: 1, rest: 60)))
        for _ in 0..<3 {
            let outcome = await connector.file(at: "https://bank.example/f", of: Model.bank, Model.facts())
            #expect(outcome.code == "NN001")
        }
        #expect(transport.requests.count == 1)
    }
}
