import NIOCore
import NIOTLS

/// Closes a connection over TLS whose handshake is not over in time, or which then carries no stream of HTTP/2 for too
/// long. One of HTTP/1 has ``CallHandler`` to watch it: this handler then leaves.
public final class ConnectionDeadline: ChannelInboundHandler, RemovableChannelHandler {
    public typealias InboundIn = Never

    /// From the polite word that ends a connection at rest (GOAWAY) to its close: who does not answer it stays no longer.
    private static let farewell = TimeAmount.seconds(5)

    private let handshake: TimeAmount
    private let rest: TimeAmount
    private var alarm: Scheduled<Void>?
    private var streams = 0
    private var context: ChannelHandlerContext?

    public init(_ listener: HubListener) {
        handshake = listener.requestTimeout
        rest = listener.idleTimeout + Self.farewell
    }

    public func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch(handshake, context.eventLoop)
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        self.context = nil
    }

    private func watch(_ timeout: TimeAmount, _ loop: any EventLoop) {
        alarm?.cancel()
        let bound = NIOLoopBound(self, eventLoop: loop)
        alarm = loop.scheduleTask(in: timeout) { bound.value.context?.close(promise: nil) }
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else { return }
        if negotiated == "h2" {
            watch(rest, context.eventLoop)
        } else {
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func streamBegins() {
        streams += 1
        alarm?.cancel()
    }

    func streamEnds(_ loop: any EventLoop) {
        streams -= 1
        if streams == 0, context != nil { watch(rest, loop) }
    }
}
