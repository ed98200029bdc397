import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Values

/// A provider that answers what it was told to, whatever it is asked; token addresses answer a token.
final class FakeProvider: Sendable {
    private let script = Mutex<[ReplayAnswer]>([])
    private let tokenPaths: Set<String>

    /// - Parameter tokenPaths: paths of token addresses, below the provider's base.
    init(tokenPaths: Set<String>) { self.tokenPaths = tokenPaths }

    /// What to answer next; the last answer is repeated.
    func tell(_ answers: [ReplayAnswer]) { script.withLock { $0 = answers } }

    func respond(_ request: Request) -> Response {
        if request.method == .post, tokenPaths.contains(request.uri.path) {
            return Self.response(
                200, [:], Array(#"{"access_token":"replayed","token":"replayed","expires_in":3600}"#.utf8))
        }
        let answer = script.withLock { script in script.count > 1 ? script.removeFirst() : script.first }
        guard let answer else { return Self.response(404, [:], []) }
        return Self.response(answer.status, answer.headers, answer.body)
    }

    private static func response(_ status: Int, _ headers: [String: String], _ body: [UInt8]) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "application/json"
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
