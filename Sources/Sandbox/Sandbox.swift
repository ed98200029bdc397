import Hummingbird
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
        let servers: [any Service] = [
            server(CNAVProvider(population: population, credentials: credentials), reporter),
            server(MESRIProvider(population: population, credentials: credentials), reporter),
            server(INSEEProvider(population: population, credentials: credentials), reporter),
            server(URSSAFProvider(population: population, credentials: credentials), reporter),
            server(franceConnect, reporter),
        ]
        let announcement = Announcement(ports: ports, count: servers.count, host: options.host, ready: ready)
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
        let isLoopback = options.host == "localhost" || options.host == "::1" || options.host.hasPrefix("127.")
        return Application(
            responder: ProviderServer(provider: provider, allowsFaults: isLoopback),
            configuration: .init(address: .hostname(options.host, port: options.ports[Provider.id] ?? 0)),
            onServerRunning: { channel in reporter.yield((Provider.id, channel.localAddress?.port ?? 0)) },
            logger: logger)
    }
}

/// Tells the addresses once every server listens, then waits for the end.
private struct Announcement: Service {
    let ports: AsyncStream<(String, Int)>
    let count: Int
    let host: String
    let ready: @Sendable ([String: String]) async throws -> Void

    func run() async throws {
        var addresses: [String: String] = [:]
        let shown = host.contains(":") ? "[\(host)]" : host
        for await (id, port) in ports.cancelOnGracefulShutdown() {
            addresses[id] = "http://\(shown):\(port)"
            if addresses.count == count { break }
        }
        guard addresses.count == count else { return }
        try await ready(addresses)
        try await gracefulShutdown()
    }
}
