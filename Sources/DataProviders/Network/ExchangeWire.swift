import NIOCore
import NIOHTTP1
import Values

/// The end of a connection that is next to the network: sends requests as they were written beforehand, and reads plain
/// answers without the parser, until another comes. From then on all answers of the connection are the parser's.
final class ExchangeWire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    /// The other end, once it is there.
    weak var handler: ConnectionHandler?
    /// True once answers are the parser's, which must then be told of requests.
    private(set) var isParsed = false
    private var context: ChannelHandlerContext?
    private var isTaken = false
    /// False from the writing of a request to its leaving: what is read meanwhile answers another.
    private var isSent = true

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Writes a request. It leaves with those of the same turn of the loop, so that a provider at hand wakes once for all.
    func send(_ request: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(.byteBuffer(request)), promise: nil)
        isSent = false
        let bound = NIOLoopBound((wire: self, context: context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            bound.value.wire.isSent = true
            bound.value.context.flush()
        }
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
        let path = request.path(below: target)
        guard isPath(path), isValue(target.authority) else { return nil }
        var buffer = ByteBufferAllocator().buffer(capacity: 512 + path.utf8.count + (request.body?.count ?? 0))
        buffer.writeString(request.method.rawValue)
        buffer.writeStaticString(path.utf8.first == UInt8(ascii: "/") ? " " : " /")
        buffer.writeSubstring(path)
        buffer.writeStaticString(" HTTP/1.1")
        guard buffer.write("Host", target.authority) else { return nil }
        for (place, header) in request.headers.enumerated() {
            let name = header.name.utf8
            if name.isSameIgnoringCase("host".utf8) || name.isSameIgnoringCase("content-length".utf8) { continue }
            // The last of one name wins.
            if request.headers[(place + 1)...].contains(where: { $0.name.utf8.isSameIgnoringCase(name) }) { continue }
            guard buffer.write(header.name, header.value) else { return nil }
        }
        if let body = request.body { _ = buffer.write("Content-Length", String(body.count)) }
        buffer.writeStaticString("\r\n\r\n")
        if let body = request.body { buffer.writeBytes(body) }
        return buffer
    }

    private mutating func write(_ name: String, _ value: String) -> Bool {
        guard !name.isEmpty, name.utf8.satisfy(Self.isToken), Self.isValue(value) else { return false }
        writeStaticString("\r\n")
        writeString(name)
        writeStaticString(": ")
        writeString(value)
        return true
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x5E...0x7A).contains(byte)
            || "!#$%&'*+-.|~".utf8.contains(byte)
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.satisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    private static func isPath(_ text: Substring) -> Bool { text.utf8.satisfy { $0 > 0x20 && $0 != 0x7F } }
}

extension Sequence<UInt8> {
    /// Whether all bytes do, looked at in place where they are together: several times faster than one by one.
    fileprivate func satisfy(_ rule: (UInt8) -> Bool) -> Bool {
        withContiguousStorageIfAvailable { $0.allSatisfy(rule) } ?? allSatisfy(rule)
    }
}
