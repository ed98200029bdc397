import CatalogueModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import Pages

/// The shipped catalogue, a sandbox of two people, and a hub that answers what it was asked.
enum Shipped {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let sources = root.appending(path: "Sources/Pages")

    static let sandbox = SandboxInformation(
        token: "jeton-de-demonstration",
        subjects: [
            SandboxInformation.Subject(
                label: "Jeanne Roux, allocataire",
                parameters: [
                    "nomNaissance": ["ROUX"], "prenoms[]": ["JEANNE", "ANNE"], "sexeEtatCivil": ["F"],
                    "codeCogInseePaysNaissance": ["99100"],
                ], franceConnectToken: "jeton-de-jeanne")
        ])

    private static let compiled = Result { () throws(CatalogueFault) in
        try CatalogueCompiler(folder: root.appending(path: "Catalogue")).compile()
    }

    static func catalogue() throws -> CompiledCatalogue { try compiled.get() }

    static func options(dsfr: URL? = nil, sandbox: SandboxInformation? = Self.sandbox) -> PagesOptions {
        PagesOptions(
            dsfr: dsfr ?? root.appending(path: "nowhere"), publicURL: "http://unefois.test/", stateBrand: false,
            sandbox: sandbox, version: "1.2.3")
    }

    /// Runs `test` against the pages.
    static func pages<Value: Sendable>(
        _ options: PagesOptions? = nil, trying: (any CallTrying)? = Echo(),
        requests: (any DataRequesting)? = KeptRequests(),
        status: (any StatusTelling)? = nil, missing: MissingNames? = nil,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let catalogue = try catalogue()
        let router = Router(context: BasicRequestContext.self)
        let pages = try Pages(
            options: options ?? Self.options(), catalogue: { catalogue }, trying: trying, requests: requests,
            status: status, missing: missing)
        pages.addRoutes(to: router)
        return try await Application(router: router).test(.router) { client in try await test(client) }
    }
}

/// Answers each call with the call itself.
struct Echo: CallTrying {
    var status = 200

    func call(path: String, query: [(String, String)], headers: [(String, String)]) async -> TriedAnswer {
        let text = ([path] + query.map { "\($0)=\($1)" } + headers.map { "\($0): \($1)" }).joined(separator: "|")
        let body =
            status == 200
            ? #"{"data":"\#(text)"}"#
            : #"{"errors":[{"code":"00420","title":"Paramètre invalide","detail":"Le nom manque."}]}"#
        return TriedAnswer(
            status: status, headers: [("X-Request-Id", "id-1"), ("Server", "hidden")], body: Array(body.utf8),
            duration: .milliseconds(12))
    }
}

/// Requests for data, in memory.
final class KeptRequests: DataRequesting {
    private let kept = Mutex<[(datum: String, siret: String, reason: String)]>([])
    private let isFull: Bool

    init(isFull: Bool = false) { self.isFull = isFull }

    var all: [(datum: String, siret: String, reason: String)] { kept.withLock { $0 } }

    func record(datum: String, siret: String, reason: String) async throws -> DataRequestOutcome {
        guard !isFull else { return .tooMany }
        kept.withLock { $0.append((datum, siret, reason)) }
        return .recorded
    }

    func counts() async throws -> [String: Int] {
        Dictionary(grouping: all, by: \.datum).mapValues { Set($0.map(\.siret)).count }
    }
}

/// Knows how one provider is doing.
struct KnownStatus: StatusTelling {
    let path = "/etat"
    func line(provider: String) async -> StatusLine? {
        provider == "cnav" ? StatusLine(level: .troubled, text: "Réponses lentes depuis midi") : nil
    }
}

extension TestClientProtocol {
    /// The answer to a visitor's browser.
    func visit(
        _ path: String, method: HTTPRequest.Method = .get, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> (status: Int, headers: HTTPFields, text: String) {
        var headers = headers
        headers[.accept] = "text/html"
        return try await execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { response in (Int(response.status.code), response.headers, String(buffer: response.body)) }
    }
}
