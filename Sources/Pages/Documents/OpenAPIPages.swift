import CatalogueModel
import Hummingbird

/// The descriptions for machines, and the page that lists them.
struct OpenAPIPages {
    let site: Site
    let cache: SnapshotCache

    /// Addresses that existing clients know; JSON is YAML (YAML 1.2.2 §1.2).
    static let aliases: [(RouterPath, OpenAPIDocument.Part)] = [
        ("/v3/openapi-entreprise.yaml", .bouquet(.entreprise)),
        ("/api/open-api-v2.yml", .version(.particulier, 2)),
        ("/api/open-api-v3.yml", .bouquet(.particulier)),
        ("/api/open-api.yml", .bouquet(.particulier)),
    ]

    func list(_ catalogue: CompiledCatalogue) -> Response {
        let messages = site.messages
        let bouquets = APIDescription.Bouquet.allCases.compactMap { bouquet -> Row? in
            let operations = catalogue.operations.filter { $0.api.bouquet == bouquet }
            guard !operations.isEmpty else { return nil }
            return [
                "bouquetTitle": messages.text("bouquet.\(bouquet.rawValue)"),
                "bouquetID": bouquet.rawValue, "bouquetPath": "/openapi/\(bouquet.rawValue).json",
                "bouquetCount": messages.count("openapi.operations", operations.count),
                "paths": operations.sorted { ($0.api.title, $1.version) < ($1.api.title, $0.version) }.map(row),
            ]
        }
        return site.page("openapi", title: messages.text("openapi.title"), section: .developers, ["bouquets": bouquets])
    }

    /// The document of `particulier.json`, `entreprise.json` or `{api}.json`.
    func document(named name: String, _ catalogue: CompiledCatalogue) throws -> Response {
        guard name.hasSuffix(".json") else { throw HTTPError(.notFound) }
        let stem = String(name.dropLast(5))
        let part = APIDescription.Bouquet(rawValue: stem).map(OpenAPIDocument.Part.bouquet) ?? .api(stem)
        return try response(part, type: "application/json", catalogue)
    }

    func yaml(_ part: OpenAPIDocument.Part, _ catalogue: CompiledCatalogue) throws -> Response {
        try response(part, type: "application/yaml", catalogue)
    }

    private func response(_ part: OpenAPIDocument.Part, type: String, _ catalogue: CompiledCatalogue) throws -> Response
    {
        guard let document = cache.document(part, of: catalogue, site.options) else { throw HTTPError(.notFound) }
        return Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "no-cache", .accessControlAllowOrigin: "*"],
            body: ResponseBody(byteBuffer: document))
    }

    private func row(_ operation: APIOperation) -> Row {
        [
            "route": operation.route, "rowTitle": operation.api.title, "rowPath": "/catalogue/\(operation.api.id)",
            "rowModality": Wording(messages: site.messages).title(operation),
            "rowDocument": "/openapi/\(operation.api.id).json", "rowIsDeprecated": operation.deprecated != nil,
        ]
    }
}
