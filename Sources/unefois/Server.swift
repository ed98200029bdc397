import CLoader
import CatalogueModel
import DataProviders
import Foundation
import Gateway
import Hummingbird
import HummingbirdCore
import Logging
import NIOCertificateReloading
import Operations
import Pages
import Sandbox
import ServiceLifecycle
import Values

/// The service as a process: sandbox, hub, pages, metrics, signals.
struct Server {
    let settings: Settings
    let registry: PrometheusRegistry
    private let logger = Logger(label: "unefois")

    func run() async throws {
        let clock = settings.clock.map(WallClock.starting) ?? .system
        let folder = try DataFolder(settings.data, shared: SharedDatabase(settings))
        // Keys of other nodes come before those that this one would make.
        if folder.shared != nil { _ = try await folder.openDatabase(clock: clock) }
        let catalogueFolder = try CatalogueFolder.find(settings.catalogue)
        let catalogue = try CatalogueCompiler(folder: catalogueFolder, servesAnnounced: settings.sandbox).compile()
        try refuseStrayProviders(catalogue)
        try refuseDemonstrationOverRealProviders(catalogue)
        let cases = try settings.testCases.map { PublishedCases(cases: try TestCases(directory: $0)) }
        let franceConnectKeys = try await openFranceConnectKeys(folder)
        let sandbox =
            settings.sandbox
            ? try await SandboxProcess.start(
                settings, folder, catalogue: catalogueFolder, scopes: catalogue.scopes.names)
            : nil
        defer { sandbox?.stop() }
        let settings = settings
        let providers = HubProviders(
            configured: { settings.provider($0, $1) }, sandbox: sandbox)
        let hub = try await Hub(
            folder: folder, catalogue: catalogue, providers: providers, franceConnectKeys: franceConnectKeys,
            rehearsals: cases, clock: clock, nodeName: settings.node, isFictional: settings.sandbox,
            admission: settings.callsInFlight.map { Admission(limit: $0) } ?? Admission(),
            callsPerProvider: settings.callsPerProvider, settings: settings)
        logger.notice("géographie", metadata: ["données": "\(hub.geography.origin)"])
        if !settings.sandbox { try await DemoToken.revoke(hub) }
        let demo = settings.sandbox ? try await DemoToken.token(hub) : nil
        try await serve(hub, catalogueFolder, sandbox, demo)
        await hub.close()
    }

    private func openFranceConnectKeys(_ folder: DataFolder) async throws -> FranceConnectKeys {
        try FileManager.default.createDirectory(
            atPath: folder.signingKeys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let keys = try FranceConnectKeys(file: folder.franceConnectKey)
        try Data(keys.jwks.bytes).write(to: URL(filePath: folder.franceConnectJWKS), options: .atomic)
        return keys
    }

    private struct Refused: Error, CustomStringConvertible { let description: String }

    private func refuseStrayProviders(_ catalogue: CompiledCatalogue) throws {
        let stray = settings.strayProviderNames(known: catalogue.providers.keys.sorted())
        guard stray.isEmpty else {
            throw Refused(description: "réglage d'un fournisseur inconnu : " + stray.joined(separator: ", "))
        }
    }

    /// With the sandbox comes a public token that opens everything: it must never open a real provider.
    private func refuseDemonstrationOverRealProviders(_ catalogue: CompiledCatalogue) throws {
        guard settings.sandbox else { return }
        let urls = catalogue.providers.values.flatMap { provider in
            (["url"] + provider.addresses.keys.map { $0 + ".url" }).compactMap { settings.provider(provider.id, $0) }
        }
        let hosts = Set(urls.map { URLComponents(string: $0)?.host ?? $0 })
        let real = hosts.subtracting(["localhost", "127.0.0.1", "::1", "[::1]"]).sorted()
        guard real.isEmpty else {
            throw Refused(
                description: "le bac à sable donne à tous un jeton de démonstration : avec un vrai fournisseur "
                    + "(\(real.joined(separator: ", "))), démarrez avec --no-sandbox")
        }
    }

    private func serve(_ hub: Hub, _ folder: URL, _ sandbox: SandboxProcess?, _ demo: String?) async throws {
        let port = settings.port == 0 ? try await FreePort.find(settings.host) : settings.port
        hub.address.url = settings.publicURL(port: port)
        let pages = try ServerPages(hub: hub, settings: settings, demoToken: demo)
        let welcome = Welcome(hub: hub, settings: settings, sandbox: sandbox, demoToken: demo)
        let callerAddress = CallerAddress(
            trustedProxies: settings.trustedProxies, believesCertificates: settings.clientCertHeader)
        let listener = HubListener(
            gateway: hub.gateway, callerAddress: callerAddress, idleTimeout: .seconds(Int64(settings.idleTimeout)),
            requestTimeout: .seconds(Int64(settings.requestTimeout)))
        let (server, certificate): (HTTPServerBuilder, TimedCertificateReloader?)
        do {
            let tls = try settings.tls.map { ($0, try $0.reloader(logger)) }
            (server, certificate) = (try .listening(listener, tls), tls?.1)
        } catch {
            throw Refused(description: "le certificat TLS ou sa clé ne peuvent pas être lus : \(error)")
        }
        let responder = hub.responder(callerAddress: callerAddress) { pages.addRoutes(to: $0) }
        var services: [any ServiceLifecycle.Service] = [
            LoopService { try await hub.followGrants() },
            LoopService { try await hub.purgeDocuments() },
            LoopService { try await hub.countPurposes() },
            LoopService { try await hub.followCases() },
            LoopService { try await hub.purgePurposes() },
            LoopService { try await hub.watch.run() },
            LoopService { try await hub.refreshQuotas() },
            LoopService { try await hub.ledgerService.run(settings) },
            Reloader(
                hub: hub, folder: folder, sandbox: sandbox, servesAnnounced: settings.sandbox, certificate: certificate,
                logger: logger),
        ]
        if let certificate { services.append(certificate) }
        let ports = BoundPorts()
        services += hub.nodeLoops.map { LoopService(loop: $0) }
        if let port = settings.adminPort { services.append(admin(hub, port, ports)) }
        services.append(
            Application(
                responder: responder,
                server: server,
                configuration: .init(
                    address: .hostname(settings.host, port: port), serverName: nil, backlog: 1024,
                    // Beyond that many clients new ones wait in the listen queue.
                    availableConnectionsDelegate: MaximumAvailableConnections(10_000)),
                onServerRunning: { _ in
                    await welcome.show(port: port, adminPort: ports.admin)
                    // Once what begins with the service has begun: of what the start has used, calls use a third.
                    DispatchQueue.global().asyncAfter(deadline: .now() + 1) { give_back_code() }
                },
                logger: logger))
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Metrics, on a port that the public does not reach.
    private func admin(_ hub: Hub, _ port: Int, _ ports: BoundPorts) -> any ServiceLifecycle.Service {
        let router = Router()
        let registry = registry
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: PrometheusRegistry.contentType],
                body: .init(byteBuffer: ByteBuffer(string: registry.exposition())))
        }
        return Application(
            responder: router.buildResponder(),
            configuration: .init(address: .hostname(settings.adminHost, port: port), serverName: nil),
            onServerRunning: { ports.admin = $0.localAddress?.port }, logger: logger)
    }
}
