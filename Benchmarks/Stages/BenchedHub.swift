import CatalogueModel
import DataProviders
import Desk
import Foundation
import Gateway
import Ledger
import Proofs
import Storage
import Values

/// A whole hub over the real catalogue, with a provider that answers at once and no network.
struct BenchedHub: Sendable {
    static let target =
        "/v3/dss/quotient_familial/identite?recipient=13002526500013&nomNaissance=Martin&prenoms%5B%5D="
    static let rest =
        "&anneeDateNaissance=1987&moisDateNaissance=6&jourDateNaissance=27&sexeEtatCivil=F"
        + "&codeCogInseePaysNaissance=99100&codeCogInseeCommuneNaissance=08480"

    let catalogue: CompiledCatalogue
    let operation: APIOperation
    let gateway: Gateway
    let issuer: TokenIssuer
    let pseudonyms: PseudonymKeys
    let provider: InstantProvider
    /// A day in spring, at ten: providers are open.
    let clock = WallClock.starting(at: Date(timeIntervalSince1970: 1_778_832_000))

    struct Failure: Error, CustomStringConvertible { let description: String }

    init(catalogue folder: URL, answer: [UInt8], folder data: URL) async throws {
        let path = data.path
        catalogue = try CatalogueCompiler(folder: folder).compile()
        guard case .operation(let operation, _) = catalogue.routes.match("/v3/dss/quotient_familial/identite") else {
            throw Failure(description: "the catalogue does not have the call measured")
        }
        self.operation = operation
        provider = InstantProvider(answer: answer)
        pseudonyms = try PseudonymKeys(directory: data.appending(path: "pseudonym-keys"))
        let (breakers, settings, held) = (Breakers(), Settings(), catalogue)
        let documents = try DocumentStore(folder: path + "/documents", clock: clock)
        let connector = Connector(
            transport: provider, configuration: settings, breakers: breakers, documents: documents, clock: clock,
            catalogue: { held })
        let citizens = FranceConnect(
            transport: provider, configuration: settings, keys: try FranceConnectKeys(file: path + "/fc.pem"),
            breakers: breakers, clock: clock)
        let database = try await SQLiteDatabase.open(path + "/hub.sqlite")
        let parts = Gateway.Parts(
            connector: connector, franceConnect: citizens,
            ledger: try LedgerWriter(directory: data.appending(path: "ledger")), pseudonyms: pseudonyms,
            documents: documents, links: try LinkSeal(folder: path + "/links", clock: clock),
            proofs: try Proofs(database: database, keyFile: path + "/proof.key", clock: clock), rehearsals: nil,
            isFictional: true, questions: Nobody(), seenProofs: Nobody(), cases: Nobody(), clock: clock,
            publicURL: { "https://hub.example" })
        gateway = Gateway(parts: parts, catalogue: catalogue)
        let keys = try await SigningKeys.open(path + "/keys")
        issuer = try TokenIssuer(keys: keys)
        try await gateway.use(keys.ring, newest: keys.newest)
    }

    /// Grants with a token each, all of them with the scopes of the call.
    func rights(_ count: Int) -> GrantSnapshot {
        let now = clock.now()
        let scopes = operation.acceptedScopeNames
        var (grants, tokens): ([Grant], [AccessToken]) = ([], [])
        for number in 0..<count {
            let grant = Grant(
                id: UUID().uuidString, siret: String(10_000_000_000_000 + number), organisation: "Commune n° \(number)",
                title: "Tarification de la cantine n° \(number)", purpose: "Tarification sociale",
                scopes: scopes.map(\.self),
                limit: .unlimited, expires: now.addingTimeInterval(1e7))
            grants.append(grant)
            tokens.append(
                AccessToken(
                    id: UUID().uuidString, grant: grant.id, issued: now, expires: now.addingTimeInterval(1e7)))
        }
        return GrantSnapshot(grants: grants, tokens: tokens)
    }

    /// The tokens as they are sent, of at most so many grants among all.
    func texts(_ rights: GrantSnapshot, atMost count: Int) async throws -> [Redacted<String>] {
        var texts: [Redacted<String>] = []
        for token in rights.tokens.values.prefix(count) {
            guard let grant = rights.grants[token.grant] else { continue }
            texts.append(try await issuer.jwt(for: token, of: grant))
        }
        return texts
    }
}

/// Gives a token, then always the same answer.
struct InstantProvider: HTTPTransport {
    let answer: [UInt8]
    static let headers: HeaderList = ["Content-Type": "application/json", "X-APISECU-FD": "00810011"]

    func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
        guard request.method == .get else {
            return ProviderResponse(status: 200, body: Array(#"{"access_token":"t","expires_in":3600}"#.utf8))
        }
        return ProviderResponse(status: 200, headers: Self.headers, body: answer)
    }
}

struct Settings: ProviderConfiguration {
    func url(provider: String, address: String?) -> String? { address == nil ? "http://127.0.0.1:1" : nil }
    func setting(provider: String, _ name: String) -> Redacted<String>? { Redacted("setting") }
}

/// What the call measured does not need.
struct Nobody: QuestionCounting, ProofRemembering, CaseRegistering {
    func admits(
        _ question: [UInt8], about subject: [UInt8], distinct: Int, since: Date, now: Date
    ) async throws -> Bool { true }
    func isFirst(_ id: String, until end: Date) async throws -> Bool { true }
    func state(of reference: String, in grant: Grant.ID) -> CaseState { .unknown }
    func set(_ references: [String], of grant: Grant.ID, open: Bool) async throws -> Int? { nil }
}
