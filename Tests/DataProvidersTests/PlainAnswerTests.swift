import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestSupport
import Testing
import Values

@testable import DataProviders

/// Answers read past the library's parser are what that one would have read.
struct PlainAnswerTests {
    private static let plain =
        "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: application/json\r\nX-APISECU-FD: 00810011\r\nContent-Length: 7\r\n"

    private static func read(_ bytes: [UInt8]) -> ProviderResponse? {
        ProviderResponse(plain: bytes.span)
    }

    @Test func `a plain answer is read whole`() throws {
        let answer = try #require(Self.read(Array((Self.plain + "\r\n{\"a\":1}").utf8)))
        #expect(answer.status == 200 && answer.body == Array("{\"a\":1}".utf8))
        #expect(answer.headers["x-apisecu-fd"] == "00810011")
        #expect(Self.read(Array((Self.plain.replacing("200 OK", with: "404") + "\r\n{\"a\":1}").utf8))?.status == 404)
    }

    @Test(arguments: [
        "Content-Length: 7", "Transfer-Encoding: chunked", "Content-Encoding: gzip", "Connection: close", "Upgrade: x",
        "Trailer: x", " folded: x", "A : x", "A: \u{1}",
    ])
    func `a field that is in doubt leaves the answer to the parser`(field: String) {
        #expect(Self.read(Array((Self.plain + field + "\r\n\r\n{\"a\":1}").utf8)) == nil)
    }

    @Test func `so does whatever is not one whole answer with a body of its length`() {
        let whole = Array((Self.plain + "\r\n{\"a\":1}").utf8)
        for end in 0..<whole.count { #expect(Self.read(Array(whole.prefix(end))) == nil) }
        #expect(Self.read(whole + [0x20]) == nil && Self.read(whole + whole) == nil)
        let text = String(decoding: whole, as: UTF8.self)
        for (old, new) in [
            ("200 OK", "100 Continue"), ("200 OK", "204 No Content"), ("200 OK", "304 Not Modified"),
            ("200 OK", "2000"),
            ("200 OK", "20"), ("200 OK", "600 X"), ("HTTP/1.1", "HTTP/1.0"), ("Length: 7", "Length: +7"),
            ("Length: 7", "Length: 7, 7"), ("Length: 7", "Length: 00000007"), ("Content-Length: 7", "A: b"),
        ] { #expect(Self.read(Array(text.replacing(old, with: new).utf8)) == nil) }
    }

    @Test func `of mutated answers, those that are taken are the parser's`() throws {
        var random = SeededGenerator(seed: 1)
        let seed = Array((Self.plain + "\r\n{\"a\":1}").utf8)
        var taken = 0
        for _ in 0..<20_000 {
            var bytes = seed
            bytes.mutate(using: &random)
            guard let answer = Self.read(bytes) else { continue }
            taken += 1
            let parsed = try #require(try Self.parsed(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(Int(parsed.head.status.code) == answer.status && parsed.body == answer.body)
            #expect(parsed.head.isKeepAlive && parsed.head.version == .http1_1)
            #expect(HeaderList(parsed.head.headers.map { ($0.name, $0.value) }) == answer.headers)
        }
        #expect(taken > 500)
    }

    /// The one answer that the parser reads there; nil where it reads anything else.
    private static func parsed(_ bytes: [UInt8]) throws -> (head: HTTPResponseHead, body: [UInt8])? {
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
        defer { _ = try? channel.finish() }
        try channel.writeOutbound(
            HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")))
        try channel.writeInbound(ByteBuffer(bytes: bytes))
        guard case .head(let head)? = try channel.readInbound(as: HTTPClientResponsePart.self) else { return nil }
        var body: [UInt8] = []
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .body(let buffer): body += buffer.readableBytesView
            case .end(nil): return try channel.readInbound(as: HTTPClientResponsePart.self) == nil ? (head, body) : nil
            default: return nil
            }
        }
        return nil
    }
}

@Suite struct HeadReaderTests {
    /// Every byte at every place, so that it comes in each place of a wide word and behind the last whole one.
    @Test func `a line ends before the first sign that is not visible, wherever it stands`() {
        for length in [1, 31, 32, 33, 64, 70] {
            for place in 0..<length {
                let wrong = (UInt8.min...UInt8.max).filter { byte in
                    var bytes = [UInt8](repeating: 0x61, count: length) + [0x0D, 0x0A]
                    bytes[place] = byte
                    var reader = HeadReader()
                    return reader.line(in: bytes.span) != ((0x20...0x7E).contains(byte) ? 0..<length : nil)
                        || !(0x20...0x7E).contains(byte) && reader.place != place
                }
                #expect(wrong.isEmpty, "at \(place) of \(length)")
            }
        }
    }
}
