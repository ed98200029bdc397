import NIOCore
import NIOPosix
import Synchronization
import Values

/// The real network: HTTP/1.1 over TCP or TLS, with a pool of connections for each event loop.
///
/// A general client (async-http-client) hands each request over between its own state, its pool and the caller's
/// task; this one stays on the loop of the call. `docs/decisions/0007-own-upstream-client.md` gives the measurement.
/// No redirection is followed: a provider may not send the hub elsewhere.
public final class NetworkTransport: HTTPTransport {
    private let group: MultiThreadedEventLoopGroup
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<ConnectionPool?>]
    private let contexts = TLSContexts()

    public init(group: MultiThreadedEventLoopGroup = .singleton) {
        self.group = group
        var pools: [ObjectIdentifier: NIOLoopBoundBox<ConnectionPool?>] = [:]
        for loop in group.makeIterator() {
            pools[ObjectIdentifier(loop)] = .makeEmptyBox(valueType: ConnectionPool.self, eventLoop: loop)
        }
        self.pools = pools
    }

    public func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
        guard let target = request.target, let wire = ByteBuffer.http1(request, to: target) else {
            throw .unconfigured
        }
        let current = MultiThreadedEventLoopGroup.currentEventLoop
        let loop = current.flatMap { pools[ObjectIdentifier($0)] == nil ? nil : $0 } ?? group.next()
        let result: Result<ProviderResponse, TransportFailure> = await withUnsafeContinuation { continuation in
            @Sendable func start() {
                let exchange = Exchange(request, target, wire, timeout: TimeAmount(timeout), continuation)
                self.start(exchange, on: loop)
            }
            if loop.inEventLoop { start() } else { loop.execute(start) }
        }
        return try result.get()
    }

    private func start(_ exchange: Exchange, on loop: any EventLoop) {
        guard let box = pools[ObjectIdentifier(loop)] else { return exchange.fail(.unavailable) }
        let pool = box.value ?? ConnectionPool(loop: loop, contexts: contexts)
        box.value = pool
        pool.start(exchange)
    }

    /// Closes the connections that rest.
    public func shutdown() async {
        for box in pools.values { try? await box.eventLoop.submit { box.value?.close() }.get() }
    }
}
