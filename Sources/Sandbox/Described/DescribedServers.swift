import CatalogueModel
import Dispatch
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import ServiceLifecycle

/// The servers of the providers whose simulation is written in files: one in clear, one that wants a client
/// certificate. They read the files again on SIGHUP.
struct DescribedServers {
    /// Name under which the address of the server in clear is told: a provider added later is below it.
    static let plain = "_described"
    private static let secured = "_described_tls"

    private let options: SandboxOptions
    private let plans: [SimulatorPlan]
    private let clear: DescribedProviders
    private let mutual: DescribedProviders
    /// Services that listen on no port.
    let reloaders: Int

    init(_ options: SandboxOptions, _ population: Population, _ credentials: Credentials) throws {
        self.options = options
        plans = try options.catalogue.map { try CatalogueCompiler(folder: $0).simulators() } ?? []
        clear = DescribedProviders(plans, population: population, credentials: credentials, hasCertificates: false)
        mutual = DescribedProviders(plans, population: population, credentials: credentials, hasCertificates: true)
        reloaders = options.catalogue == nil ? 0 : 1
    }

    func services(
        _ logger: Logger, _ reporter: AsyncStream<(String, Int)>.Continuation,
        _ configuration: (String) -> ApplicationConfiguration
    ) throws -> [any Service] {
        guard let catalogue = options.catalogue else { return [] }
        var services: [any Service] = [
            application(clear, .http1(), Self.plain, configuration(Self.plain), logger, reporter),
            SimulatorReloader(folder: catalogue, servers: [clear, mutual], logger: logger),
        ]
        if let folder = options.certificates {
            let tls = try SandboxCertificates.make(in: folder)
            services.append(
                application(
                    mutual, try .tls(.http1(), tlsConfiguration: tls), Self.secured, configuration(Self.secured),
                    logger,
                    reporter))
        }
        return services
    }

    private func application(
        _ providers: DescribedProviders, _ server: HTTPServerBuilder, _ name: String,
        _ configuration: ApplicationConfiguration, _ logger: Logger,
        _ reporter: AsyncStream<(String, Int)>.Continuation
    ) -> any Service {
        Application(
            responder: ProviderServer(allowsFaults: options.isLoopback) { path in
                guard let (provider, rest) = DescribedProviders.split(path) else { return nil }
                return ProviderSite(faults: providers.faults(of: provider), path: rest) {
                    providers.answer($0, provider: provider)
                }
            },
            server: server, configuration: configuration,
            onServerRunning: { channel in reporter.yield((name, channel.localAddress?.port ?? 0)) }, logger: logger)
    }

    /// The addresses that a server which listens there gives: its own, or those of the providers below it.
    var addresses: @Sendable (_ server: String, _ base: String) -> [String: String] {
        let plans = plans
        return { server, base in
            guard server == Self.plain || server == Self.secured else { return [server: "http://" + base] }
            let isSecured = server == Self.secured
            let own = isSecured ? [] : [(Self.plain, "http://" + base)]
            let below = plans.filter { $0.wantsCertificate == isSecured }.map { plan in
                (plan.provider, (isSecured ? "https://" : "http://") + base + "/" + plan.provider)
            }
            return Dictionary(own + below, uniquingKeysWith: { $1 })
        }
    }
}

/// Reads the files of simulated providers again on SIGHUP; faulty ones are refused and the former stay in use.
private struct SimulatorReloader: Service {
    let folder: URL
    let servers: [DescribedProviders]
    let logger: Logger

    func run() async throws {
        signal(SIGHUP, SIG_IGN)
        let (hangups, continuation) = AsyncStream.makeStream(of: Void.self)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler { continuation.yield() }
        source.resume()
        for await _ in hangups.cancelOnGracefulShutdown() {
            let folder = folder
            let result = await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(returning: Result { try CatalogueCompiler(folder: folder).simulators() })
                }
            }
            switch result {
            case .success(let plans): for server in servers { server.use(plans) }
            case .failure(let fault): logger.error("simulations refusées, les anciennes restent : \(fault)")
            }
        }
        source.cancel()
    }
}
