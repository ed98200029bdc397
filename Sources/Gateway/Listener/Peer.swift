import Crypto
import NIOCore
import NIOSSL

/// The other end of a connection.
package struct Peer: Sendable {
    /// Its network address.
    var address: String?
    /// SHA-256 of the certificate that it made the connection with, in DER; nil where it showed none.
    var certificate: [UInt8]?
}

extension Peer {
    /// To be asked for on the channel's event loop. A stream of HTTP/2 is of its connection.
    package init(_ channel: any Channel) {
        // The parent of a connection is the listening socket, which has no other end.
        let connection = channel.parent.flatMap { $0.remoteAddress == nil ? nil : $0 } ?? channel
        address = connection.remoteAddress?.ipAddress
        guard connection.eventLoop.inEventLoop,
            let shown = try? connection.pipeline.syncOperations.nioSSL_peerCertificate(),
            let bytes = try? shown.toDERBytes()
        else { return }
        certificate = Array(SHA256.hash(data: bytes))
    }
}
