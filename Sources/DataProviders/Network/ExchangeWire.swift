import NIOCore
import NIOHTTP1
import Values

/// The end of a connection that is next to the network: sends requests as they were written beforehand, and reads plain
/// answers without the parser, until another comes. From then on all answers of the connection are the parser's.
final class ExchangeWire: ChannelDuplexHandler, LoopExecutor.Writing {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    /// The other end, once it is there.
    weak var handler: ConnectionHandler?
    /// True once answers are the parser's, which must then be told of requests.
    private(set) var isParsed = false
    private var context: ChannelHandlerContext?
    private var executor: LoopExecutor?
    private var isTaken = false
    /// False from the writing of a request to its leaving: what is read meanwhile answers another.
    private var isSent = true

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        executor = .of(context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Writes a request. It leaves with those of the same turn of the loop, so that a provider at hand wakes once for all.
    func send(_ request: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.byteBuffer(request)), promise: nil)
        guard isSent else { return }
        isSent = false
        executor?.atEnd(self)
    }

    func endTurn() {
        isSent = true
        context?.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isSent else {
            handler?.tellUnasked()
            return context.close(promise: nil)
        }
        if !isParsed, let handler {
            let bytes = unwrapInboundIn(data)
            if handler.isWaiting, let answer = ProviderResponse(plain: bytes.readableBytesUInt8Span) {
                isTaken = true
                return handler.take(answer)
            }
            isParsed = true
            handler.announce()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        defer { isTaken = false }
        if isTaken, let handler { handler.readIsComplete() } else { context.fireChannelReadComplete() }
    }

    /// What the parser is told of a request does not go further.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) { promise?.succeed() }
}

extension ByteBuffer {
    /// An HTTP/1.1 request (RFC 9112 §3); nil where a part of it would be read as something else.
    static func http1(_ request: ProviderRequest, to target: Target) -> ByteBuffer? {
        guard isPath(request.url), isValue(target.authority) else { return nil }
        let headers = request.headers.span
        var isSound = true
        let message = message(capacity: 2048 + request.url.utf8.count, body: request.body) { wire in
            wire.write(text: request.method.rawValue)
            request.url.withBytes { url in
                let path = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(url).dropFirst(target.length))
                wire.write(path.first == UInt8(ascii: "/") ? " " : " /")
                wire.write(path)
            }
            wire.write(" HTTP/1.1\r\nHost: ")
            wire.write(text: target.authority)
            for place in headers.indices {
                let (name, value) = headers[place]
                isSound = isSound && isToken(name) && isValue(value)
                guard isSent(name, at: place, of: headers) else { continue }
                wire.write("\r\n")
                wire.write(text: name)
                wire.write(": ")
                wire.write(text: value)
            }
            if let body = request.body {
                wire.write("\r\nContent-Length: ")
                wire.write(decimal: body.count)
            }
            wire.write("\r\n\r\n")
        }
        return isSound ? message : nil
    }

    /// The host and the length are said by the connection; of one name the last wins.
    private static func isSent(
        _ name: String, at place: Int, of headers: Span<(name: String, value: String)>
    ) -> Bool {
        if name.isSameIgnoringCase(as: "host") || name.isSameIgnoringCase(as: "content-length") { return false }
        for later in place + 1..<headers.count where headers[later].name.isSameIgnoringCase(as: name) { return false }
        return true
    }

    private static func isToken(_ name: String) -> Bool {
        let token = HeadReader.token
        return !name.isEmpty && name.withBytes { $0.allSatisfy(token.contains) }
    }

    private static func isValue(_ text: String) -> Bool {
        text.withBytes { bytes in
            bytes.isVisible(from: 0x20) || bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }
    }

    private static func isPath(_ text: String) -> Bool { text.withBytes { $0.isVisible(from: 0x21) } }
}
