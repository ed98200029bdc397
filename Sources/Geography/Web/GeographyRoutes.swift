import HTTPTypes
import Hummingbird
import NIOCore

/// The addresses below `/geo`. They need no token, and anybody's page may read them.
public struct GeographyRoutes: Sendable {
    private let answers: GeographyAnswers
    /// Long answers are written in steps of that many items, so that no call holds its event loop for long.
    private static let step = 200

    public init(_ gazetteer: Gazetteer) { answers = GeographyAnswers(gazetteer: gazetteer) }

    public func add(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .head, .post, .put, .patch, .delete, .options] {
            router.on("/geo/**", method: method) { request, context in
                respond(request, context.parameters.getCatchAll().map(String.init))
            }
        }
    }

    private func respond(_ request: Request, _ path: [String]) -> Response {
        guard request.method == .get || request.method == .head else {
            var refusal = Self.response(Reply(refused: 405, "Cette adresse ne se lit qu'avec GET."))
            refusal.headers[.allow] = "GET, HEAD"
            return refusal
        }
        let pairs = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
        let response = Self.response(answers.reply(path, Parameters(pairs)))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func response(_ reply: Reply) -> Response {
        let headers: HTTPFields = [
            .contentType: reply.mediaType, .accessControlAllowOrigin: "*", .xContentTypeOptions: "nosniff",
            .cacheControl: reply.status == 200 ? "public, max-age=3600" : "no-store",
        ]
        guard reply.count > step else {
            let bytes = reply.bytes(from: 0, most: step)
            return Response(
                status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: .init(bytes: bytes)))
        }
        let body = ResponseBody { writer in
            for start in stride(from: 0, to: reply.count, by: step) {
                try await writer.write(ByteBuffer(bytes: reply.bytes(from: start, most: step)))
                await Task.yield()
            }
            try await writer.finish(nil)
        }
        return Response(status: .init(code: reply.status), headers: headers, body: body)
    }
}
