import NIOCore
import NIOSSL
import Synchronization
import Values

/// TLS contexts by client identity, made once each: reading certificates costs milliseconds.
final class TLSContexts: Sendable {
    private let made = Mutex<[ClientIdentity?: NIOSSLContext]>([:])

    /// The TLS end of a new connection: the provider's certificate and name are checked.
    func handler(for origin: Target.Origin) throws -> NIOSSLClientHandler {
        let context = try context(for: origin.identity)
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: origin.host)
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            return try NIOSSLClientHandler(context: context, serverHostname: nil)
        }
    }

    private func context(for identity: ClientIdentity?) throws -> NIOSSLContext {
        try made.withLock { made in
            if let context = made[identity] { return context }
            let context = try NIOSSLContext(configuration: Self.configuration(identity))
            made[identity] = context
            return context
        }
    }

    private static func configuration(_ identity: ClientIdentity?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["http/1.1"]
        guard let identity else { return configuration }
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate)
            .map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
        if let roots = identity.trustRoots { configuration.trustRoots = .file(roots) }
        return configuration
    }
}
