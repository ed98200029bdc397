import CatalogueModel
import DataProviders
import Hummingbird
import NIOCore
import Values

/// The hub's own addresses beside the data: its own ping, keys, documents, addresses that are gone.
public struct ServiceRoutes: Sendable {
    private let gateway: Gateway
    private let keys: FranceConnectKeys
    private let documents: DocumentStore

    public init(gateway: Gateway, keys: FranceConnectKeys, documents: DocumentStore) {
        self.gateway = gateway
        self.keys = keys
        self.documents = documents
    }

    public func add(to router: Router<BasicRequestContext>) {
        for path in ["/v2/ping", "/v3/ping", "/api/ping", "/api/caf/ping", "/api/impots/ping"] {
            router.get("\(path)") { request, _ in json("pong") }
        }
        router.get("/api/france_connect_jwks") { _, _ in json(keys.jwks) }
        router.get("/documents/:secret/:name") { _, context in await document(context) }
        router.head("/documents/:secret/:name") { _, context in await document(context).createHeadResponse() }
    }

    /// The answer for an address that the hub no longer serves.
    public func gone(_ path: String) -> Response? {
        guard !["/v2/privileges", "/v2/ping"].contains(path) else { return nil }
        return gateway.snapshot.catalogue.gone(path).map { text($0, .gone) }
    }

    /// The answer for an address of the hub's kind that leads nowhere; nil where the pages answer for it.
    public func unknown(_ path: String) -> Response? {
        let isVersioned = path.hasPrefix("/v") && path.dropFirst(2).first?.isNumber == true
        guard isVersioned || ["/api/", "/editeur/api/", "/proxy/"].contains(where: path.hasPrefix) else { return nil }
        return text("Cette adresse n'existe pas. Vérifiez-la dans le catalogue.", .notFound)
    }

    private func document(_ context: BasicRequestContext) async -> Response {
        guard let secret = context.parameters.get("secret"), let name = context.parameters.get("name"),
            name.hasSuffix(".pdf")
        else { return text("Ce document n'existe pas.", .notFound) }
        switch await documents.document(secret: secret, name: String(name.dropLast(4))) {
        case .nothing: return text("Ce document n'existe pas, ou n'existe plus.", .notFound)
        case .expired: return text("Le lien de ce document a expiré. Refaites l'appel qui l'a donné.", .gone)
        case .document(let bytes):
            // The store found it under this very name, which the hub chose: it needs no escape.
            let headers: HTTPFields = [
                .contentType: "application/pdf", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .contentDisposition: "inline; filename=\"\(name)\"", .robots: "noindex, nofollow",
                .referrerPolicy: "no-referrer",
            ]
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }

    private func json(_ body: JSON, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-cache, no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    private func text(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
