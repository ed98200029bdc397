import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Values

/// A provider that answers what it was told to, whatever it is asked; token addresses answer a token.
final class FakeProvider: Sendable {
    private let script = Mutex<[ReplayAnswer]>([])
    private let isHost = Mutex(false)
    private let tokenPaths: Set<String>

    /// - Parameter tokenPaths: paths of token addresses, below the provider's base.
    init(tokenPaths: Set<String>) { self.tokenPaths = tokenPaths }

    /// What to answer next; the last answer is repeated.
    /// - Parameter isHost: true where addresses in the answers are those of the recorded machine, for which this one
    ///   stands: no answer sends the hub to another.
    func tell(_ answers: [ReplayAnswer], isHost: Bool = false) {
        script.withLock { $0 = answers }
        self.isHost.withLock { $0 = isHost }
    }

    func respond(_ request: Request) -> Response {
        if request.method == .post, tokenPaths.contains(request.uri.path) {
            return Self.response(200, [:], Self.token)
        }
        let answer = script.withLock { script in script.count > 1 ? script.removeFirst() : script.first }
        guard let answer else { return Self.response(404, [:], []) }
        guard isHost.withLock(\.self), let host = request.head.authority else {
            return Self.response(answer.status, answer.headers, answer.body)
        }
        let body = String(decoding: answer.body, as: UTF8.self).replacing(
            /https?:\/\/[^\/<"\s]+/, with: "http://" + host)
        return Self.response(answer.status, answer.headers, Array(body.utf8))
    }

    /// A token under the names by which providers give theirs.
    private static let token: [UInt8] = {
        let token: JSON = "replayed"
        let answer: JSON = [
            "access_token": token, "token": token, "expires_in": 3600,
            "user": ["jwt": ["token": token, "expirateDate": "2100-01-01T00:00:00.000Z"]],
        ]
        return answer.bytes
    }()

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
