import HTTPTypes
import Hummingbird
import NIOCore
import Values

/// Hands the hub's paths to the gateway and every other request to the pages.
public struct GatewayResponder<Fallback: HTTPResponder>: HTTPResponder
where Fallback.Context == BasicRequestContext {
    public typealias Context = ListenerContext

    private let gateway: Gateway
    private let fallback: Fallback
    private let callerAddress: CallerAddress

    public init(gateway: Gateway, fallback: Fallback, callerAddress: CallerAddress) {
        self.gateway = gateway
        self.fallback = fallback
        self.callerAddress = callerAddress
    }

    public func respond(to request: Request, context: Context) async throws -> Response {
        // In a task of its own: what a connection's task has once taken it holds until the connection ends (6 kB, measured).
        async let answered = answer(to: request, context: context)
        let response = try await answered
        // A body would be taken for the next answer of the connection (RFC 9110 §9.3.2).
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Request, context: Context) async throws -> Response {
        let path = QueryParameters.decodedPath(request.uri.path)
        let said = CallHeaders(request)
        let caller = callerAddress.caller(context.peer, said)
        if Self.mayBeHub(path), let answer = await gateway.answer(Call(request, path: path, said, caller)) {
            return Response(answer)
        }
        return try await Visitor.$address.withValue(caller.address) {
            try await Visitor.$certificate.withValue(caller.certificate) {
                try await fallback.respond(to: request, context: context.basic)
            }
        }
    }

    private static func mayBeHub(_ path: String) -> Bool {
        path.hasPrefix("/v") || path.hasPrefix("/api/") || path.hasPrefix("/editeur/api/") || path == "/privileges"
            || path.hasPrefix("/proxy/")
    }
}

extension CallHeaders {
    init(_ request: Request) {
        for field in request.headers { field.name.canonicalName.withBytes { take($0, field.value) } }
    }
}

extension Call {
    init(_ request: Request, path: String, _ said: CallHeaders, _ caller: Peer) {
        self.init(
            method: request.method.rawValue, path: path, query: QueryParameters(request.uri.query ?? ""),
            headers: said, remoteAddress: caller.address, clientCertificate: caller.certificate)
    }

    /// What a request to one of the pages says, as if it were a call.
    init(_ request: Request) {
        let caller = Peer(address: Visitor.address, certificate: Visitor.certificate)
        self.init(request, path: request.uri.path, CallHeaders(request), caller)
    }
}

extension Response {
    init(_ answer: Answer) {
        var fields = HTTPFields()
        let headers = answer.allHeaders
        fields.reserveCapacity(headers.count + 1)
        fields[.contentType] = answer.contentType
        for header in headers {
            if let name = header.name.field { fields.append(HTTPField(name: name, value: header.value)) }
        }
        self.init(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
