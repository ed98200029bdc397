import CatalogueModel
import Hummingbird
import HummingbirdTLS
import Logging
import ServiceLifecycle
import Values

/// Simulated data providers over one fictional population, each a real HTTP server on a port of its own.
public struct Sandbox: Sendable {
    /// Whom and what the providers know.
    public let population: Population

    private let options: SandboxOptions
    private let franceConnect: FranceConnectProvider
    private let logger: Logger

    /// Makes the population and loads the test cases.
    /// - Throws: ``TestCaseError`` for a FranceConnect case that cannot be read.
    public init(_ options: SandboxOptions) throws {
        self.options = options
        population = Population(
            seed: options.seed, families: options.families, companies: options.companies, clock: options.clock)
        franceConnect = try FranceConnectProvider(options, population: population)
        var logger = Logger(label: "unefois.sandbox")
        logger.logLevel = .warning
        self.logger = logger
    }

    /// Starts every provider, then serves until the task is cancelled or the process told to end (SIGTERM, SIGINT).
    /// - Parameter ready: called once all listen, with the base address of each provider by its identifier; an error
    ///   it throws stops the sandbox.
    /// - Throws: where a port is taken, or what `ready` threw.
    public func run(ready: @escaping @Sendable ([String: String]) async throws -> Void) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: (String, Int).self)
        let credentials = Credentials(clientID: options.clientID, secret: options.secret, clock: options.clock)
        var servers: [any Service] = [
            server(CNAVProvider(population: population, credentials: credentials), reporter),
            server(MESRIProvider(population: population, credentials: credentials), reporter),
            server(INSEEProvider(population: population, credentials: credentials), reporter),
            server(URSSAFProvider(population: population, credentials: credentials), reporter),
            server(franceConnect, reporter),
        ]
        let described = try DescribedServers(options, population, credentials)
        servers += try described.services(logger, reporter) { [options] in
            Self.configuration(options, port: options.ports[$0] ?? 0)
        }
        let announcement = Announcement(
            ports: ports, count: servers.count - described.reloaders, host: options.host,
            addresses: described.addresses, ready: ready)
        var configuration = ServiceGroupConfiguration(
            services: servers + [announcement], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        let group = ServiceGroup(configuration: configuration)
        let running = Task { try await group.run() }
        try await withTaskCancellationHandler {
            try await running.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }

    private func server<Provider: SimulatedProvider>(
        _ provider: Provider, _ reporter: AsyncStream<(String, Int)>.Continuation
    ) -> any Service {
        let faults = Faults()
        return Application(
            responder: ProviderServer(allowsFaults: options.isLoopback) { path in
                ProviderSite(faults: faults, path: path) { await provider.answer($0) }
            },
            configuration: Self.configuration(options, port: options.ports[Provider.id] ?? 0),
            onServerRunning: { channel in reporter.yield((Provider.id, channel.localAddress?.port ?? 0)) },
            logger: logger)
    }

    private static func configuration(_ options: SandboxOptions, port: Int) -> ApplicationConfiguration {
        .init(address: .hostname(options.host, port: port))
    }
}

/// Tells the addresses once every server listens, then waits for the end.
private struct Announcement: Service {
    let ports: AsyncStream<(String, Int)>
    let count: Int
    let host: String
    /// The addresses that a server's own gives.
    let addresses: @Sendable (_ server: String, _ base: String) -> [String: String]
    let ready: @Sendable ([String: String]) async throws -> Void

    func run() async throws {
        var found: [String: String] = [:]
        var count = 0
        let shown = host.contains(":") ? "[\(host)]" : host
        for await (id, port) in ports.cancelOnGracefulShutdown() {
            found.merge(addresses(id, "\(shown):\(port)")) { $1 }
            count += 1
            if count == self.count { break }
        }
        guard count == self.count else { return }
        try await ready(found)
        try await gracefulShutdown()
    }
}
