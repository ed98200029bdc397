import CatalogueModel
import NIOHTTP1
import Values

/// A call whose operation is known.
package struct RoutedCall: Sendable {
    let snapshot: HubSnapshot
    let operation: APIOperation
    /// Variables of the path; nil where the path exists in another version only.
    let variables: [String: String]?
    let path: String
    let query: String
}

extension Gateway {
    /// The operation that a request's target leads to (RFC 9112 §3.2.1); nil for any other target.
    package func routed(_ target: String) -> RoutedCall? {
        guard target.begins(with: "/v") || target.begins(with: "/api/") else { return nil }
        let (path, query) = target.withBytes { bytes in
            let all = bytes[...]
            let mark = all.place(of: UInt8(ascii: "?"))
            return (
                QueryParameters.decoded(UnsafeBufferPointer(rebasing: all[..<mark]), plusIsSpace: false),
                String(decoding: UnsafeBufferPointer(rebasing: all[mark...].dropFirst()), as: UTF8.self)
            )
        }
        return routed(path: path, query: query)
    }

    /// - Parameter path: percent signs decoded.
    func routed(path: String, query: String) -> RoutedCall? {
        let snapshot = snapshot
        switch snapshot.catalogue.routes.match(path) {
        case .operation(let operation, let variables):
            return RoutedCall(
                snapshot: snapshot, operation: operation, variables: variables, path: path, query: query)
        case .unservedVersion(_, let sibling):
            return RoutedCall(snapshot: snapshot, operation: sibling, variables: nil, path: path, query: query)
        case .none: return nil
        }
    }

    /// The way of a call of an operation.
    func pipeline(_ call: consuming Call, _ routed: RoutedCall) -> CallPipeline {
        CallPipeline(gateway: self, snapshot: routed.snapshot, call: call, operation: routed.operation)
    }
}

extension Call {
    /// Reads a request's head in one pass over its headers.
    package init(_ head: HTTPRequestHead, _ routed: borrowing RoutedCall, _ peer: Peer, _ callerAddress: CallerAddress)
    {
        var said = CallHeaders()
        for (name, value) in head.headers { name.withBytes { said.take($0, value) } }
        self.init(head.method.rawValue, said, routed, peer, callerAddress)
    }

    init(
        _ method: String, _ said: borrowing CallHeaders, _ routed: borrowing RoutedCall, _ peer: Peer,
        _ callerAddress: CallerAddress
    ) {
        let caller = callerAddress.caller(peer, said)
        self.init(
            method: method, path: routed.path, query: QueryParameters(routed.query), headers: said,
            remoteAddress: caller.address, clientCertificate: caller.certificate)
    }
}
