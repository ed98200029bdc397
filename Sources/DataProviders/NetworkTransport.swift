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
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            let response = try await client.execute(outgoing, deadline: deadline)
            let buffer = try await response.body.collect(upTo: Self.largestAnswer)
            var headers: [String: String] = [:]
            for header in response.headers { headers[header.name.lowercased()] = header.value }
            return ProviderResponse(
                status: Int(response.status.code), headers: headers, body: Array(buffer.readableBytesView))
        } catch {
            throw Self.failure(error)
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
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .connectTimeout, .readTimeout, .remoteConnectionClosed, .writeTimeout,
                .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .tlsHandshakeTimeout:
                return .timeout
            default: return .unavailable
            }
        case is NIOTooManyBytesError: return .tooLarge
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
