import Values

/// The answers of an operation, accepted or refused, and the parts that operations share.
struct OpenAPIResponses {
    /// The errors of each operation, by identifier.
    private let errors: [String: [PossibleError]]
    /// One example an error, by name; an operation whose error reads otherwise gives its own.
    private let shared: [String: JSON]

    /// - Parameter services: the errors of what the document describes besides operations.
    init(_ operations: [APIOperation], _ nomenclature: ErrorNomenclature, services: [PossibleError] = []) {
        let errors = Dictionary(
            operations.map { ($0.id, $0.possibleErrors(nomenclature)) }, uniquingKeysWith: { first, _ in first })
        var shared: [String: JSON] = [:]
        for error in operations.flatMap({ errors[$0.id] ?? [] }) + services where shared[Self.name(error)] == nil {
            shared[Self.name(error)] = Self.example(error)
        }
        self.errors = errors
        self.shared = shared
    }

    /// The shared examples, in the order of codes.
    var examples: JSON { .object(shared.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }) }

    func responses(_ operation: APIOperation) -> JSON {
        responses(accepted: Self.accepted(operation), errors[operation.id] ?? [])
    }

    /// An answer of success, and those errors by status.
    func responses(accepted: JSON, _ errors: [PossibleError]) -> JSON {
        var members = [JSON.Member("200", accepted)]
        let byStatus = Dictionary(grouping: errors, by: \.status)
        for (status, errors) in byStatus.sorted(by: { $0.key < $1.key }) {
            members.append(JSON.Member(String(status), refused(status, errors)))
        }
        return .object(members)
    }

    private static func accepted(_ operation: APIOperation) -> JSON {
        [
            "description": operation.acceptedScopeNames.isEmpty
                ? "La donnée demandée." : "La donnée demandée, réduite à ce que vos périmètres ouvrent.",
            "headers": references(
                ["X-Request-Id", "X-Response-Cached"]
                    + (operation.limit == nil ? [] : ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"])),
            "content": [
                "application/json": [
                    "schema": OpenAPISchema.answer(operation.answer), "example": operation.exampleAnswer,
                ]
            ],
        ]
    }

    private func refused(_ status: Int, _ errors: [PossibleError]) -> JSON {
        let isV2 = errors.contains { $0.v2Name != nil }
        let schema = isV2 ? (status == 429 ? "TropDAppelsV2" : "ErreurV2") : "Erreurs"
        let titles = errors.map(\.title).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let examples = errors.map { error -> JSON.Member in
            let (name, example) = (Self.name(error), Self.example(error))
            guard shared[name] == example else { return JSON.Member(error.code, example) }
            return JSON.Member(error.code, ["$ref": .string("#/components/examples/\(name)")])
        }
        return [
            "description": .string(titles.joined(separator: " ; ")),
            "headers": Self.references(["X-Request-Id"] + (status == 429 ? ["Retry-After"] : [])),
            "content": [
                "application/json": [
                    "schema": ["$ref": .string("#/components/schemas/\(schema)")], "examples": .object(examples),
                ]
            ],
        ]
    }

    private static func name(_ error: PossibleError) -> String { error.v2Name == nil ? error.code : "v2-\(error.code)" }

    private static func example(_ error: PossibleError) -> JSON {
        let body = error.v2Name == nil ? body(error) : v2Body(error)
        return ["summary": .string(error.title), "value": body]
    }

    private static func references(_ names: [String]) -> JSON {
        .object(names.map { JSON.Member($0, ["$ref": .string("#/components/headers/\($0)")]) })
    }

    private static func body(_ error: PossibleError) -> JSON {
        var members = [
            JSON.Member("code", .string(error.code)), JSON.Member("title", .string(error.title)),
            JSON.Member("detail", .string(error.detail)),
        ]
        if let source = error.source { members.append(JSON.Member("source", source)) }
        members.append(JSON.Member("meta", error.provider.map { ["provider": .string($0)] } ?? .object([])))
        return ["errors": [.object(members)]]
    }

    private static func v2Body(_ error: PossibleError) -> JSON {
        if error.status == 429 { return ["errors": [.string(error.detail)]] }
        return [
            "error": .string(error.v2Name ?? ""), "reason": .string(error.detail), "message": .string(error.detail),
        ]
    }

    static let headers: JSON = [
        "X-Request-Id": header("string", "Identifiant de l'appel, à citer au support."),
        "X-Response-Cached": header("boolean", "Vrai si la réponse a été gardée d'un appel précédent."),
        "RateLimit-Limit": header("integer", "Nombre d'appels permis."),
        "RateLimit-Remaining": header("integer", "Nombre d'appels qui restent."),
        "RateLimit-Reset": header("integer", "Instant où le compte repart de zéro, en secondes depuis 1970."),
        "Retry-After": header("integer", "Secondes à attendre avant un nouvel appel."),
    ]

    private static func header(_ type: JSON, _ text: JSON) -> JSON { ["description": text, "schema": ["type": type]] }

    /// The schemas of errors that those operations need.
    static func schemas(_ operations: [APIOperation]) -> JSON {
        var members: [JSON.Member] = []
        if operations.contains(where: { $0.style != .particulierV2 }) {
            members.append(JSON.Member("Erreurs", errorsSchema))
        }
        if operations.contains(where: { $0.style == .particulierV2 }) {
            members.append(JSON.Member("ErreurV2", errorV2))
            members.append(JSON.Member("TropDAppelsV2", tooManyV2))
        }
        return .object(members)
    }

    private static let errorsSchema: JSON = [
        "type": "object", "required": ["errors"],
        "properties": [
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["code", "title", "detail"],
                    "properties": [
                        "code": ["type": "string", "pattern": "^[0-9]{5}$", "description": "Code stable, à tester."],
                        "title": ["type": "string"],
                        "detail": ["type": "string"],
                        "source": [
                            "type": ["object", "null"], "description": "Le paramètre ou l'en-tête en cause.",
                            "properties": ["parameter": ["type": "string"], "header": ["type": "string"]],
                        ],
                        "meta": [
                            "type": "object", "description": "Fournisseur en cause, délai avant un nouvel essai.",
                        ],
                    ],
                ],
            ]
        ],
    ]

    private static let errorV2: JSON = [
        "type": "object", "required": ["error", "reason", "message"],
        "properties": ["error": ["type": "string"], "reason": ["type": "string"], "message": ["type": "string"]],
    ]

    private static let tooManyV2: JSON = [
        "type": "object", "required": ["errors"],
        "properties": ["errors": ["type": "array", "items": ["type": "string"]]],
    ]
}
