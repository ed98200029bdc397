import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Values

/// Hands the hub's paths to the gateway and every other request to the pages.
public struct GatewayResponder<Fallback: HTTPResponder>: HTTPResponder
where Fallback.Context: RequestContext, Fallback.Context.Source == ApplicationRequestContextSource {
    /// The connection that a request came over. The context of the pages is made for their requests only.
    public struct Context: InitializableFromSource {
        private let channel: any Channel
        private let logger: Logger

        public init(source: ApplicationRequestContextSource) {
            channel = source.channel
            logger = source.logger
        }

        var source: ApplicationRequestContextSource { .init(channel: channel, logger: logger) }

        /// The address at the other end of the connection.
        public var remoteAddress: String? { channel.remoteAddress?.ipAddress }
    }

    private let gateway: Gateway
    private let fallback: Fallback
    private let remoteAddress: @Sendable (Request, Context) -> String?

    /// - Parameter remoteAddress: the caller's address, where a trusted proxy tells it; else that of the connection.
    public init(
        gateway: Gateway, fallback: Fallback,
        remoteAddress: @escaping @Sendable (Request, Context) -> String? = { $1.remoteAddress }
    ) {
        self.gateway = gateway
        self.fallback = fallback
        self.remoteAddress = remoteAddress
    }

    public func respond(to request: Request, context: Context) async throws -> Response {
        let path = QueryParameters.decodedPath(request.uri.path)
        if Self.mayBeHub(path),
            let answer = await gateway.answer(
                Call(request, path: path, remoteAddress: remoteAddress(request, context)))
        {
            return Response(answer)
        }
        return try await fallback.respond(to: request, context: Fallback.Context(source: context.source))
    }

    private static func mayBeHub(_ path: String) -> Bool { path.hasPrefix("/v") || path.hasPrefix("/api/") }
}

extension HTTPField.Name {
    // Constant names: the force of `Name("…")!` is replaced by a fallback that never comes to pass.
    static let apiKey = HTTPField.Name("X-Api-Key") ?? .authorization
    static let requestID = HTTPField.Name("X-Request-Id") ?? .from
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
            wantsFresh: request.headers[.cacheControl]?.lowercased().contains("no-cache") ?? false)
    }
}

extension Response {
    init(_ answer: Answer) {
        var fields = HTTPFields()
        fields.reserveCapacity(answer.headers.count + 1)
        fields[.contentType] = answer.contentType
        for header in answer.headers {
            if let name = HTTPField.Name(header.name) { fields[name] = header.value }
        }
        self.init(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
