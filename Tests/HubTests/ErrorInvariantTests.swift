import CatalogueModel
import DataProviders
import Foundation
import Synchronization
import Testing
import Values

@testable import unefois

/// The invariant over the whole catalogue, whatever providers do.
struct ErrorInvariantTests {
    private static let operations: [APIOperation] = (try? HubBench.catalogue.get())?.operations ?? []

    @Test func `whatever a provider does, its error is one that the operation is said to give`() async throws {
        let catalogue = try HubBench.catalogue.get()
        #expect(!Self.operations.isEmpty)
        for operation in Self.operations where operation.gathered.isEmpty {
            let possible = Dictionary(
                operation.possibleErrors(catalogue.errors).map { ($0.code, $0.status) }, uniquingKeysWith: { $1 })
            for behaviour in ProviderBehaviour.all {
                let problem = await behaviour.problem(operation, catalogue)
                guard let problem else { continue }
                let (code, status) = (operation.code(of: problem), catalogue.status(of: problem, in: operation))
                #expect(possible[code] == status, "\(operation.id), \(behaviour): \(code) \(status)")
            }
        }
    }

    @Test func `a failure of FranceConnect is among the errors of what it opens`() throws {
        let catalogue = try HubBench.catalogue.get()
        for operation in Self.operations where operation.takesFranceConnect {
            let possible = Set(operation.possibleErrors(catalogue.errors).map(\.code))
            let failures = TransportFailure.all.map(\.problem.code) + ["NN999", "NN000"]
            for code in failures.map({ $0.replacing("NN", with: "51") }) + ["50001", "50002", "50003"] {
                #expect(possible.contains(code), "\(operation.id) \(code)")
            }
        }
    }

    @Test func `recorded answers end in errors that the operation is said to give`() throws {
        let catalogue = try HubBench.catalogue.get()
        for recording in catalogue.apis.flatMap(\.recordings) {
            guard let code = recording.expectedCode, let operation = catalogue.operation(recording.operation) else {
                continue
            }
            #expect(
                operation.possibleErrors(catalogue.errors).contains {
                    $0.code == code && $0.status == recording.expectedStatus
                }, "\(recording.operation) \(code)")
        }
    }

    @Test func `each error of an operation is in the OpenAPI document of its bouquet`() throws {
        let catalogue = try HubBench.catalogue.get()
        for bouquet in Set(catalogue.apis.map(\.bouquet)) {
            let document = OpenAPIDocument(
                .bouquet(bouquet), of: catalogue, server: "https://hub.example", version: "1")
            let json = try #require(document).json
            let listed = ErrorsDocument(bouquet, operation: nil, of: catalogue).json["data"]?.items ?? []
            for operation in catalogue.operations where operation.api.bouquet == bouquet {
                let responses = json["paths"]?[operation.route]?["get"]?["responses"]
                let errors = ErrorsDocument(bouquet, operation: operation.id, of: catalogue).json["data"]?.items ?? []
                #expect(errors.count == operation.possibleErrors(catalogue.errors).count && errors.count > 10)
                for error in errors {
                    let (code, status) = (error["code"]?.text ?? "", error["status"]?.text ?? "")
                    let examples = responses?[status]?["content"]?["application/json"]?["examples"]
                    #expect(examples?[code] != nil, "\(operation.id) \(code) \(status)")
                    // The list of all says so too.
                    let same = listed.filter {
                        $0["code"]?.text == code && $0["status"]?.text == status && $0["detail"] == error["detail"]
                            && $0["title"] == error["title"]
                    }
                    #expect(same.count == 1)
                    #expect(same.first?["operations"]?.items?.contains(.string(operation.id)) == true)
                }
            }
        }
    }

    @Test func `every code that the program names is in the nomenclature`() throws {
        let catalogue = try HubBench.catalogue.get()
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var found: Set<String> = []
        for room in ["Gateway", "DataProviders", "CatalogueModel"] {
            let files = FileManager.default.enumerator(
                at: sources.appending(path: room), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                found.formUnion(text.matches(of: /"((?:00|50|NN)[0-9]{3})"/).map { String($0.1) })
            }
        }
        #expect(found.count > 30)
        for code in found.sorted() { #expect(catalogue.errors.entry(code) != nil, "\(code)") }
    }

    @Test func `each error has a remedy, each provider a name in errors`() throws {
        let catalogue = try HubBench.catalogue.get()
        for entry in catalogue.errors.entries {
            #expect(!(entry.remedy ?? "").isEmpty, "\(entry.code)")
            #expect((400...599).contains(entry.status))
        }
        for operation in Self.operations where operation.gathered.isEmpty {
            #expect(catalogue.errors.providerNames[operation.errorPrefix] != nil)
        }
        for number in ["01", "43", "44", "51", "52"] { #expect(catalogue.errors.providerNames[number] != nil) }
    }
}

extension TransportFailure {
    fileprivate static let all: [TransportFailure] = [
        .timeout, .unavailable, .network, .name, .certificate, .tooLarge, .unconfigured,
    ]
}

/// One way in which a provider can fail.
struct ProviderBehaviour: CustomStringConvertible {
    let description: String
    private let answer: @Sendable () -> Result<ProviderResponse, TransportFailure>

    static let all: [ProviderBehaviour] =
        TransportFailure.all.map { failure in
            ProviderBehaviour(description: "\(failure)") { .failure(failure) }
        }
        + [200, 201, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 418, 422, 429, 451]
        .flatMap { status($0) } + [500, 501, 502, 503, 504, 599].flatMap { status($0) }

    private static func status(_ status: Int) -> [ProviderBehaviour] {
        ["", "{}", "[]", "null", #"{"code":1,"errors":[]}"#, "<html>", "%PDF-1.4", "AAAA"].map { body in
            ProviderBehaviour(description: "\(status) \(body)") {
                .success(ProviderResponse(status: status, headers: [:], body: Array(body.utf8)))
            }
        }
    }

    /// The error of an operation whose provider behaves so; nil where it is no error.
    func problem(_ operation: APIOperation, _ catalogue: CompiledCatalogue) async -> ProblemTemplate? {
        let replay = Replay(catalogue: catalogue, clock: .fixed(may))
        let facts = replay.facts(operation, parameters: operation.example)
        let connector = Connector(
            transport: Script(answer: answer), configuration: Anything(), breakers: Breakers(), documents: NoRoom(),
            clock: .fixed(may), catalogue: { catalogue })
        switch await connector.ask(operation, facts) {
        case .refused(let problem, _): return problem
        case .answered(let facts):
            let scopes = catalogue.scopes.set(catalogue.scopes.names)
            let answer = try? operation.answer.project(facts, scopes: scopes, maskText: operation.provider.maskText)
            return answer == nil ? ProblemTemplate(code: "NN999") : nil
        }
    }

    /// A network on which tokens come and every question ends the same way.
    private struct Script: HTTPTransport {
        let answer: @Sendable () -> Result<ProviderResponse, TransportFailure>

        func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
            let asksForToken = request.headers.contains { $0.value.contains("x-www-form-urlencoded") }
            guard asksForToken else { return try answer().get() }
            let token = #"{"access_token":"secret","expires_in":3600}"#
            return ProviderResponse(status: 200, headers: [:], body: Array(token.utf8))
        }
    }

    private struct Anything: ProviderConfiguration {
        func url(provider: String, address: String?) -> String? { "https://\(provider).example" }
        func setting(provider: String, _ name: String) -> Redacted<String>? { Redacted("x") }
    }

    private struct NoRoom: DocumentKeeping {
        struct Full: Error {}
        func pages(of bytes: [UInt8]) async -> [String] { ["Attestation"] }
        func keep(_ bytes: [UInt8], name: String, lifetime: Int, publicURL: String) async throws -> String {
            throw Full()
        }
    }
}
