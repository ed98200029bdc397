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

    /// Bytes of the largest, and its fields.
    static let largest = 16_384
    private static let mostFields = 100

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count <= Self.largest else { return nil }
        var reader = HeadReader()
        guard reader.skip("GET ", in: bytes), let line = reader.line(in: bytes),
            let target = Self.target(line, in: bytes)
        else { return nil }
        self.target = target
        var (hosts, fields) = (0, 0)
        while true {
            switch reader.field(in: bytes) {
            case .end:
                guard reader.place == bytes.count, hosts == 1 else { return nil }
                return
            case .doubtful: return nil
            case .field(let name, let value):
                fields += 1
                guard Self.isPlain(name, value, in: bytes), fields <= Self.mostFields else { return nil }
                if bytes.isName(name, "host") { hosts += 1 }
                bytes.slice(name) { headers.take($0, bytes.text(value)) }
            }
        }
    }

    /// Whether these may be the first bytes of such a request: nothing in the lines that have come whole is in doubt.
    static func mayBegin(_ bytes: Span<UInt8>) -> Bool {
        var reader = HeadReader()
        guard bytes.count < largest, reader.skip("GET /", in: bytes) else { return false }
        let isLine = reader.line(in: bytes) != nil
        guard let last = bytes.indices.last(where: { bytes[$0] == 0x0A }) else {
            return reader.place == bytes.count || reader.place == bytes.count - 1 && bytes[reader.place] == 0x0D
        }
        guard isLine else { return false }
        while reader.place <= last {
            guard case .field(let name, let value) = reader.field(in: bytes), isPlain(name, value, in: bytes) else {
                return false
            }
        }
        return true
    }

    /// The target of a request line's rest, in a form that needs no second look.
    private static func target(_ line: Range<Int>, in bytes: Span<UInt8>) -> String? {
        let end: StaticString = " HTTP/1.1"
        let count = line.count - end.utf8CodeUnitCount
        guard count > 0, bytes[line.lowerBound] == UInt8(ascii: "/") else { return nil }
        let target = line.prefix(count)
        for index in 0..<end.utf8CodeUnitCount where bytes[target.upperBound + index] != end.utf8Start[index] {
            return nil
        }
        let ofTarget = ofTarget
        return bytes.slice(target) { $0.allSatisfy(ofTarget.contains) } ? bytes.text(target) : nil
    }

    /// Signs of a path and a query (RFC 3986 §3.3, §3.4), and the brackets that lists are written with.
    private static let ofTarget = ByteSet(0x24...0x3B, 0x3F...0x5B, 0x61...0x7A, and: "=]_!~")

    /// Whether a field leaves the request what it seems to be.
    private static func isPlain(_ name: Range<Int>, _ value: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        switch name.count {
        case 2: !bytes.isName(name, "te")
        case 6: !bytes.isName(name, "expect")
        case 7: !bytes.isName(name, "upgrade") && !bytes.isName(name, "trailer")
        case 10: !bytes.isName(name, "connection") || bytes.isName(value, "keep-alive")
        case 14: !bytes.isName(name, "content-length") && !bytes.isName(name, "http2-settings")
        case 16: !bytes.isName(name, "proxy-connection")
        case 17: !bytes.isName(name, "transfer-encoding")
        default: true
        }
    }
}

/// Stands before the parser and answers plain calls without it, until something else comes: from then on all of the
/// connection is the parser's.
final class PlainRequests: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Pieces that a call may come in: who sends it byte by byte sends it to the parser, which reads each byte once.
    private static let mostPieces = 8

    private let calls: CallHandler
    /// The beginning of a call, and in how many pieces it came.
    private var begun: (bytes: ByteBuffer, pieces: Int)?
    private var isParsed = false

    init(_ calls: CallHandler) { self.calls = calls }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isParsed else { return context.fireChannelRead(data) }
        var (bytes, pieces) = (unwrapInboundIn(data), 1)
        if let begun {
            let new = bytes
            (bytes, pieces) = (begun.bytes, begun.pieces + 1)
            self.begun = nil
            bytes.writeImmutableBuffer(new)
        }
        guard calls.isAtRest else { return passOn(bytes, context) }
        if let request = PlainRequest(bytes.readableBytesUInt8Span) {
            if !calls.take(request) { passOn(bytes, context) }
        } else if pieces < Self.mostPieces, PlainRequest.mayBegin(bytes.readableBytesUInt8Span) {
            begun = (bytes, pieces)
        } else {
            passOn(bytes, context)
        }
    }

    private func passOn(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        isParsed = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    /// Before anything else happens: the parser knows what to do with a request that has no end.
    private func passOnBegun(_ context: ChannelHandlerContext) {
        guard let begun else { return }
        self.begun = nil
        passOn(begun.bytes, context)
    }

    /// Where nothing was passed on, nobody behind has read anything, nor needs to be asked whether to read on.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isParsed { context.fireChannelReadComplete() } else { context.read() }
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
