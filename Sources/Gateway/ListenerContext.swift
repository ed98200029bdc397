import HTTPTypes
import Hummingbird
import NIOCore
import Values

/// The context of a request that remembers where it comes from.
public struct ListenerContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The context that pages are written for.
    var basic: BasicRequestContext { BasicRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger)) }
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

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}
