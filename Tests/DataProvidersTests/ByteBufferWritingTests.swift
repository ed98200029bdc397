import NIOCore
import Testing

@testable import DataProviders

@Suite struct ByteBufferWritingTests {
    @Test(arguments: [0, 1, 20, 4096]) func `a message is whole, whatever room was foreseen`(capacity: Int) {
        let text = String(repeating: "é", count: 700)
        let message = ByteBuffer.message(capacity: capacity, body: Array("corps".utf8)) { head in
            head.write("HTTP/1.1 ")
            head.write(decimal: 200)
            head.write(text: text)
            head.write("\r\n")
        }
        #expect(String(buffer: message) == "HTTP/1.1 200" + text + "\r\ncorps")
    }

    private static func request(url: String, _ headers: [(name: String, value: String)] = []) throws -> String? {
        let request = ProviderRequest(method: .get, url: url, headers: headers)
        let target = try #require(Target("http://a.example/", identity: nil))
        return ByteBuffer.http1(request, to: target).map { String(buffer: $0) }
    }

    /// Whoever could end a line of the request could add another one to it.
    @Test(arguments: ["\r", "\n", "\0", "\u{7F}", "\r\nX: y"])
    func `no control sign goes to a provider, in a path, a name or a value, sent or not`(sign: String) throws {
        #expect(try Self.request(url: "http://a.example/a\(sign)b") == nil)
        for name in ["X", "Host", "Content-Length"] {
            #expect(try Self.request(url: "http://a.example/", [(name, "a longer value\(sign)")]) == nil)
            #expect(try Self.request(url: "http://a.example/", [(name + sign, "v")]) == nil)
        }
        #expect(try Self.request(url: "http://a.example/a b") == nil)
        #expect(try Self.request(url: "http://a.example/", [("", "v")]) == nil)
    }

    @Test func `of one name the last is sent, and a tab stays in its value`() throws {
        let sent = try Self.request(url: "http://a.example/p?q=é", [("X", "1"), ("Host", "b"), ("x", "a\tb")])
        #expect(sent == "GET /p?q=é HTTP/1.1\r\nHost: a.example\r\nx: a\tb\r\n\r\n")
    }

    @Test func `nothing written is an empty buffer`() {
        #expect(ByteBuffer.message(capacity: 0, body: nil) { _ in }.readableBytes == 0)
    }
}
