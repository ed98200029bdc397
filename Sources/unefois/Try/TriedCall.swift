import AsyncHTTPClient
import CatalogueModel
import Foundation
import NIOCore
import NIOHTTP1
import Values

/// A call put to a running service, as any client's.
struct TriedCall: Sendable {
    let example: CallExample
    let base: String
    let token: Redacted<String>

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
        let duration: Duration

        var isFine: Bool { (200..<300).contains(status) }
    }

    /// A client that neither follows redirections, which would take the token elsewhere, nor waits for a service that
    /// is not there.
    static func client() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// - Throws: errors of the network.
    func send(_ client: HTTPClient) async throws -> Answer {
        let query = example.query.map { Form.encoded($0.0) + "=" + Form.encoded($0.1) }.joined(separator: "&")
        var request = HTTPClientRequest(url: base + example.path + (query.isEmpty ? "" : "?" + query))
        request.headers.add(name: "Authorization", value: "Bearer " + token.exposed)
        let began = ContinuousClock.now
        let response = try await client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: Array(buffer: body),
            duration: began.duration(to: .now))
    }
}

/// The address of a service that a token may be sent to.
enum ServiceAddress {
    static let local = "http://127.0.0.1:8080"

    /// The address without a closing slash; nil where it is none, or where a token would travel in clear text.
    static func accepted(_ text: String, allowingHTTP: Bool) -> String? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard let address = URLComponents(string: text), let host = address.host, !host.isEmpty,
            address.query == nil, address.fragment == nil, address.user == nil
        else { return nil }
        let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard address.scheme == "https" || address.scheme == "http" && (isLocal || allowingHTTP) else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
