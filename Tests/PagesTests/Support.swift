import CatalogueModel
import Documents
import Foundation
import Hummingbird
import HummingbirdTesting
import Proofs
import ProviderHealth
import Synchronization
import Testing
import Values

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
        status: (any StatusReporting)? = KnownStatus(), proofs: (any ProofChecking)? = OneProof(),
        explaining: (any CallExplaining)? = KnownCall(), missing: MissingNames? = nil,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let catalogue = try catalogue()
        let router = Router(context: BasicRequestContext.self)
        let pages = try Pages(
            options: options ?? Self.options(), catalogue: { catalogue }, trying: trying, requests: requests,
            status: status, proofs: proofs, explaining: explaining, missing: missing)
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

/// A report made beforehand.
struct KnownStatus: StatusReporting {
    var made = Shipped.status
    func report() -> StatusReport { made }
    func present(_ provider: ProviderDescription, _ name: String) -> PresentState? {
        made.providers.first { $0.id == provider.id }?.present
    }
}

extension Shipped {
    /// Friday 15 May 2026, noon in Paris.
    static let noon = Date(timeIntervalSince1970: 1_778_839_200)

    /// One provider that has seen everything, and one of which nothing is known.
    static let status = StatusReport(
        generated: noon,
        providers: [
            provider(
                "cnav", PresentState(state: .degraded, updated: noon - 30, lastOK: noon - 90),
                days: [
                    0: DayTally([.ok: 43_000, .degraded: 200]), 1: DayTally([.ok: 80_000, .down: 6400]),
                    2: DayTally([.ok: 86_000, .degraded: 400]), 3: DayTally([.maintenance: 86_400]),
                    4: DayTally([.ok: 86_399, .down: 1]),
                ],
                incidents: [
                    Incident(provider: "cnav", start: noon - 90, kind: .degraded),
                    Incident(provider: "cnav", start: noon - 86_400, end: noon - 80_000, kind: .down),
                ],
                upcoming: [
                    .init(
                        window: MaintenanceWindow(.once(noon + 3600..<noon + 7200), apis: ["quotient-familial"]),
                        span: noon + 3600..<noon + 7200),
                    .init(
                        window: MaintenanceWindow(.once(noon + 86_400..<noon + 180_000)),
                        span: noon + 86_400..<noon + 180_000),
                ],
                issues: [KnownIssue(since: CivilDate(year: 2026, month: 5, day: 1), text: "Données < en retard >.")]),
            provider("insee", PresentState(state: .unknown), days: [:]),
        ])

    private static func provider(
        _ id: String, _ present: PresentState, days: [Int: DayTally], incidents: [Incident] = [],
        upcoming: [MaintenanceCalendar.Closing] = [], issues: [KnownIssue] = []
    ) -> StatusReport.Provider {
        let today = CivilDate(year: 2026, month: 5, day: 15)
        return StatusReport.Provider(
            id: id, title: "Fournisseur & \(id)", present: present,
            sources: [.init(name: id, how: .call, present: present)],
            days: (0..<90).map { .init(day: today.adding(days: $0 - 89), tally: days[89 - $0] ?? DayTally()) },
            incidents: incidents, upcoming: upcoming, issues: issues)
    }
}

/// Knows one proof.
struct OneProof: ProofChecking {
    static let token = "AAECAwQFBgcICQoLDA0ODw"
    static let code = "7K2M-40QX-9TBR-CD3W-6HZA"
    var check: ProofCheck?

    static let attestation = Attestation(
        title: "Quotient familial", operation: "operation", provider: "CNAF", requestID: "id-1",
        made: Date(timeIntervalSince1970: 1_778_839_200), wasKept: false, organisation: "Ville <de> Lyon",
        siret: "13002526500013", recipient: nil, purpose: "Tarif", legalBasis: ["CRPA L114-8"], isSpecimen: true,
        question: [Report.Row("Nom de naissance", "ROUX")],
        answer: [
            .init(title: "Ce qui a été répondu", level: 1, rows: []),
            .init(title: "Quotient familial", level: 2, rows: [Report.Row("Valeur", "620")]),
        ])

    func check(token: String, code: String) async -> ProofCheck {
        if let check { return check }
        guard token == Self.token else { return .verdict(.unknown) }
        return .verdict(code == Self.code ? .authentic(Self.attestation) : .wrongCode)
    }
}
