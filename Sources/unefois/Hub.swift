import CatalogueModel
import DataProviders
import Desk
import Foundation
import Gateway
import Geography
import Hummingbird
import Ledger
import Logging
import Nodes
import Operations
import Proofs
import ProviderHealth
import Sandbox
import Synchronization
import Values

/// A whole hub, put together: the one place that knows every room.
final class Hub: Sendable {
    let gateway: Gateway
    let store: GrantStore
    let dataRequests: DataRequestStore
    let keys: SigningKeys
    let franceConnectKeys: FranceConnectKeys
    let documents: DocumentStore
    let proofs: Proofs
    let seenProofs: SeenProofs
    let ledger: LedgerWriter
    let ledgerService: LedgerService
    let cases: CaseRegister
    let caseStore: CaseStore
    let purposeCalls: PurposeCallStore
    let transport: NetworkTransport
    let breakers: Breakers
    let quotas: any QuotaKeeping
    let watch: ProviderWatch
    let clock: WallClock
    let address: PublicAddress
    let geography: Gazetteer
    let health = Health()
    /// This process among the nodes of one database; nil where it is alone.
    let node: NodePresence?
    let sharedKeys: SharedKeys?
    let folder: DataFolder
    let logger = Logger(label: "unefois.hub")

    /// Opens the hub over a data folder.
    /// - Parameter isFictional: true where providers are simulated: proofs then say that nothing is real.
    init(
        folder: DataFolder, catalogue: CompiledCatalogue, providers: HubProviders, franceConnectKeys: FranceConnectKeys,
        rehearsals: (any Rehearsing)?, clock: WallClock, breakers: Breakers = Breakers(),
        quotas: (any QuotaKeeping)? = nil, nodeName: String? = nil, isFictional: Bool = false,
        admission: Admission = Admission(), callsPerProvider: Int = Traffic.standardLimit,
        settings: Settings? = nil, checksEchoes: Bool = true
    ) async throws {
        self.folder = folder
        self.clock = clock
        self.breakers = breakers
        self.franceConnectKeys = franceConnectKeys
        let database = try await folder.openDatabase(clock: clock)
        sharedKeys = try await folder.sharedKeys(database, clock: clock)
        let node = try await Self.enter(database, nodeName)
        self.node = node
        let quotas = quotas ?? node.map { SharedQuotas(database: database, node: $0.process) } ?? LocalQuotas()
        self.quotas = quotas
        store = GrantStore(database: database, clock: clock)
        dataRequests = DataRequestStore(database: database, clock: clock)
        purposeCalls = PurposeCallStore(database: database)
        caseStore = try CaseStore(database: database, keyFolder: folder.caseKeys, clock: clock)
        cases = CaseRegister(store: caseStore)
        keys = try await SigningKeys.open(folder.signingKeys)
        proofs = try Proofs(database: database, keyFile: folder.proofKey, clock: clock)
        seenProofs = SeenProofs(database: database, clock: clock)
        geography = try await folder.openGeography()
        documents = try DocumentStore(folder: folder.documents, clock: clock)
        ledger = try LedgerWriter(directory: folder.ledger, logger: Logger(label: "unefois.ledger"))
        ledgerService = try LedgerService(ledger, folder, settings)
        transport = NetworkTransport()
        let (address, holder) = (PublicAddress(), CatalogueHolder(catalogue))
        self.address = address
        let traffic = Traffic(limit: callsPerProvider, breakers: breakers)
        let connector = Connector(
            transport: transport, configuration: providers, breakers: breakers, documents: documents, clock: clock,
            quotas: quotas, traffic: traffic, checksEchoes: checksEchoes, catalogue: { holder.catalogue })
        gateway = Gateway(
            parts: Gateway.Parts(
                connector: connector,
                franceConnect: FranceConnect(
                    transport: transport, configuration: providers, keys: franceConnectKeys, breakers: breakers,
                    clock: clock, quotas: quotas, traffic: traffic),
                ledger: ledger, pseudonyms: try PseudonymKeys(directory: folder.pseudonymKeys),
                documents: documents, links: try LinkSeal(folder: folder.linkKeys, clock: clock), proofs: proofs,
                rehearsals: rehearsals, isFictional: isFictional || rehearsals != nil,
                questions: try folder.openQuestions(store), seenProofs: seenProofs, cases: cases, clock: clock,
                publicURL: { address.url }),
            catalogue: catalogue, admission: admission)
        self.holder = holder
        watch = ProviderWatch(
            catalogue: { holder.catalogue },
            examiner: SourceExaminer(
                connector: connector, clock: clock,
                recentCalls: { [gateway] in gateway.recentCalls(to: $0, apis: $1) }),
            spared: { breakers.open }, isLooking: { node?.isAtWork ?? true }, store: HealthStore(database: database),
            clock: clock)
        try await gateway.use(keys.ring, newest: keys.newest)
        try await gateway.meters.load(from: purposeCalls, at: clock.now())
        try await cases.refresh()
        try await readRights()
        registerHealth()
    }

    /// All of them, then what changed while that was read, as long as it takes too long.
    private func readRights() async throws {
        var began: ContinuousClock.Instant
        repeat {
            began = .now
            gateway.use(try await store.rights(since: gateway.rightsVersion))
        } while began.duration(to: .now) >= GrantFeed<ContinuousClock>.staleAfter
    }

    private let holder: CatalogueHolder

    /// The catalogue in use.
    var catalogue: CompiledCatalogue { holder.catalogue }

    /// Takes a new catalogue.
    func use(_ catalogue: CompiledCatalogue) {
        holder.use(catalogue)
        gateway.use(catalogue)
    }

    private func registerHealth() {
        let (gateway, ledger, database) = (gateway, ledger, store.database)
        if database.isShared {
            health.register("base de données") {
                if database.isReachable { return .well() }
                // For some seconds the rights that were read last still hold.
                return gateway.knowsGrants ? .well("injoignable à l’instant") : .unwell("injoignable")
            }
        }
        health.register("habilitations") { gateway.knowsGrants ? .well() : .unwell("illisibles") }
        health.register("registre") { ledger.isWritable ? .well() : .unwell("ne peut plus être écrit") }
    }

    /// Follows grants and tokens until cancelled: a change takes effect within a second.
    func followGrants() async throws {
        let (gateway, logger) = (gateway, logger)
        let (stream, changes) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let feed = GrantFeed(
            source: store,
            known: { gateway.rightsVersion },
            onChange: { reading, isCurrent in
                gateway.use(reading, isCurrent: isCurrent)
                // A token may have been signed with a key made since.
                changes.yield()
            },
            onStale: {
                logger.error("les habilitations ne peuvent plus être lues : tout appel est refusé")
                gateway.losesGrants()
            })
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                for await _ in stream {
                    await self.refreshKeys()
                }
            }
            try await feed.run()
            changes.finish()
        }
    }

    /// Removes expired documents and proofs every ten minutes until cancelled.
    func purgeDocuments() async throws {
        while !Task.isCancelled {
            _ = try? await documents.purge()
            if node?.isAtWork ?? true {
                _ = try? await proofs.purge()
                _ = try? await seenProofs.purge()
            }
            try await Task.sleep(for: .seconds(600))
        }
    }

    /// Brings the metrics of the providers' quotas up to date until cancelled.
    func refreshQuotas() async throws {
        while !Task.isCancelled {
            quotas.refreshMetrics()
            try await Task.sleep(for: .seconds(5))
        }
    }

    /// Answers the hub's paths, then `/health` and the service addresses, then the pages.
    func responder(
        callerAddress: CallerAddress = CallerAddress(trustedProxies: []),
        pages: (Router<BasicRequestContext>) -> Void
    ) -> GatewayResponder<MissingResponder<RouterResponder<BasicRequestContext>>> {
        let router = Router(context: BasicRequestContext.self)
        let services = ServiceRoutes(gateway: gateway, keys: franceConnectKeys, documents: documents)
        services.add(to: router)
        OAuthRoutes(gateway: gateway).add(to: router)
        PingRoutes(watch: watch, catalogue: { [holder] in holder.catalogue }, publicURL: { [address] in address.url })
            .add(to: router)
        GeographyRoutes(geography).add(to: router)
        LedgerRoutes(service: ledgerService, gateway: gateway, clock: clock).add(to: router)
        CaseRoutes(gateway: gateway).add(to: router)
        let health = health
        router.get("/health") { _, _ in
            let report = health.report()
            return Response(
                status: report.healthy ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: report.json.bytes)))
        }
        pages(router)
        let fallback = MissingResponder(services: services, router: router.buildResponder())
        return GatewayResponder(gateway: gateway, fallback: fallback, callerAddress: callerAddress)
    }

    /// Stops what stands on threads and sockets of its own.
    func close() async {
        await ledger.close()
        await ledgerService.finish()
        await savePurposes()
        await transport.shutdown()
        await leaveNodes()
    }
}

/// Answers addresses of the hub that lead nowhere before the pages do.
struct MissingResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context == BasicRequestContext {
    let services: ServiceRoutes
    let router: Inner

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        if let gone = services.gone(request.uri.path) { return gone }
        do {
            let response = try await router.respond(to: request, context: context)
            let isData = response.headers[.contentType]?.hasPrefix("application/json") ?? false
            guard response.status == .notFound, !isData else { return response }
            return services.unknown(request.uri.path) ?? response
        } catch let error as HTTPError where error.status == .notFound {
            if let answer = services.unknown(request.uri.path) { return answer }
            throw error
        }
    }
}

/// The base of the hub's absolute links, known once it listens.
final class PublicAddress: Sendable {
    private let text = Mutex("")
    var url: String {
        get { text.withLock { $0 } }
        set { text.withLock { $0 = newValue } }
    }
}

/// The catalogue in use.
final class CatalogueHolder: Sendable {
    private let held: Mutex<CompiledCatalogue>
    init(_ catalogue: CompiledCatalogue) { held = Mutex(catalogue) }
    var catalogue: CompiledCatalogue { held.withLock { $0 } }
    func use(_ catalogue: CompiledCatalogue) { held.withLock { $0 = catalogue } }
}

/// Proofs of possession are remembered in the database, for all nodes.
extension SeenProofs: ProofRemembering {}

/// Calls of purposes are added up in the database.
extension PurposeCallStore: PurposeCallKeeping {}

/// Few different questions about one person are counted in the database.
extension QuestionStore: QuestionCounting {}

/// Published test cases stand in for providers.
struct PublishedCases: Rehearsing {
    let cases: TestCases
    func answer(operation: String, parameters: [String: JSON]) -> (status: Int, body: [UInt8])? {
        cases.answer(operation: operation, parameters: parameters)
    }
}
