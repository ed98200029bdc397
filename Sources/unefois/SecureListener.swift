import HummingbirdCore
import HummingbirdHTTP2
import NIOCore
import NIOSSL
import Operations

extension HTTPServerBuilder {
    /// HTTP/1.1 in clear, or HTTP/1.1 and HTTP/2 over TLS where there is a certificate.
    /// - Throws: where the certificate or its key cannot be read.
    static func listening(_ configuration: HTTP1Channel.Configuration, _ tls: TLSSettings?) throws -> HTTPServerBuilder
    {
        guard let tls else { return .http1(configuration: configuration) }
        return try .http2Upgrade(
            tlsChannelConfiguration: tls.channel,
            configuration: HTTP2ChannelConfiguration(idleTimeout: .seconds(75), streamConfiguration: configuration))
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
