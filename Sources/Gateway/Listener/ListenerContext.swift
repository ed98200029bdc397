import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Values

/// The connection that a request came over. The context of the pages is made for their requests only.
public struct ListenerContext: InitializableFromSource {
    let channel: any Channel
    private let logger: Logger

    public init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }

    /// The context that pages are written for.
    var basic: BasicRequestContext {
        BasicRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
    }
}

/// Whose request a page answers.
public enum Visitor {
    /// The network address, or nil where it is not known.
    @TaskLocal public static var address: String?
}

/// Tells the caller's address: the peer's, or what a trusted proxy says of it.
public struct CallerAddress: Sendable {
    private let proxies: [AddressBlock]

    /// - Parameter trustedProxies: only their `X-Forwarded-For` is believed; anybody can write that header.
    public init(trustedProxies: [AddressBlock]) { proxies = trustedProxies }

    func address(_ request: Request, _ context: ListenerContext) -> String? {
        address(peer: context.channel.remoteAddress?.ipAddress, forwarded: request.headers[.forwardedFor])
    }

    /// The last address of the chain that is no trusted proxy.
    func address(peer: String?, forwarded: String?) -> String? {
        guard let peer, isProxy(peer), let forwarded else { return peer }
        let chain = forwarded.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        return chain.last { !isProxy($0) } ?? peer
    }

    private func isProxy(_ address: String) -> Bool { proxies.contains { $0.contains(address) } }
}
