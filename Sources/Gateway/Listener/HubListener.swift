import HummingbirdCore
import NIOCore
import NIOHTTPTypesHTTP1

/// What puts ``CallHandler`` in the way of a connection.
public struct HubListener: Sendable {
    private let gateway: Gateway
    private let callerAddress: CallerAddress
    private let idleTimeout: TimeAmount

    /// - Parameter idleTimeout: how long a connection may rest between two requests.
    public init(gateway: Gateway, callerAddress: CallerAddress, idleTimeout: TimeAmount) {
        self.gateway = gateway
        self.callerAddress = callerAddress
        self.idleTimeout = idleTimeout
    }

    /// Hummingbird's channel with the hub's calls taken out of it. On HTTP/2 they go through ``GatewayResponder``.
    public var configuration: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(additionalChannelHandlers: [CallHandlerInstaller(listener: self)])
    }

    fileprivate var handler: CallHandler {
        CallHandler(gateway: gateway, callerAddress: callerAddress, idleTimeout: idleTimeout)
    }

    /// Adds the handler before the codec that makes framework types of requests, then leaves.
    private final class CallHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = Never

        private let listener: HubListener

        init(listener: HubListener) { self.listener = listener }

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            if let codec = try? pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self) {
                try? pipeline.addHandler(listener.handler, position: .before(codec.handler))
            }
            pipeline.removeHandler(context: context, promise: nil)
        }
    }
}
