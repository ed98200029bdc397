import CatalogueModel
import Desk
import Foundation
import Logging
import NIOCertificateReloading
import NIOCore
import NIOPosix
import Operations
import ServiceLifecycle
import Storage
import Synchronization
import Values

/// A loop as a service: it is cancelled when the process is asked to end.
struct LoopService: ServiceLifecycle.Service {
    let loop: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await loop() } catch is CancellationError {}
        }
        // A service that returns early would end the whole group.
        try? await gracefulShutdown()
    }
}

/// Compiles the catalogue and reads the certificate again on SIGHUP; a faulty one is refused and the former stays in use.
struct Reloader: ServiceLifecycle.Service {
    let hub: Hub
    let folder: URL
    let sandbox: SandboxProcess?
    /// APIs to come answer in the sandbox only.
    let servesAnnounced: Bool
    let certificate: TimedCertificateReloader?
    let logger: Logger

    func run() async throws {
        signal(SIGHUP, SIG_IGN)
        let (hangups, continuation) = AsyncStream.makeStream(of: Void.self)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler { continuation.yield() }
        source.resume()
        for await _ in hangups.cancelOnGracefulShutdown() {
            try? certificate?.reload()
            await reload()
        }
        source.cancel()
    }

    /// Compiled and taken on a thread of its own: the event loops go on answering.
    private func reload() async {
        do {
            let catalogue = try await Blocking.run {
                let catalogue = try CatalogueCompiler(folder: folder, servesAnnounced: servesAnnounced).compile()
                sandbox?.reload()
                hub.use(catalogue)
                return catalogue
            }
            logger.notice("catalogue rechargé", metadata: ["operations": "\(catalogue.operations.count)"])
        } catch {
            logger.error("catalogue refusé, l'ancien reste en service :\n\(error)")
        }
    }
}

/// Ports that the system chose.
final class BoundPorts: Sendable {
    private let port = Mutex<Int?>(nil)
    var admin: Int? {
        get { port.withLock { $0 } }
        set { port.withLock { $0 = newValue } }
    }
}

/// The token of the demonstration: one grant and one token, made once.
enum DemoToken {
    /// Ends the demonstration's grants: without the sandbox nothing may answer a public token.
    static func revoke(_ hub: Hub) async throws {
        let title = hub.store.demoGrant(scopes: ["-"]).title
        for grant in try await hub.store.grants(titled: title) where grant.revoked == nil {
            _ = try await hub.store.revoke(grant: grant.id)
        }
        hub.gateway.use(try await hub.store.rights(since: hub.gateway.rightsVersion))
    }

    static func token(_ hub: Hub) async throws -> String {
        let wanted = hub.store.demoGrant(scopes: hub.catalogue.scopes.names)
        let grants = try await hub.store.grants(titled: wanted.title)
        let now = hub.clock.now()
        let grant: Grant
        if let known = grants.first(where: {
            $0.revoked == nil && $0.expires > now && Set($0.scopes) == Set(wanted.scopes)
        }) {
            grant = known
        } else {
            grant = try await hub.store.create(wanted)
        }
        let tokens = try await hub.store.tokens(of: grant.id)
        let usable = tokens.first { $0.revoked == nil && $0.expires > now }
        let token: AccessToken
        if let usable { token = usable } else { token = try await hub.store.createToken(for: grant.id) }
        hub.gateway.use(try await hub.store.rights(since: hub.gateway.rightsVersion))
        return try await TokenIssuer(keys: hub.keys).jwt(for: token, of: grant).exposed
    }
}

/// A port that nothing listens on, for `--port 0`: pages and links must know it before the service listens.
enum FreePort {
    static func find(_ host: String) async throws -> Int {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        let channel = try await bootstrap.bind(host: host, port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }
}
