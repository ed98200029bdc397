import Foundation
import HTTPTypes
import Hummingbird
import JOSE
import NIOCore
import Values

/// The addresses where clients get their tokens and learn how to.
public struct OAuthRoutes: Sendable {
    private let endpoint: TokenEndpoint
    /// Bytes of a request for a token at most.
    private static let bound = 16_384

    public init(gateway: Gateway) { endpoint = TokenEndpoint(gateway: gateway) }

    public func add(to router: Router<BasicRequestContext>) {
        let (endpoint, gateway) = (endpoint, endpoint.gateway)
        router.post("\(TokenEndpoint.path)") { request, _ in
            Self.response(await endpoint.answer(try await Self.read(request)))
        }
        router.get("/.well-known/oauth-authorization-server") { _, _ in
            Self.response(TokenEndpoint.Reply(body: Self.metadata(gateway)))
        }
    }

    private static func read(_ request: Request) async throws -> TokenEndpoint.Request {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        let isForm = type?.trimmingCharacters(in: .whitespaces) == "application/x-www-form-urlencoded"
        // A body of another kind, or too long, is read as an empty one, and so refused.
        let body = isForm ? try? await request.body.collect(upTo: bound) : nil
        return TokenEndpoint.Request(
            form: QueryParameters(body.map { String(buffer: $0) } ?? ""), proofs: request.headers[values: .dpop],
            certificate: Visitor.certificate, address: Visitor.address)
    }

    private static func response(_ reply: TokenEndpoint.Reply) -> Response {
        var headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        if let seconds = reply.retryAfter { headers[.retryAfter] = String(seconds) }
        return Response(
            status: .init(code: reply.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body.bytes)))
    }

    /// The authorization server's metadata (RFC 8414). No `jwks_uri`: only the hub reads its tokens.
    static func metadata(_ gateway: Gateway) -> JSON {
        let issuer = gateway.parts.publicURL()
        let algorithms = JSON.array(SignatureAlgorithm.allCases.map { .string($0.rawValue) })
        return [
            "issuer": .string(issuer), "token_endpoint": .string(issuer + TokenEndpoint.path),
            "grant_types_supported": ["client_credentials"], "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "self_signed_tls_client_auth"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "dpop_signing_alg_values_supported": algorithms, "tls_client_certificate_bound_access_tokens": true,
            "scopes_supported": .array(gateway.snapshot.catalogue.scopes.names.map(JSON.string)),
        ]
    }
}
