import DataProviders
import NIOCore
import NIOHTTP1
import Values

/// A call as nearly all are: a GET read whole, without a body and without anything in its head that would change where it
/// ends or what becomes of its connection.
///
/// Whatever else comes is left to the library's parser; what is taken here, that one would take for the same request.
struct PlainRequest {
    let target: String
    private(set) var headers = CallHeaders()

    /// Bytes of the largest.
    static let largest = 16_384

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.largest else { return nil }
        var reader = HeadReader(bytes)
        guard reader.skip("GET "), let line = reader.line(), let target = Self.target(line) else { return nil }
        self.target = target
        var hosts = 0
        while true {
            switch reader.field() {
            case .end:
                guard reader.rest.isEmpty, hosts == 1 else { return nil }
                return
            case .doubtful: return nil
            case .field(let name, let value):
                guard Self.isPlain(name, value) else { return nil }
                if name.isName("host") { hosts += 1 }
                headers.take(name, value.text)
            }
        }
    }

    /// Whether these may be the first bytes of such a request.
    static func mayBegin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = HeadReader(bytes)
        guard bytes.count < largest, reader.skip("GET /") else { return false }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            rest = rest[(end + 1)...]
            if rest.starts(with: [0x0D, 0x0A]) { return false }
        }
        return true
    }

    /// The target of a request line's rest, in a form that needs no second look.
    private static func target(_ line: UnsafeRawBufferPointer) -> String? {
        let end: StaticString = " HTTP/1.1"
        let count = line.count - end.utf8CodeUnitCount
        guard count > 0, line.first == UInt8(ascii: "/") else { return nil }
        for index in 0..<end.utf8CodeUnitCount where line[count + index] != end.utf8Start[index] { return nil }
        let target = UnsafeRawBufferPointer(rebasing: line[..<count])
        return target.allSatisfy(isOfTarget) ? target.text : nil
    }

    /// Signs of a path and a query (RFC 3986 §3.3, §3.4), and the brackets that lists are written with.
    private static func isOfTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x24...0x3B, 0x3D, 0x3F...0x5B, 0x5D, 0x5F, 0x61...0x7A, 0x21, 0x7E: true
        default: false
        }
    }

    /// Whether a field leaves the request what it seems to be.
    private static func isPlain(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 2: !name.isName("te")
        case 6: !name.isName("expect")
        case 7: !name.isName("upgrade") && !name.isName("trailer")
        case 10: !name.isName("connection") || value.isName("keep-alive")
        case 14: !name.isName("content-length") && !name.isName("http2-settings")
        case 16: !name.isName("proxy-connection")
        case 17: !name.isName("transfer-encoding")
        default: true
        }
    }
}

/// Stands before the parser and answers plain calls without it, until something else comes: from then on all of the
/// connection is the parser's.
final class PlainRequests: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Pieces that a call may come in: who sends it byte by byte sends it to the parser, which reads each byte once.
    private static let mostPieces = 8

    private let calls: CallHandler
    /// The beginning of a call, and in how many pieces it came.
    private var begun: (bytes: ByteBuffer, pieces: Int)?
    private var hasPassedOn = false

    init(_ calls: CallHandler) { self.calls = calls }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var (bytes, pieces) = (unwrapInboundIn(data), 1)
        if let begun {
            let new = bytes
            (bytes, pieces) = (begun.bytes, begun.pieces + 1)
            self.begun = nil
            bytes.writeImmutableBuffer(new)
        }
        guard calls.isAtRest else { return passOn(bytes, context) }
        if let request = bytes.withUnsafeReadableBytes(PlainRequest.init) {
            if !calls.take(request) { passOn(bytes, context) }
        } else if pieces < Self.mostPieces, bytes.withUnsafeReadableBytes(PlainRequest.mayBegin) {
            begun = (bytes, pieces)
        } else {
            passOn(bytes, context)
        }
    }

    private func passOn(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        hasPassedOn = true
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// The parser knows what to do with a request that has no end.
    private func passOnBegun(_ context: ChannelHandlerContext) {
        guard let begun else { return }
        self.begun = nil
        passOn(begun.bytes, context)
    }

    /// Where nothing was passed on, nobody behind has read anything.
    func channelReadComplete(context: ChannelHandlerContext) {
        if hasPassedOn { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        passOnBegun(context)
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        passOnBegun(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passOnBegun(context)
        context.fireErrorCaught(error)
    }
}
