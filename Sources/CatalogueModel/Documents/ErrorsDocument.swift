import Values

/// The errors of a bouquet, for machines: *what is rendered ⊆ this list ⊆ the statuses of its OpenAPI document*.
///
/// An error stands once for each form that it takes: v2 has statuses of its own.
public struct ErrorsDocument: Sendable {
    public let json: JSON

    /// - Parameter operation: identifier of the one operation asked about; nil: all, and the hub's own errors that no
    ///   operation gives.
    public init(_ bouquet: APIDescription.Bouquet, operation: String?, of catalogue: CompiledCatalogue) {
        let nomenclature = catalogue.errors
        var forms: [PossibleError: Form] = [:]
        for candidate in catalogue.operations
        where candidate.api.bouquet == bouquet && operation.map({ $0 == candidate.id }) ?? true {
            for error in candidate.possibleErrors(nomenclature) {
                var form = error
                form.v2Name = nil
                forms[form, default: Form()].add(candidate.id, error.v2Name)
            }
        }
        if operation == nil {
            let given = Set(forms.keys.map(\.code))
            let own = nomenclature.entries.map(\.code).filter { $0.hasPrefix("00") && !given.contains($0) }
            for error in nomenclature.ownErrors(own) { forms[error] = Form() }
        }
        let items = forms.sorted { left, right in
            (left.key.code, left.key.status, left.key.detail) < (right.key.code, right.key.status, right.key.detail)
        }
        json = [
            "data": .array(items.map { Self.item($0.key, $0.value) }), "links": [:],
            "meta": ["total": .integer(items.count)],
        ]
    }

    /// Who gives an error in one form.
    private struct Form {
        var operations: [String] = []
        var v2Name: String?

        mutating func add(_ operation: String, _ v2Name: String?) {
            operations.append(operation)
            self.v2Name = self.v2Name ?? v2Name
        }
    }

    private static func item(_ error: PossibleError, _ form: Form) -> JSON {
        [
            "code": .string(error.code), "status": .integer(error.status), "title": .string(error.title),
            "detail": .string(error.detail), "source": error.source ?? .null,
            "provider": error.provider.map(JSON.string) ?? .null, "remedy": error.remedy.map(JSON.string) ?? .null,
            "v2_error": form.v2Name.map(JSON.string) ?? .null,
            "operations": .array(form.operations.map(JSON.string)),
        ]
    }

    static let schema = OpenAPIService.object([
        (
            "data",
            [
                "type": "array",
                "items": OpenAPIService.object([
                    ("code", ["type": "string", "pattern": "^[0-9]{5}$"]), ("status", ["type": "integer"]),
                    ("title", ["type": "string"]), ("detail", ["type": "string"]),
                    ("source", OpenAPIService.nullable("object", "Le paramètre ou l'en-tête en cause")),
                    ("provider", OpenAPIService.nullable("string", "Fournisseur en cause ; null : ce service")),
                    ("remedy", OpenAPIService.nullable("string", "Ce que vous pouvez faire")),
                    ("v2_error", OpenAPIService.nullable("string", "En v2 : le mot que porte error")),
                    ("operations", ["type": "array", "items": ["type": "string"]]),
                ]),
            ]
        ), ("links", ["type": "object"]), ("meta", ["type": "object"]),
    ])

    static let example: JSON = [
        "data": [
            item(
                PossibleError(
                    code: "00301", status: 422, title: "Paramètre invalide",
                    detail: "Ce n'est pas un numéro SIREN : neuf chiffres dont le dernier est une clé.",
                    parameter: "siren", header: nil, remedy: "Vérifiez la saisie.", provider: nil, v2Name: nil),
                Form(operations: ["api_entreprise_v3_insee_unites_legales"]))
        ], "links": [:], "meta": ["total": 1],
    ]
}
