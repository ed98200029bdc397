import TestSupport

/// Requests as no client should send them; the same ones for the same seed.
struct RequestMutations {
    let token: String
    let call: String
    let older: String
    private(set) var random: SeededGenerator

    init(seed: UInt64, token: String) {
        self.token = token
        random = SeededGenerator(seed: seed)
        call = Query.v3.civility
        older = Query.v3.version2
    }

    mutating func next() -> [UInt8] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2:
            var bytes = Array(request().utf8)
            bytes.mutate(using: &random)
            return bytes
        case 3: return Array(request(method: pick(Self.methods)).utf8)
        case 4: return Array(request(target: strangeTarget()).utf8)
        case 5: return Array(request(headers: strangeHeaders()).utf8)
        case 6:
            let bytes = Array(request(headers: strangeHeaders()).utf8)
            return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        case 7:
            let count = Int.random(in: 2...6, using: &random)
            return (0..<count).flatMap { _ in Array(request(closes: false).utf8) } + Array(request().utf8)
        case 8: return Array(request(method: pick(["GET", "POST"]), headers: framing(), body: strangeBody()).utf8)
        case 9: return Array(request(target: strangeQuery()).utf8)
        case 10:
            // Bytes that are no UTF-8, and NUL, in address and headers.
            let raw: [UInt8] = [0xFF, 0x00, 0xC3, 0x28, 0x80, 0xED, 0xA0, 0x80, 0x0D, 0x0A, 0x7F]
            var bytes = Array(request().utf8)
            for _ in 0..<3 {
                bytes.insert(
                    raw[Int.random(in: 0..<raw.count, using: &random)], at: Int.random(in: 4..<200, using: &random))
            }
            return bytes
        default: return Array(request(version: pick(Self.versions)).utf8)
        }
    }

    private static let methods = [
        "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "G", "", "GET GET", "PRI",
        "QUERY", "GÉT",
    ]
    private static let versions = [
        "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "http/1.1", "", "HTTP/1.1 x", "FTP/1.1",
    ]
    private static let targets = [
        "*", "/", "", "//", "/v3//", "/../../etc/passwd", "/v3/dss/../../x", "/%", "/%zz", "/%00", "/%2e%2e/%2e%2e",
        "/v3%2Fdss",
        "http://evil.example/v3/x", "http://[::1/x", "evil.example:443", "/api/v2/%C3%28", "/v\u{0663}/x",
        "/v99999999999999999999/x",
        "/documents/a/b.pdf", "/documents/../keys/0001.jwk", "/api/%2F/ping", "/ping/%00/%00", "/health?x#y",
        "/metrics", "?", "#", "/proxy/files/AAAA", "/proxy//", "/proxy/a/download/%00",
        "/attestations/verification/%2e",
        "/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA",
        "/v3?\(String(repeating: "a=1&", count: 2000))", "/" + String(repeating: "a/", count: 4000), "/api/introspect",
        "/privileges",
    ]

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func request(
        method: String = "GET", target: String? = nil, version: String = "HTTP/1.1", headers: [String] = [],
        body: String = "", closes: Bool = true
    ) -> String {
        let isOlder = Bool.random(using: &random)
        let credential = isOlder ? "X-Api-Key: \(token)" : "Authorization: Bearer \(token)"
        let lines =
            ["\(method) \(target ?? (isOlder ? older : call)) \(version)", "Host: hub.example", credential]
            + headers + (closes ? ["Connection: close"] : [])
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    private mutating func strangeTarget() -> String {
        Int.random(in: 0..<3, using: &random) == 0 ? call + pick(Self.targets) : pick(Self.targets)
    }

    private mutating func strangeQuery() -> String {
        let pieces = [
            "%", "%f", "&", "=", "[]", "prenoms[]", "%00", "+", "%FF", "recipient", ";", "é", "annee=", "%5B%5D", "🏠",
            "&&==",
        ]
        let extra = (0..<Int.random(in: 1...30, using: &random)).map { _ in pick(pieces) }.joined()
        return Bool.random(using: &random) ? call + "&" + extra : "/v3/dss/quotient_familial/identite?" + extra
    }

    private mutating func strangeHeaders() -> [String] {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: ["X-Large: " + String(repeating: "a", count: 100_000)]
        case 1: (0..<2000).map { "X-\($0): a" }
        case 2: ["X-Request-Id: a\u{0}b", "X-Request-Id: \u{7F}"]
        case 3: [" folded: x", "\tfolded"]
        case 4: ["Host: other", "Host: third", "Authorization: Bearer a.b.c"]
        case 5: ["NoColon", ": empty", "É: x", "A B: c"]
        case 6: ["Expect: 100-continue", "Upgrade: websocket", "Connection: upgrade"]
        case 7:
            [
                "Cache-Control: " + String(repeating: "no-cache,", count: 500),
                "X-Forwarded-For: \(String(repeating: "1,", count: 900))",
            ]
        default: ["Authorization: Bearer " + String(repeating: "x.", count: 5000)]
        }
    }

    private mutating func framing() -> [String] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: ["Transfer-Encoding: chunked"]
        case 1: ["Transfer-Encoding: chunked", "Content-Length: 5"]
        case 2: ["Content-Length: 5", "Content-Length: 6"]
        case 3: ["Content-Length: -1"]
        case 4: ["Content-Length: 99999999999999999999"]
        case 5: ["Transfer-Encoding: gzip, chunked"]
        case 6: ["Content-Length: 1000000"]
        default: ["Transfer-Encoding: chunked, identity", "Content-Length: x"]
        }
    }

    private mutating func strangeBody() -> String {
        pick([
            "5\r\nhello\r\n0\r\n\r\n", "5\r\nhel", "ffffffffffffffffff\r\nx\r\n0\r\n\r\n", "-1\r\nx\r\n", "zz\r\n",
            "0\r\n\r\n", "",
            "5;ext=\"\(String(repeating: "a", count: 5000))\"\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
            "3\r\nhello\r\n0\r\n\r\n", "hello",
            "0\r\n\r\nGET /privileges HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    }
}
