import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
import Values

/// The connection that a request came over. The context of the pages is made for their requests only.
public struct ListenerContext: InitializableFromSource {
    let channel: any Channel
    let peer: Peer
    private let logger: Logger

    public init(source: ApplicationRequestContextSource) {
        channel = source.channel
        peer = Peer(source.channel)
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
    /// SHA-256 of the certificate that the connection was made with, in DER; nil where there is none.
    @TaskLocal static var certificate: [UInt8]?
}

/// Tells the caller's address: the peer's, or what a trusted proxy says of it.
public struct CallerAddress: Sendable {
    private let proxies: [AddressBlock]
    private let believesCertificates: Bool

    /// - Parameters:
    ///   - trustedProxies: only their `X-Forwarded-For` is believed; anybody can write that header.
    ///   - believesCertificates: whether their `Client-Cert` is too. A proxy that passes on what its clients write there
    ///     would let anybody be anyone: nothing but the word of its operator tells that it does not.
    public init(trustedProxies: [AddressBlock], believesCertificates: Bool = false) {
        proxies = trustedProxies
        self.believesCertificates = believesCertificates
    }

    /// The caller's address and certificate: the connection's own, or where it comes from a trusted proxy what that says
    /// in `X-Forwarded-For` and `Client-Cert` (RFC 9440).
    func caller(_ peer: Peer, _ said: borrowing CallHeaders) -> Peer {
        guard !proxies.isEmpty, let address = peer.address, isProxy(address) else { return peer }
        let told = believesCertificates ? said.clientCertificates : []
        return Peer(
            address: self.address(peer: address, forwarded: said.forwardedFor),
            certificate: told.count == 1 ? CertificateDigest.ofHeader(told[0]) : nil)
    }

    /// The last address of the chain that is no trusted proxy.
    func address(peer: String?, forwarded: String?) -> String? {
        guard let peer, isProxy(peer), let forwarded else { return peer }
        let chain = forwarded.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        return chain.last { !isProxy($0) } ?? peer
    }

    var trustsProxies: Bool { !proxies.isEmpty }

    func isProxy(_ address: String) -> Bool { proxies.contains { $0.contains(address) } }
}
