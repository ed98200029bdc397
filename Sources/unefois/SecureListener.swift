import Foundation
import Gateway
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCertificateReloading
import NIOCore
import NIOSSL
import Operations
import SwiftASN1

extension HTTPServerBuilder {
    /// HTTP/1.1 in clear, or HTTP/1.1 and HTTP/2 over TLS where there is a certificate.
    static func listening(
        _ listener: HubListener, _ tls: (settings: TLSSettings, certificate: TimedCertificateReloader)?
    ) throws -> HTTPServerBuilder {
        guard let tls else { return .http1(configuration: listener.configuration) }
        let channel = try tls.settings.channel(tls.certificate)
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
    /// The certificate and its key, read now and again each minute, for connections to come: certificates live for weeks
    /// (CA/Browser Forum, ballot SC-081). A pair that does not fit together, as while it is being replaced, is refused and
    /// the former stays.
    /// - Throws: where the certificate or its key cannot be read, or where one is not the other's.
    func reloader(_ logger: Logger) throws -> TimedCertificateReloader {
        try .makeReloaderValidatingSources(
            configuration: .init(
                refreshInterval: .seconds(60),
                certificateSource: .init(
                    location: Self.documents("CERTIFICATE", in: certificate, or: .certificatePathNotFound(certificate)),
                    format: .pem),
                privateKeySource: .init(
                    location: Self.documents("PRIVATE KEY", in: key, or: .privateKeyPathNotFound(key)), format: .pem)
            ) { configuration in
                configuration.onCertificateLoaded = { change in
                    let end = change.currentX509CertificateChain.first.map { "\($0.notValidAfter)" } ?? ""
                    logger.notice("certificat TLS lu", metadata: ["fin": "\(end)"])
                }
                configuration.onCertificateLoadFailed = { failure in
                    logger.error("certificat TLS refusé", metadata: ["reason": "\(failure.error)"])
                }
            })
    }

    /// The documents of a PEM file whose label ends so (RFC 7468 §2): a chain and its key may share a file, as HAProxy has
    /// it, and OpenSSL writes the parameters of a curve before its key.
    private static func documents(
        _ label: String, in path: String, or failure: TimedCertificateReloader.Error
    ) -> TimedCertificateReloader.Location {
        .memory {
            guard let bytes = FileManager.default.contents(atPath: path) else { throw failure }
            let documents = try PEMDocument.parseMultiple(pemString: String(decoding: bytes, as: UTF8.self))
            return Array(
                documents.filter { $0.discriminator.hasSuffix(label) }.map(\.pemString).joined(separator: "\n").utf8)
        }
    }

    /// TLS 1.3, and 1.2 with ephemeral keys and authenticated ciphers only (ANSSI, SDE-NT-35 §3).
    fileprivate func channel(_ reloader: TimedCertificateReloader) throws -> TLSChannelConfiguration {
        var configuration = try TLSConfiguration.makeServerConfiguration(certificateReloader: reloader)
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        guard asksClients else { return TLSChannelConfiguration(tlsConfiguration: configuration) }
        configuration.certificateVerification = .optionalVerification
        // Any certificate will do: a token is bound to its digest, and the handshake proves that the client holds its
        // key (RFC 8705 §2.2 and §3).
        return TLSChannelConfiguration(
            tlsConfiguration: configuration,
            customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
    }
}
