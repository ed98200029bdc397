import CatalogueModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Values

/// The pings of the providers, as clients of the national hubs know them. Open to everybody.
public struct PingRoutes: Sendable {
    private let watch: ProviderWatch
    private let catalogue: @Sendable () -> CompiledCatalogue
    private let publicURL: @Sendable () -> String

    public init(
        watch: ProviderWatch, catalogue: @escaping @Sendable () -> CompiledCatalogue,
        publicURL: @escaping @Sendable () -> String
    ) {
        self.watch = watch
        self.catalogue = catalogue
        self.publicURL = publicURL
    }

    public func add(to router: Router<BasicRequestContext>) {
        router.get("/pings") { _, _ in
            list { provider in
                provider.pings.map { source in
                    let isWhole = source.name == provider.id
                    return (
                        isWhole ? provider.id : "\(provider.id)/\(source.name)", "/ping/\(provider.id)/\(source.name)"
                    )
                }
            }
        }
        router.get("/api/pings") { _, _ in list { [($0.id, "/api/\($0.id)/ping")] } }
        router.get("/ping/:provider/:source") { _, context in
            answer(context.parameters.get("provider"), context.parameters.get("source"))
        }
        router.get("/api/:provider/ping") { _, context in
            let provider = context.parameters.get("provider")
            return answer(provider, provider)
        }
    }

    private func list(_ entries: (ProviderDescription) -> [(name: String, path: String)]) -> Response {
        let items = catalogue().observedProviders.flatMap(entries).map { entry -> JSON in
            ["name": .string(entry.name), "url": .string(publicURL() + entry.path)]
        }
        return Self.response(.array(items), .ok)
    }

    private func answer(_ id: String?, _ source: String?) -> Response {
        guard let provider = catalogue().observedProviders.first(where: { $0.id == id }), let source,
            let present = watch.present(provider, source)
        else { return Self.response([:], .notFound) }
        var members: [JSON.Member] = [
            JSON.Member("status", .string(present.state.ping)),
            JSON.Member("last_update", Self.instant(present.updated)),
            JSON.Member("last_ok_status", Self.instant(present.lastOK)),
        ]
        if let until = present.until { members.append(JSON.Member("until", Self.instant(until))) }
        let isWell = present.state == .ok || present.state == .unknown
        return Self.response(.object(members), isWell ? .ok : .badGateway)
    }

    private static func instant(_ date: Date?) -> JSON { date.map { .string($0.formatted(.iso8601)) } ?? .null }

    private static func response(_ body: JSON, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-cache, no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }
}
