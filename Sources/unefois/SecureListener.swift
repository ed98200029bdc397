import Gateway
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import Operations

extension HTTPServerBuilder {
    /// HTTP/1.1 in clear, or HTTP/1.1 and HTTP/2 over TLS where there is a certificate.
    /// - Throws: where the certificate or its key cannot be read.
    static func listening(_ listener: HubListener, _ tls: TLSSettings?) throws -> HTTPServerBuilder {
        guard let channel = try tls?.channel else { return .http1(configuration: listener.configuration) }
        let configuration = HTTP2ChannelConfiguration(
            idleTimeout: .nanoseconds(listener.idleTimeout.nanoseconds), streamConfiguration: listener.configuration)
        return HTTPServerBuilder { responder in
            SecureChannel(
                base: try HTTP2UpgradeChannel(
                    tlsChannelConfiguration: channel, configuration: configuration, responder: responder),
                listener: listener)
        }
    }
}

/// Hummingbird's channel with a bound on the time that its handshake and its rest may take.
private struct SecureChannel: ServerChildChannel {
    let base: HTTP2UpgradeChannel
    let listener: HubListener

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let secure = try pipeline.handler(type: NIOSSLServerHandler.self)
            try pipeline.addHandler(ConnectionDeadline(listener), position: .after(secure))
            return value
        }
    }

    func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

extension TLSSettings {
    /// TLS 1.3, and 1.2 with ephemeral keys and authenticated ciphers only (ANSSI, SDE-NT-35 §3).
    fileprivate var channel: TLSChannelConfiguration {
        get throws {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
            guard asksClients else { return TLSChannelConfiguration(tlsConfiguration: configuration) }
            configuration.certificateVerification = .optionalVerification
            // Any certificate will do: a token is bound to its digest, and the handshake proves that the client holds
            // its key (RFC 8705 §2.2 and §3).
            return TLSChannelConfiguration(
                tlsConfiguration: configuration,
                customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
        }
    }
}
