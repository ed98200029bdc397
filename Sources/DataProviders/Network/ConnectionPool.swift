import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Values

/// The connections of one event loop to all providers. Used on that loop only: a call's connection to its provider
/// lives on the thread of its caller's connection, and nothing is handed over.
final class ConnectionPool {
    /// Connections to one origin from one loop.
    static let limit = 256
    /// Exchanges that may wait for one of them.
    static let queue = 1_000
    /// A connection that has rested longer may have been forgotten by what stands between.
    static let rest = TimeAmount.seconds(15)

    /// What goes to one origin.
    private final class Line {
        let origin: Target.Origin
        var idle: [(channel: any Channel, handler: ConnectionHandler, since: NIODeadline)] = []
        var open = 0
        var waiting: [Exchange] = []
        /// False once the origin has answered what nobody had asked: such an answer may come just after a connection is
        /// used again, and be somebody else's.
        var keeps = true

        init(_ origin: Target.Origin) { self.origin = origin }

        func nextWaiting() -> Exchange? {
            while !waiting.isEmpty {
                let exchange = waiting.removeFirst()
                if !exchange.isOver { return exchange }
            }
            return nil
        }
    }

    private let loop: any EventLoop
    private let contexts: TLSContexts
    private var lines: [Target.Origin: Line] = [:]
    private var isClosed = false
    /// Exchanges that nobody has given up yet, with those that ended since the last look.
    private var pending: [Exchange] = []
    private var isLooking = false
    /// How late a time-out may be noticed. One look for all costs less than an alarm for each.
    private static let look = TimeAmount.milliseconds(10)

    init(loop: any EventLoop, contexts: TLSContexts) {
        self.loop = loop
        self.contexts = contexts
    }

    /// Takes an exchange, to be over by its deadline.
    func start(_ exchange: Exchange) {
        carry(exchange, line(to: exchange.target.origin))
        guard !exchange.isOver else { return }
        pending.append(exchange)
        if !isLooking { lookAgain() }
    }

    private func lookAgain() {
        isLooking = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: Self.look) { bound.value.failLate() }
    }

    private func failLate() {
        let now = NIODeadline.now()
        for exchange in pending where exchange.deadline <= now { exchange.fail(.timeout) }
        pending.removeAll { $0.isOver }
        if pending.isEmpty { isLooking = false } else { lookAgain() }
    }

    private func line(to origin: Target.Origin) -> Line {
        if let line = lines[origin] { return line }
        let line = Line(origin)
        lines[origin] = line
        return line
    }

    /// Sends an exchange on an idle connection, else on a new one, else when one is free.
    private func carry(_ exchange: Exchange, _ line: Line) {
        guard !exchange.isOver else { return }
        guard !isClosed else { return exchange.fail(.unavailable) }
        while let kept = line.idle.popLast() {
            guard kept.channel.isActive, kept.since + Self.rest > .now() else {
                kept.channel.close(promise: nil)
                continue
            }
            return kept.handler.carry(exchange, on: kept.channel)
        }
        carryAnew(exchange, line)
    }

    /// Sends an exchange on a new connection, else when one is free: where one that was kept turns out to be closed, the
    /// others often are too.
    private func carryAnew(_ exchange: Exchange, _ line: Line) {
        guard !exchange.isOver else { return }
        guard !isClosed else { return exchange.fail(.unavailable) }
        guard line.open < Self.limit else {
            guard line.waiting.count < Self.queue else { return exchange.fail(.unavailable) }
            return line.waiting.append(exchange)
        }
        line.open += 1
        connect(exchange, line)
    }

    private func connect(_ exchange: Exchange, _ line: Line) {
        let origin = line.origin
        let bound = NIOLoopBound((pool: self, line: line, exchange: exchange), eventLoop: loop)
        let contexts = contexts
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if origin.isSecure { try channel.pipeline.syncOperations.addHandler(contexts.handler(for: origin)) }
                    let wire = ExchangeWire()
                    try channel.pipeline.syncOperations.addHandlers([
                        wire, ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)),
                    ])
                    let (pool, line, _) = bound.value
                    try channel.pipeline.syncOperations.addHandler(pool.handler(for: line, on: channel, wire))
                }
            }
            .connect(host: origin.host, port: origin.port)
            .whenComplete { result in
                let (pool, line, exchange) = bound.value
                switch result {
                case .success(let channel): pool.connected(channel, exchange, line)
                case .failure(let error): pool.failed(exchange, line, error)
                }
            }
    }

    private func handler(
        for line: Line, on channel: any Channel, _ wire: ExchangeWire
    ) -> ConnectionHandler {
        ConnectionHandler(
            wire: wire, giveBack: { [weak self] handler in self?.release(channel, handler, line) },
            closed: { [weak self] in self?.closed(channel, line) },
            retry: { [weak self] exchange in
                self == nil ? exchange.fail(.unavailable) : self?.carryAnew(exchange, line)
            },
            unasked: { Self.keepNone(line) })
    }

    private func connected(_ channel: any Channel, _ exchange: Exchange, _ line: Line) {
        guard let handler = try? channel.pipeline.syncOperations.handler(type: ConnectionHandler.self) else {
            exchange.fail(.unavailable)
            return channel.close(promise: nil)
        }
        guard !exchange.isOver else { return release(channel, handler, line) }
        handler.carry(exchange, on: channel)
    }

    private func failed(_ exchange: Exchange, _ line: Line, _ error: any Error) {
        line.open -= 1
        let failure = Self.failure(toConnect: error)
        if failure == .unavailable, exchange.takesRetry(wasKept: false) {
            // Not at once, nor all together: what refused a connection a moment ago may be starting again.
            let bound = NIOLoopBound((pool: self, line: line, exchange: exchange), eventLoop: loop)
            loop.scheduleTask(in: .milliseconds(.random(in: 20...100))) {
                let (pool, line, exchange) = bound.value
                pool.carryAnew(exchange, line)
            }
        } else {
            exchange.fail(failure)
        }
        next(line)
    }

    /// A connection that has answered serves who waits, or rests.
    private func release(_ channel: any Channel, _ handler: ConnectionHandler, _ line: Line) {
        guard channel.isActive else { return }
        guard !isClosed, line.keeps else { return channel.close(promise: nil) }
        if let exchange = line.nextWaiting() { return handler.carry(exchange, on: channel) }
        line.idle.append((channel, handler, .now()))
    }

    private static func keepNone(_ line: Line) {
        line.keeps = false
        for kept in line.idle { kept.channel.close(promise: nil) }
    }

    /// A connection that has closed makes room for another.
    private func closed(_ channel: any Channel, _ line: Line) {
        line.idle.removeAll { $0.channel === channel }
        line.open -= 1
        next(line)
    }

    private func next(_ line: Line) {
        if let exchange = line.nextWaiting() { carry(exchange, line) }
    }

    func close() {
        isClosed = true
        for line in lines.values { for kept in line.idle { kept.channel.close(promise: nil) } }
    }

    private static func failure(toConnect error: any Error) -> TransportFailure {
        guard let error = error as? NIOConnectionError else { return TransportFailure(error) }
        if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil { return .name }
        // An address may stand for several machines; a failure that says more than « unavailable » wins.
        let failures = error.connectionErrors.map { TransportFailure($0.error) }
        if let telling = failures.first(where: { $0 != .unavailable }) { return telling }
        let codes = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }
        return codes.contains(ENETUNREACH) ? .network : .unavailable
    }
}
