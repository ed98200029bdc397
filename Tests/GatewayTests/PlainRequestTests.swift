import DataProviders
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

/// What is read past the library's parser is what that one would have read.
///
/// `MUTATIONS=1000000 SEED=7 swift test --filter PlainRequestTests` for longer runs.
struct PlainRequestTests {
    private static let plain =
        "GET /v3/dss/quotient?recipient=13002526500013&prenoms%5B%5D=L%C3%A9a&prenoms[]=M HTTP/1.1\r\nHost: hub\r\n"
        + "Authorization:  Bearer abc.def-_\r\nX-Request-Id: 12345678\r\nCache-Control: no-cache\r\nUser-Agent: wrk\r\n"

    private static func read(_ text: String) -> PlainRequest? { read(Array(text.utf8)) }
    private static func read(_ bytes: [UInt8]) -> PlainRequest? { PlainRequest(bytes.span) }

    @Test func `a plain call is read whole`() throws {
        let call = try #require(Self.read(Self.plain + "\r\n"))
        #expect(call.target == "/v3/dss/quotient?recipient=13002526500013&prenoms%5B%5D=L%C3%A9a&prenoms[]=M")
        #expect(call.headers.bearer == "abc.def-_" && call.headers.requestID == "12345678" && call.headers.wantsFresh)
        #expect(Self.read(Self.plain + "Connection: Keep-Alive\r\n\r\n") != nil)
    }

    @Test(arguments: [
        "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close", "Connection: upgrade", "Upgrade: h2c",
        "Expect: 100-continue", "TE: trailers", "Trailer: x", "Host: twice", " folded: x", "No-Colon", "Space : x",
        ": nameless", "A: tab\t", "A: trailing ", "A: \u{E9}", "A: \u{0}", "A: x\ry", "A: x\ny",
        "Proxy-Connection: keep-alive",
    ])
    func `a field that is in doubt leaves the request to the parser`(field: String) {
        #expect(Self.read(Self.plain + field + "\r\n\r\n") == nil)
    }

    @Test func `so does whatever is not one whole GET`() {
        let whole = Self.plain + "\r\n"
        for end in 0..<whole.utf8.count { #expect(Self.read(Array(whole.utf8.prefix(end))) == nil) }
        for text in [
            whole + "G", whole + whole, whole.replacing("GET", with: "POST"),
            whole.replacing("HTTP/1.1", with: "HTTP/1.0"),
            whole.replacing("Host: hub\r\n", with: ""), whole.replacing("/v3", with: "http://hub/v3"),
            whole.replacing("/v3", with: "/v3#"), whole.replacing("/v3", with: "/v3 "), "\r\n" + whole,
            Self.plain + "X-Long: " + String(repeating: "a", count: PlainRequest.largest) + "\r\n\r\n",
        ] { #expect(Self.read(text) == nil) }
    }

    @Test func `of mutated requests, those that are taken are the parser's`() throws {
        var random = SeededGenerator.fromEnvironment
        let seed = Array((Self.plain + "\r\n").utf8)
        var taken = 0
        for _ in 0..<Int(environment: "MUTATIONS", else: 20_000) {
            var bytes = seed
            bytes.mutate(using: &random)
            guard let call = Self.read(bytes) else { continue }
            taken += 1
            let parsed = try #require(try Self.parsed(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(parsed.uri == call.target && parsed.method == .GET && parsed.version == .http1_1)
            #expect(parsed.isKeepAlive)
            var headers = CallHeaders()
            for (name, value) in parsed.headers { name.withBytes { headers.take($0, value) } }
            #expect(headers == call.headers)
        }
        #expect(taken > 500)
    }

    /// The head of the one request without a body that the parser reads there; nil where it reads anything else.
    private static func parsed(_ bytes: [UInt8]) throws -> HTTPRequestHead? {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        defer { _ = try? channel.finish() }
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self),
            case .end(nil)? = try channel.readInbound(as: HTTPServerRequestPart.self),
            try channel.readInbound(as: HTTPServerRequestPart.self) == nil
        else { return nil }
        return head
    }
}
