import Foundation
import Synchronization
import Values

@testable import CatalogueModel
@testable import DataProviders

/// A network that answers what it was told to, in order, and keeps what it was sent.
final class ScriptedTransport: HTTPTransport {
    typealias Script = @Sendable (ProviderRequest) async throws(TransportFailure) -> ProviderResponse

    private let sent = Mutex<[ProviderRequest]>([])
    private let script: Script

    init(_ script: @escaping Script) { self.script = script }

    /// Each answer once, the last one again and again; « token » in the address gets a token of its own.
    convenience init(_ answers: ProviderResponse...) {
        let left = Mutex(answers)
        self.init { request throws(TransportFailure) in
            if request.url.hasSuffix("/token") { return .json(#"{"access_token":"secret","expires_in":3600}"#) }
            guard let answer = left.withLock({ $0.count > 1 ? $0.removeFirst() : $0.first }) else { throw .unavailable }
            return answer
        }
    }

    var requests: [ProviderRequest] { sent.withLock { $0 } }

    func requests(to end: String) -> [ProviderRequest] { requests.filter { $0.url.hasSuffix(end) } }

    func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
        sent.withLock { $0.append(request) }
        return try await script(request)
    }
}

extension ProviderResponse {
    static func json(_ text: String, status: Int = 200, headers: HeaderList = [:]) -> ProviderResponse {
        ProviderResponse(status: status, headers: headers, body: Array(text.utf8))
    }
}

extension ProviderRequest {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    var text: String { String(decoding: body ?? [], as: UTF8.self) }
}

/// Settings from a table: `<provider>.<name>`.
struct TableConfiguration: ProviderConfiguration {
    var values = [
        "bank.url": "https://bank.example", "register.url": "https://register.example/", "bank.client_id": "me",
        "bank.client_secret": "s:1", "france_connect.url": "https://fc.example", "france_connect.client_id": "fc-id",
        "france_connect.client_secret": "fc-secret",
    ]

    func url(provider: String, address: String?) -> String? {
        values[([provider] + (address.map { [$0] } ?? []) + ["url"]).joined(separator: ".")]
    }

    func setting(provider: String, _ name: String) -> Redacted<String>? {
        values[provider + "." + name].map { Redacted($0) }
    }
}

/// A clock that moves when told.
final class MovingClock: Sendable {
    private let instant = Mutex(Date(timeIntervalSince1970: 1_780_000_000))
    var wall: WallClock { WallClock { [self] in instant.withLock { $0 } } }
    func advance(_ seconds: Double) { instant.withLock { $0.addTimeInterval(seconds) } }
}

/// Documents in memory.
final class KeptDocuments: DocumentKeeping {
    struct Full: Error {}
    let kept = Mutex<[(bytes: [UInt8], name: String, lifetime: Int)]>([])
    let isFull: Bool
    let pages: [String]

    init(isFull: Bool = false, pages: [String] = []) {
        self.isFull = isFull
        self.pages = pages
    }

    func pages(of bytes: [UInt8]) async -> [String] { pages }

    func keep(_ bytes: [UInt8], name: String, lifetime: Int, publicURL: String) async throws -> String {
        if isFull { throw Full() }
        kept.withLock { $0.append((bytes, name, lifetime)) }
        return publicURL + "/documents/x"
    }
}

/// Whether that outcome is a refusal, and its code.
extension Connector.Outcome {
    var code: String? { if case .refused(let problem, _) = self { problem.code } else { nil } }
    var retryIn: Int? { if case .refused(let problem, _) = self { problem.retryIn } else { nil } }
    var facts: CallFacts {
        switch self {
        case .answered(let facts), .refused(_, let facts): facts
        }
    }
}
