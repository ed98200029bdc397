import NIOCore
import NIOHTTPTypes
import Synchronization

/// Ends a stream of HTTP/2 whose request is not whole in time, or whose answer is not taken: a connection with such a
/// stream is never at rest, and would be kept for as long as its client likes.
final class StreamDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// Streams of all connections at once. Each may hold an answer that its client does not take, some 150 kB for the
    /// longest page, where a connection of HTTP/1 holds one.
    static let most = 4_096
    /// From the end of a request to that of its answer.
    static let answerTimeout = TimeAmount.minutes(5)
    private static let underWay = Atomic(0)

    private let requestTimeout: TimeAmount
    private var alarm: Scheduled<Void>?
    private var connection: ConnectionDeadline?

    init(_ requestTimeout: TimeAmount) { self.requestTimeout = requestTimeout }

    func handlerAdded(context: ChannelHandlerContext) {
        connection = try? context.channel.parent?.pipeline.syncOperations.handler(type: ConnectionDeadline.self)
        connection?.streamBegins()
        let isOneTooMany = Self.underWay.wrappingAdd(1, ordering: .relaxed).newValue > Self.most
        watch(context, isOneTooMany ? .zero : requestTimeout)
    }

    private func watch(_ context: ChannelHandlerContext, _ timeout: TimeAmount) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: timeout) { bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data), alarm?.cancel() != nil { watch(context, Self.answerTimeout) }
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        connection?.streamEnds(context.eventLoop)
        connection = nil
        Self.underWay.wrappingSubtract(1, ordering: .relaxed)
    }
}
