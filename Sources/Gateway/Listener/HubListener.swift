import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// What puts ``CallHandler`` in the way of a connection.
public struct HubListener: Sendable {
    private let gateway: Gateway
    private let callerAddress: CallerAddress
    private let patience: Patience
    /// How long a connection may rest between two requests.
    public let idleTimeout: TimeAmount
    /// How long a request may take from its head to its end, and the handshake of a connection.
    public let requestTimeout: TimeAmount

    /// - Parameters:
    ///   - idleTimeout: how long a connection may rest between two requests.
    ///   - requestTimeout: how long a request may take from its head to its end.
    public init(
        gateway: Gateway, callerAddress: CallerAddress, idleTimeout: TimeAmount,
        requestTimeout: TimeAmount = .seconds(60)
    ) {
        self.gateway = gateway
        self.callerAddress = callerAddress
        (self.idleTimeout, self.requestTimeout) = (idleTimeout, requestTimeout)
        patience = Patience(rest: idleTimeout, request: requestTimeout)
    }

    /// Hummingbird's channel with the hub's calls taken out of it. On HTTP/2 they go through ``GatewayResponder``.
    public var configuration: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(additionalChannelHandlers: [CallHandlerInstaller(listener: self)])
    }

    fileprivate var handler: CallHandler {
        CallHandler(gateway: gateway, callerAddress: callerAddress, patience: patience)
    }

    /// Adds what the connection needs, then leaves: before the codec that makes framework types of requests what answers
    /// calls; on a stream of HTTP/2, which has no such codec, what bounds its time.
    private final class CallHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = Never

        private let listener: HubListener

        init(listener: HubListener) { self.listener = listener }

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            if let codec = try? pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self) {
                try? pipeline.addHandler(listener.handler, position: .before(codec.handler))
            } else {
                try? pipeline.addHandler(StreamDeadline(listener.requestTimeout), position: .after(self))
            }
            pipeline.removeHandler(context: context, promise: nil)
        }
    }
}
