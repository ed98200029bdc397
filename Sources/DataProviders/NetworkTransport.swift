import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Values

/// The real network, over async-http-client. No redirection is followed: a provider may not send the hub elsewhere.
public final class NetworkTransport: HTTPTransport {
    /// Largest answer taken, in bytes.
    static let largestAnswer = 16 * 1024 * 1024

    private let client: HTTPClient
    private let identities = Mutex<[ClientIdentity: TLSConfiguration]>([:])

    public init() {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)),
            decompression: .enabled(limit: .size(Self.largestAnswer)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func shutdown() async { try? await client.shutdown() }

    public func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
        do {
            var outgoing = HTTPClientRequest(url: request.url)
            outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
            for header in request.headers { outgoing.headers.replaceOrAdd(name: header.name, value: header.value) }
            if let body = request.body { outgoing.body = .bytes(body, length: .known(Int64(body.count))) }
            if let identity = request.identity { outgoing.tlsConfiguration = try configuration(for: identity) }
            let end = ContinuousClock.now.advanced(by: timeout)
            let response = try await client.execute(outgoing, deadline: .now() + TimeAmount(timeout))
            let buffer = try await Self.collect(response.body, until: end)
            var headers: [String: String] = [:]
            for header in response.headers { headers[header.name.lowercased()] = header.value }
            return ProviderResponse(
                status: Int(response.status.code), headers: headers, body: Array(buffer.readableBytesView))
        } catch {
            throw Self.failure(error)
        }
    }

    /// The whole body. The client's own deadline ends with the headers: a body that never ends must end too.
    private static func collect(
        _ body: HTTPClientResponse.Body, until end: ContinuousClock.Instant
    ) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await body.collect(upTo: largestAnswer) }
            group.addTask {
                try await Task.sleep(until: end, clock: .continuous)
                throw TransportFailure.timeout
            }
            defer { group.cancelAll() }
            guard let buffer = try await group.next() else { throw TransportFailure.timeout }
            return buffer
        }
    }

    private func configuration(for identity: ClientIdentity) throws -> TLSConfiguration {
        try identities.withLock { known in
            if let configuration = known[identity] { return configuration }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(identity.certificate)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem))
            if let roots = identity.trustRoots { configuration.trustRoots = .file(roots) }
            known[identity] = configuration
            return configuration
        }
    }

    static func failure(_ error: any Error) -> TransportFailure {
        switch error {
        case let failure as TransportFailure: return failure
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .connectTimeout, .readTimeout, .remoteConnectionClosed, .writeTimeout,
                .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .tlsHandshakeTimeout:
                return .timeout
            default: return .unavailable
            }
        case HTTPParserError.invalidEOFState: return .timeout
        case is NIOTooManyBytesError: return .tooLarge
        // The type is in a package that only the client knows; it says that a small answer became too large a one.
        case _ where "\(type(of: error))" == "DecompressionError": return .tooLarge
        case NIOSSLError.uncleanShutdown: return .unavailable
        case NIOSSLError.failedToLoadCertificate, NIOSSLError.failedToLoadPrivateKey,
            NIOSSLError.noSuchFilesystemObject:
            return .unconfigured
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return .certificate
        case let error as NIOConnectionError:
            if error.dnsAError != nil || error.dnsAAAAError != nil { return .name }
            let codes = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }
            return codes.contains(ENETUNREACH) ? .network : .unavailable
        case let error as IOError: return error.errnoCode == ENETUNREACH ? .network : .unavailable
        default: return .unavailable
        }
    }
}
