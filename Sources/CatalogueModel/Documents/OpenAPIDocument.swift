import Values

/// The OpenAPI 3.1 description of a part of the catalogue, made from the compiled catalogue alone.
public struct OpenAPIDocument: Sendable {
    /// What a document describes.
    public enum Part: Sendable, Hashable {
        case bouquet(APIDescription.Bouquet)
        /// One version of a bouquet's addresses.
        case version(APIDescription.Bouquet, Int)
        case api(String)
    }

    /// The document; its members are in the order in which people read them.
    public let json: JSON

    /// - Parameters:
    ///   - server: address of the service, without a closing slash.
    ///   - version: version of the program.
    /// - Returns: nil where the catalogue has nothing of that part.
    public init?(_ part: Part, of catalogue: CompiledCatalogue, server: String, version: String) {
        let operations = catalogue.operations.filter { part.holds($0) }
        guard let first = operations.first else { return nil }
        let tags = catalogue.apis.filter { api in operations.contains { $0.api.id == api.id } }
        let services = part.services
        let responses = OpenAPIResponses(
            operations, catalogue.errors, services: catalogue.errors.ownErrors(services.flatMap(\.errors)))
        var paths = operations.map { operation in
            JSON.Member(
                operation.route,
                .object([JSON.Member("get", OpenAPIOperation(operation, responses).json)]))
        }
        paths += services.map { JSON.Member($0.path, ["get": $0.json(responses, catalogue.errors)]) }
        json = [
            "openapi": "3.1.0",
            "info": [
                "title": .string(part.title(first.api)),
                "description": .string(part.summary(first.api)),
                "version": .string(version),
            ],
            "servers": [["url": .string(server)]],
            "tags": .array(tags.map { Self.tag($0, server) } + (services.isEmpty ? [] : [OpenAPIService.tag])),
            "paths": .object(paths),
            "components": [
                "securitySchemes": OpenAPISecurity.schemes(operations),
                "headers": OpenAPIResponses.headers,
                "schemas": OpenAPIResponses.schemas(operations),
                "examples": responses.examples,
            ],
        ]
    }

    /// An API, with the address of its page.
    private static func tag(_ api: APIDescription, _ server: String) -> JSON {
        [
            "name": .string(api.title),
            "description": .string((api.warnings + [api.summary]).joined(separator: "\n\n")),
            "externalDocs": ["url": .string("\(server)/catalogue/\(api.id)")],
        ]
    }
}

extension OpenAPIDocument.Part {
    fileprivate func holds(_ operation: APIOperation) -> Bool {
        switch self {
        case .bouquet(let bouquet): operation.api.bouquet == bouquet
        case .version(let bouquet, let version): operation.api.bouquet == bouquet && operation.version == version
        case .api(let id): operation.api.id == id
        }
    }

    /// What is described besides the operations: in the documents of whole bouquets only.
    fileprivate var services: [OpenAPIService] {
        switch self {
        case .bouquet(.entreprise): OpenAPIService.all(errors: "/errors")
        case .bouquet(.particulier): OpenAPIService.all(errors: "/api/errors")
        case .bouquet(.open), .version, .api: []
        }
    }

    fileprivate func title(_ api: APIDescription) -> String {
        switch self {
        case .bouquet(.particulier): "UneFois : données des particuliers"
        case .bouquet(.entreprise): "UneFois : données des entreprises et des associations"
        case .bouquet(.open): "UneFois : données ouvertes"
        case .version(let bouquet, let version): Self.bouquet(bouquet).title(api) + ", version \(version)"
        case .api: api.title
        }
    }

    fileprivate func summary(_ api: APIDescription) -> String {
        switch self {
        case .bouquet, .version: "Les données que les administrations s'échangent au lieu de les demander aux usagers."
        case .api: (api.warnings + [api.summary]).joined(separator: "\n\n")
        }
    }
}

/// How callers prove who they are.
enum OpenAPISecurity {
    static func schemes(_ operations: [APIOperation]) -> JSON {
        var schemes: [JSON.Member] = []
        if operations.contains(where: \.takesToken) {
            schemes.append(JSON.Member("jeton", bearer("Jeton de l'habilitation.", format: "JWT")))
            schemes.append(
                JSON.Member(
                    "jetonXApiKey",
                    ["type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "Le même jeton."]))
        }
        if operations.contains(where: \.takesFranceConnect) {
            let text = "Jeton d'accès FranceConnect de la personne, à la place du jeton de l'habilitation."
            schemes.append(JSON.Member("franceConnect", bearer(text, format: "FranceConnect")))
        }
        return .object(schemes)
    }

    static func requirement(_ operation: APIOperation) -> JSON {
        var names: [String] = []
        if operation.takesToken { names += ["jeton", "jetonXApiKey"] }
        if operation.takesFranceConnect { names.append("franceConnect") }
        return .array(names.map { .object([JSON.Member($0, [])]) })
    }

    private static func bearer(_ text: String, format: String) -> JSON {
        ["type": "http", "scheme": "bearer", "bearerFormat": .string(format), "description": .string(text)]
    }
}
