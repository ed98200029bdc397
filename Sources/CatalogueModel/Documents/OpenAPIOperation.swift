import Values

extension APIDescription {
    /// What to know before relying on it.
    var warnings: [String] {
        let announced = lifecycle == .announced ? ["À venir : cette API ne répond que dans le bac à sable."] : []
        return announced + (knownIssue.map { ["Anomalie connue depuis le \($0.date.french) : \($0.text)"] } ?? [])
    }
}

/// One operation as an OpenAPI path item's `get`.
struct OpenAPIOperation {
    let json: JSON

    init(_ operation: APIOperation, _ responses: OpenAPIResponses) {
        var members: [JSON.Member] = [
            JSON.Member("operationId", .string(operation.id)),
            JSON.Member("tags", [.string(operation.api.title)]),
            JSON.Member("summary", .string(operation.api.title)),
            JSON.Member("description", .string(Self.description(operation))),
        ]
        if operation.deprecated != nil { members.append(JSON.Member("deprecated", true)) }
        members += [
            JSON.Member("security", OpenAPISecurity.requirement(operation)),
            JSON.Member("x-scopes", .array(operation.acceptedScopeNames.map(JSON.string))),
            JSON.Member("parameters", .array(Self.parameters(operation))),
            JSON.Member("responses", responses.responses(operation)),
        ]
        json = .object(members)
    }

    private static func description(_ operation: APIOperation) -> String {
        let api = operation.api
        var lines = api.warnings + [api.summary]
        if !api.perimeter.isEmpty { lines.append("Périmètre : \(api.perimeter)") }
        if !api.freshness.isEmpty { lines.append("Fraîcheur : \(api.freshness)") }
        if let deprecated = operation.deprecated { lines.append("Dépréciée depuis le \(deprecated).") }
        if !operation.acceptedScopeNames.isEmpty {
            let names = operation.acceptedScopeNames.joined(separator: ", ")
            lines.append("Il faut au moins un de ces périmètres : \(names).")
        }
        return lines.joined(separator: "\n\n")
    }

    private static func parameters(_ operation: APIOperation) -> [JSON] {
        let traces = operation.traceParameters.map { trace in
            JSON.object([
                JSON.Member("name", .string(trace.name)),
                JSON.Member("in", "query"),
                JSON.Member("description", .string(trace.meaning)),
                JSON.Member("required", .bool(trace.isRequired)),
                JSON.Member("schema", ["type": "string"]),
                JSON.Member("example", .string(trace.example)),
            ])
        }
        let delegation = operation.takesToken ? OpenAPIService.delegation : []
        // Open data is asked by nobody in particular: there is no agent to tell of.
        let headers = operation.identity == .nobody ? [requestID] : [requestID, agentID]
        let purposes = operation.takesToken ? [purpose, caseReference] : []
        return operation.parameters.map(parameter) + traces + delegation + headers + purposes
            + (operation.isProvable ? [proof] : [])
    }

    private static let requestID: JSON = [
        "name": "X-Request-Id", "in": "header", "required": false,
        "description": "Identifiant que vous donnez à l'appel ; la réponse le répète.",
        "schema": ["type": "string", "format": "uuid"],
    ]

    private static let agentID: JSON = [
        "name": "X-Agent-Id", "in": "header", "required": false,
        "description": .string(
            "Empreinte de l'agent qui fait l'appel, calculée par vous : 8 à 128 lettres, chiffres ou signes - _ + / = :. "
                + "Le registre n'en garde qu'un pseudonyme."),
        "schema": ["type": "string", "minLength": 8, "maxLength": 128],
    ]

    private static let purpose: JSON = [
        "name": "X-Purpose", "in": "header", "required": false,
        "description": .string(
            "La finalité de l'appel, par son identifiant ; sans cet en-tête, celle du jeton ou de l'habilitation. La "
                + "réponse dit ce qui reste de son quota : `X-Purpose-Quota-Limit`, `-Remaining`, `-Reset`, et "
                + "`X-Purpose-Quota-Warning` à partir de 80 %."),
        "schema": ["type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"],
    ]

    private static let caseReference: JSON = [
        "name": "X-Case-Reference", "in": "header", "required": false,
        "description": .string(
            "La référence du dossier instruit, si la finalité en demande une. Le registre n'en garde qu'un pseudonyme."),
        "schema": ["type": "string", "minLength": 1, "maxLength": 128],
    ]

    private static let proof: JSON = [
        "name": "X-Generate-Proof", "in": "header", "required": false,
        "description": .string(
            "Demande une preuve vérifiable de la réponse. `meta` porte alors `pdf_verification_link` et "
                + "`pdf_verification_code` ; avec `pdf`, `links.attestation_pdf` donne un PDF pendant cinq minutes."),
        "schema": ["type": "string", "enum": ["proof-only", "pdf"]],
    ]

    private static func parameter(_ parameter: Parameter) -> JSON {
        var schema = OpenAPISchema.type(parameter.type)
        if !parameter.among.isEmpty { schema.append(JSON.Member("enum", .array(parameter.among))) }
        var members: [JSON.Member] = [
            JSON.Member("name", .string(parameter.isInPath ? parameter.plainName : parameter.name)),
            JSON.Member("in", parameter.isInPath ? "path" : "query"),
            JSON.Member("description", .string(parameter.meaning)),
            JSON.Member("required", .bool(parameter.isRequired)),
        ]
        if parameter.isList {
            members += [
                JSON.Member("style", "form"), JSON.Member("explode", true),
                JSON.Member("schema", ["type": "array", "items": .object(schema)]),
            ]
        } else {
            members.append(JSON.Member("schema", .object(schema)))
        }
        if let example = parameter.example { members.append(JSON.Member("example", example)) }
        return .object(members)
    }
}
