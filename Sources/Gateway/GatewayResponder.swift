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
        let path = QueryParameters.decodedPath(request.uri.path)
        let address = callerAddress.address(request, context)
        if Self.mayBeHub(path) {
            let call = Call(request, path: path, remoteAddress: address)
            if let answer = await gateway.answer(call) { return Response(answer) }
        }
        return try await Visitor.$address.withValue(address) {
            try await fallback.respond(to: request, context: context.basic)
        }
    }

    private static func mayBeHub(_ path: String) -> Bool {
        path.hasPrefix("/v") || path.hasPrefix("/api/") || path.hasPrefix("/editeur/api/") || path == "/privileges"
            || path.hasPrefix("/proxy/")
    }
}

extension Call {
    init(_ request: Request, path: String, remoteAddress: String?) {
        let authorization = request.headers[.authorization]
        let bearer = authorization.flatMap { text -> String? in
            guard text.utf8.count > 7, text.prefix(7).lowercased() == "bearer " else { return nil }
            return text.dropFirst(7).trimmingPrefix { $0 == " " }.description
        }
        self.init(
            method: request.method.rawValue, path: path, query: QueryParameters(request.uri.query ?? ""),
            bearer: bearer.map { Redacted($0) }, apiKey: request.headers[.apiKey].map { Redacted($0) },
            requestID: request.headers[.requestID], remoteAddress: remoteAddress,
            wantsFresh: request.headers[.cacheControl]?.lowercased().contains("no-cache") ?? false,
            delegationID: request.headers[.delegationID], agentID: request.headers[.agentID],
            proof: request.headers[.generateProof].flatMap { ProofWish(rawValue: $0.lowercased()) },
            purpose: request.headers[.purpose], caseReference: request.headers[.caseReference])
    }
}

extension Response {
    init(_ answer: Answer) {
        var fields = HTTPFields()
        fields.reserveCapacity(answer.headers.count + 1)
        fields[.contentType] = answer.contentType
        for header in answer.headers { fields.append(HTTPField(name: header.name, value: header.value)) }
        self.init(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
