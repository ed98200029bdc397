import CatalogueModel
import NIOCore
import NIOHTTP1
import Values

/// Sends a request's bytes as they were written beforehand. The parts before the bytes only tell the decoder of answers
/// that a request goes out.
final class RequestWriter: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = IOData

    private static let get = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
    private static let post = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")

    /// What the decoder needs to know of a request.
    static func head(_ method: RequestPlan.Method) -> HTTPRequestHead { method == .get ? get : post }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .body(let bytes) = unwrapOutboundIn(data) {
            context.write(wrapOutboundOut(bytes), promise: promise)
        } else {
            promise?.succeed()
        }
    }
}

extension ByteBuffer {
    /// An HTTP/1.1 request (RFC 9112 §3); nil where a part of it would be read as something else.
    static func http1(_ request: ProviderRequest, to target: Target) -> ByteBuffer? {
        let path = request.path(below: target)
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), isValue(target.authority) else { return nil }
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
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken), Self.isValue(value) else { return false }
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
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
