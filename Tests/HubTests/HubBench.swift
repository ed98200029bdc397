import CatalogueModel
import DataProviders
import Foundation
import Gateway
import Hummingbird
import Logging
import Pages
import Sandbox
import TestSupport
import Values

@testable import unefois

/// How a test wants its hub.
struct HubBench: Sendable {
    var rehearsals: (any Rehearsing)?
    var breaker = Breaker(threshold: .max)
    var admission = Admission()
    var callsPerProvider = Traffic.standardLimit
    /// Simulated providers in place of the stub.
    var usesSandbox = false
    var followsGrants = false
    /// Providers of this world, to which nobody of the sandbox may be named.
    var isFictional = true
    var catalogue = Self.catalogue
    /// Whose headers about the caller are believed.
    var trustedProxies: [String] = []
    var believesCertificates = false
    /// Another hub in place of all providers, with its FranceConnect.
    var national: National?

    struct National: Sendable {
        let url: String
        let token: String
        let franceConnect: String
    }

    struct Failure: Error {}

    static let catalogue = Result { try CatalogueCompiler(folder: CatalogueFolder.find(nil)).compile() }

    /// One for all hubs: an RSA key takes long to make.
    private static let franceConnectKey = Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "unefois-key-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        _ = try FranceConnectKeys(file: file.path)
        return try Data(contentsOf: file)
    }

    /// Runs a whole hub for the time of `body`.
    func run(_ body: @Sendable @escaping (RunningHub) async throws -> Void) async throws {
        let bench = self
        try await withTemporaryFolder { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let running = try await bench.start(path, &group)
                // A failure of a server ends the test, as the test's own end does.
                group.addTask { try await body(running) }
                let result: Result<Void, any Error>
                do { result = .success(try await group.next() ?? ()) } catch { result = .failure(error) }
                running.stub.release()
                group.cancelAll()
                await running.hub.close()
                try result.get()
            }
        }
    }

    private func start(_ path: String, _ group: inout ThrowingTaskGroup<Void, any Error>) async throws -> RunningHub {
        let folder = try DataFolder(path)
        let (catalogue, clock, stub) = (try catalogue.get(), MovingClock(), ProviderStub())
        try FileManager.default.createDirectory(atPath: folder.signingKeys, withIntermediateDirectories: true)
        try await onThread { try Self.franceConnectKey.get() }.write(to: URL(filePath: folder.franceConnectKey))
        let keys = try FranceConnectKeys(file: folder.franceConnectKey)
        try Data(keys.jwks.bytes).write(to: URL(filePath: folder.franceConnectJWKS))
        let secret = "sandbox-secret"
        let sandbox = usesSandbox ? try await simulate(secret, folder, clock, &group) : [:]
        let stubbed = try await listen(
            CallbackResponder<BasicRequestContext> { request, _ in await stub.respond(request) }, &group)
        let address = "http://127.0.0.1:\(stubbed)"
        let national = national
        let addresses =
            national.map { ["france_connect": $0.franceConnect] }
            ?? (usesSandbox ? sandbox : ["cnav": address, "insee": address, "papiers": address])
        let hub = try await Hub(
            folder: folder, catalogue: catalogue,
            providers: HubProviders(
                configured: { provider, name in
                    guard provider.hasPrefix("national_") else { return nil }
                    return ["url": national?.url, "token": national?.token][name] ?? nil
                }, addresses: addresses, secret: Redacted(secret),
                certificates: folder.sandboxCertificates),
            franceConnectKeys: keys, rehearsals: rehearsals, clock: clock.wall, breakers: Breakers(model: breaker),
            isFictional: isFictional, admission: admission, callsPerProvider: callsPerProvider)
        let pages = try Pages(
            options: PagesOptions(
                dsfr: DesignSystem.folder, publicURL: "http://127.0.0.1", stateBrand: false, sandbox: nil, version: "0"),
            catalogue: { catalogue }, trying: nil,
            proofs: CheckedProofs(proofs: hub.proofs, limiter: hub.gateway.limiter, clock: clock.wall),
            explaining: ExplainedCalls(hub: hub, folder: hub.folder))
        let callerAddress = CallerAddress(
            trustedProxies: trustedProxies.compactMap(AddressBlock.init), believesCertificates: believesCertificates)
        let port = try await listen(hub.responder(callerAddress: callerAddress) { pages.addRoutes(to: $0) }, &group)
        hub.address.url = "http://127.0.0.1:\(port)"
        if followsGrants { group.addTask { try await hub.followGrants() } }
        var running = RunningHub(
            hub: hub, folder: folder, port: port, stub: stub, clock: clock, sandbox: sandbox, papers: address)
        running.checksErrors = rehearsals == nil
        return running
    }

    private func simulate(
        _ secret: String, _ folder: DataFolder, _ clock: MovingClock, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> [String: String] {
        var options = SandboxOptions(secret: secret)
        options.families = 60
        options.companies = 60
        options.clock = clock.wall
        options.clientKeys = folder.franceConnectJWKS
        options.catalogue = try CatalogueFolder.find(nil)
        options.certificates = URL(filePath: folder.sandboxCertificates)
        options.scopes = (try? Self.catalogue.get())?.scopes.names ?? []
        let sandbox = try Sandbox(options)
        let (ready, continuation) = AsyncStream.makeStream(of: [String: String].self)
        group.addTask { try await sandbox.run { continuation.yield($0) } }
        for await addresses in ready { return addresses }
        throw Failure()
    }

    private func listen<Responder: HTTPResponder>(
        _ responder: Responder, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        group.addTask { try await application.run() }
        for await port in ports { return port }
        throw Failure()
    }
}

/// The parameters of a call, in order, that a test changes one at a time.
struct Query: Sendable {
    private var pairs: [(name: String, value: String)]

    static let v3 = Query(pairs: [
        ("recipient", "13002526500013"), ("nomNaissance", "LEFEBVRE"), ("prenoms[]", "CLAIRE"), ("prenoms[]", "MARIE"),
        ("anneeDateNaissance", "1987"), ("moisDateNaissance", "6"), ("jourDateNaissance", "27"), ("sexeEtatCivil", "F"),
        ("codeCogInseePaysNaissance", "99100"), ("codeCogInseeCommuneNaissance", "08480"),
    ])

    /// With other values in place of those of that name; none removes it.
    func with(_ name: String, _ values: String...) -> Query {
        var query = self
        query.pairs.removeAll { $0.name == name }
        query.pairs += values.map { (name, $0) }
        return query
    }

    /// With one more value of that name.
    func adding(_ name: String, _ value: String) -> Query { Query(pairs: pairs + [(name, value)]) }

    /// Whether no value of that name is sent.
    func isWithout(_ name: String) -> Bool { !pairs.contains { $0.name == name } }

    /// In the names of v2.
    var v2: Query {
        let names = [
            "anneeDateNaissance": "anneeDateDeNaissance", "moisDateNaissance": "moisDateDeNaissance",
            "jourDateNaissance": "jourDateDeNaissance", "sexeEtatCivil": "sexe",
            "codeCogInseePaysNaissance": "codePaysLieuDeNaissance",
            "codeCogInseeCommuneNaissance": "codeInseeLieuDeNaissance",
            "codeCogInseeDepartementNaissance": "codeInseeDepartementNaissance",
        ]
        return Query(pairs: pairs.map { (names[$0.name] ?? $0.name, $0.value) })
    }

    var civility: String { "/v3/dss/quotient_familial/identite?" + text }
    var citizen: String { "/v3/dss/quotient_familial/france_connect?" + text }
    var version2: String { "/api/v2/composition-familiale-v2?" + v2.text }

    var text: String {
        pairs.map { Form.encoded($0.name) + "=" + Form.encoded($0.value) }.joined(separator: "&")
    }

    /// As a call in flight is known.
}
