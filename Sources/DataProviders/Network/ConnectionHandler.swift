import CatalogueModel
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import Values

/// The end of a connection's pipeline: writes an exchange's request and gathers its answer.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Largest answer taken, in bytes.
    static let largestAnswer = 16 * 1024 * 1024

    private let wire: ExchangeWire
    private var context: ChannelHandlerContext?
    private var isDecompressing = false
    private var exchange: Exchange?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var carried = 0
    /// True from the end of an answer to the end of what was read with it.
    private var isAnswered = false
    private var failure: TransportFailure?
    /// True where the failure was one of the connection, not of what came over it.
    private var wasReset = false
    /// Gives a connection that has answered back to its pool.
    private let giveBack: (ConnectionHandler) -> Void
    /// Says once that the connection has closed.
    private let closed: () -> Void
    /// Puts an exchange once more, on a new connection.
    private let retry: (Exchange) -> Void
    /// Says that an answer came that nobody had asked for.
    private let unasked: () -> Void

    init(
        wire: ExchangeWire, giveBack: @escaping (ConnectionHandler) -> Void, closed: @escaping () -> Void,
        retry: @escaping (Exchange) -> Void,
        unasked: @escaping () -> Void
    ) {
        self.wire = wire
        self.giveBack = giveBack
        self.closed = closed
        self.retry = retry
        self.unasked = unasked
    }

    /// Sends a request. The connection carries one at a time.
    func carry(_ exchange: Exchange, on channel: any Channel) {
        self.exchange = exchange
        (head, body, failure, wasReset) = (nil, [], nil, false)
        carried += 1
        exchange.carrier = channel
        guard context != nil else { return exchange.fail(.unavailable) }
        if wire.isParsed { announce() }
        wire.send(exchange.wire)
    }

    /// Whether an answer may be taken past the parser.
    var isWaiting: Bool { exchange.map { !$0.isOver } ?? false }

    /// Takes an answer past the parser.
    func take(_ answer: ProviderResponse) {
        guard let exchange else { return }
        self.exchange = nil
        exchange.carrier = nil
        isAnswered = true
        exchange.succeed(answer)
    }

    /// Tells the parser of the request under way: it expects an answer to each, and to no other.
    func announce() {
        guard let exchange else { return }
        context?.write(wrapOutboundOut(.head(Self.head(exchange.method))), promise: nil)
    }

    /// Keeps no connection to the origin any more.
    func tellUnasked() { unasked() }

    private static let get = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private static let post = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")

    private static func head(_ method: RequestPlan.Method) -> HTTPRequestHead { method == .get ? get : post }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange, !exchange.isOver else {
            // What nobody waits for must never be taken for the answer to the next request.
            if exchange == nil { tellUnasked() }
            context.close(promise: nil)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if !isDecompressing, head.headers.contains(name: "content-encoding") { return decompress(context, data) }
            self.head = head
            let announced = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
            if announced > Self.largestAnswer { exchange.fail(.tooLarge) }
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= Self.largestAnswer else {
                exchange.fail(.tooLarge)
                return
            }
            body.append(contentsOf: buffer.readableBytesView)
        case .end: complete(context)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        wire.handler = self
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Answers are not asked to be compressed; the first that is all the same brings what reads it.
    private func decompress(_ context: ChannelHandlerContext, _ head: NIOAny) {
        isDecompressing = true
        let reader = NIOHTTPResponseDecompressor(limit: .size(Self.largestAnswer))
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(reader, position: .before(self))
            reader.channelRead(context: try pipeline.context(handler: reader), data: head)
        } catch {
            errorCaught(context: context, error: error)
        }
    }

    /// The connection is given back once all that was read has passed: what is left of it belongs to nobody, and must not
    /// meet the next request.
    func channelReadComplete(context: ChannelHandlerContext) { readIsComplete() }

    func readIsComplete() {
        guard isAnswered else { return }
        isAnswered = false
        if failure == nil { giveBack(self) }
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard let exchange, let head, head.status.code >= 200 else { return }
        self.exchange = nil
        exchange.carrier = nil
        let response = response(head)
        if head.isKeepAlive {
            isAnswered = true
        } else {
            context.close(promise: nil)
        }
        exchange.succeed(response)
    }

    private func response(_ head: HTTPResponseHead) -> ProviderResponse {
        var headers = HeaderList()
        for header in head.headers { headers.append(header.name, header.value) }
        return ProviderResponse(status: Int(head.status.code), headers: headers, body: body)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The parser refuses an answer to nothing before anybody sees it.
        if exchange == nil, error is HTTPParserError || error is NIOHTTPDecoderError { unasked() }
        if failure == nil { (failure, wasReset) = (TransportFailure(error), error is IOError) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closed()
        guard let exchange else { return }
        self.exchange = nil
        exchange.carrier = nil
        if carried > 1, head == nil, failure == nil || wasReset, exchange.takesRetry(wasKept: true) {
            retry(exchange)
        } else if exchange.takesCutOff, let head, head.status.code >= 200 {
            exchange.succeed(response(head))
        } else {
            // An end of the stream before the answer's end counts as a time-out, a reset as unavailable.
            exchange.fail(failure ?? .timeout)
        }
    }
}

extension TransportFailure {
    /// The failure that an error of the network stands for.
    init(_ error: any Error) {
        switch error {
        case let failure as TransportFailure: self = failure
        case ChannelError.connectTimeout: self = .timeout
        case HTTPParserError.invalidEOFState: self = .timeout
        case is NIOHTTPDecompression.DecompressionError: self = .tooLarge
        case NIOSSLError.uncleanShutdown: self = .unavailable
        case NIOSSLError.failedToLoadCertificate, NIOSSLError.failedToLoadPrivateKey,
            NIOSSLError.noSuchFilesystemObject:
            self = .unconfigured
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: self = .certificate
        default: self = .unavailable
        }
    }
}
