import Values

/// An address of the hub beside the data, as the documents of the bouquets describe it.
struct OpenAPIService {
    let path: String
    /// Codes of the errors that it can give.
    let errors: [String]
    private let id: String
    private let summary: String
    private let description: String
    private let needsToken: Bool
    private let parameters: [JSON]
    private let schema: JSON
    private let example: JSON

    static let tag: JSON = ["name": "Service", "description": "Ce que le service dit de votre jeton et de lui-même."]

    /// - Parameter errors: where the bouquet lists its errors.
    static func all(errors: String) -> [OpenAPIService] { [introspection, delegations, nomenclature(errors)] }

    func json(_ responses: OpenAPIResponses, _ nomenclature: ErrorNomenclature) -> JSON {
        let accepted: JSON = [
            "description": .string(summary),
            "content": ["application/json": ["schema": schema, "example": example]],
        ]
        return [
            "operationId": .string(id), "tags": ["Service"], "summary": .string(summary),
            "description": .string(description),
            "security": needsToken ? [["jeton": []], ["jetonXApiKey": []]] : [],
            "parameters": .array(parameters),
            "responses": responses.responses(accepted: accepted, nomenclature.ownErrors(self.errors)),
        ]
    }

    /// How a vendor says for whom it calls.
    static let delegation: [JSON] = [
        [
            "name": "delegation_id", "in": "query", "required": false,
            "description": "Pour un éditeur : la délégation sous laquelle il appelle.",
            "schema": ["type": "string", "format": "uuid"],
        ],
        [
            "name": "X-Delegation-Id", "in": "header", "required": false,
            "description": "La même délégation, si vous préférez un en-tête.",
            "schema": ["type": "string", "format": "uuid"],
        ],
    ]

    private static let introspection = OpenAPIService(
        path: "/v3/token/introspect",
        errors: ["00101", "00103", "00105", "00106", "00107", "00212", "00213", "00511"]
            + ErrorNomenclature.possession,
        id: "token_introspect", summary: "Ce que vaut votre jeton",
        description: "Ses périmètres, ses dates, sa limite d'appels. Un éditeur y désigne une délégation pour voir ce "
            + "qu'elle lui permet ; sans elle, son jeton n'ouvre rien.",
        needsToken: true,
        parameters: delegation + [
            query("recipient", "Pour un éditeur : SIRET de l'organisme pour lequel il appelle.", ["type": "string"])
        ],
        schema: object([
            ("data", introspectionSchema), ("links", ["type": "object"]), ("meta", ["type": "object"]),
        ]),
        example: [
            "data": [
                "id": "1f3d5f6a-6a0e-4a3e-9f5e-0b8c2d7a4e11", "type": "standard", "scopes": ["cnaf_quotient_familial"],
                "demande_acces_id": "a2b1c3d4-0000-4000-8000-000000000001", "datapass_id": "12345",
                "siret_souscripteur": "13002526500013", "date_emission": "2026-05-15T10:00:00Z",
                "date_expiration": "2027-11-15T10:00:00Z", "duree_validite_restante_en_secondes": 47_433_600,
                "rate_limit_par_minute": .null,
                "finalites": [
                    [
                        "id": "principale", "intitule": "Tarification de la cantine", "cadre_legal": "CRPA L114-8",
                        "par_defaut": true, "dossier_obligatoire": false,
                        "quota": [
                            "appels": 5000, "periode": "mois", "utilises": 412, "remise_a_zero": 1_780_264_800,
                        ],
                    ]
                ], "delegation": .null,
            ], "links": [:], "meta": [:],
        ])

    private static let purposeSchema = object([
        ("id", string("Ce que porte X-Purpose")), ("intitule", ["type": "string"]),
        ("cadre_legal", string("Vide tant qu'il n'est pas déclaré")), ("par_defaut", ["type": "boolean"]),
        ("dossier_obligatoire", ["type": "boolean"]),
        (
            "quota",
            nullable(
                "object", "Appels permis par jour, mois ou an, appels comptés, et quand le compte repart de zéro")
        ),
    ])

    private static let introspectionSchema = object(
        [
            ("id", string("Identifiant du jeton")), ("type", ["type": "string", "enum": ["standard", "editeur"]]),
            ("scopes", ["type": "array", "items": ["type": "string"]]),
            ("demande_acces_id", nullable("string", "Habilitation dont le jeton tient ses droits")),
            ("datapass_id", nullable("string", "Numéro de la demande sur DataPass, si elle y a été faite")),
            ("siret_souscripteur", string("SIRET de l'organisme habilité, ou de l'éditeur sans délégation")),
            ("date_emission", ["type": "string", "format": "date-time"]),
            ("date_expiration", ["type": "string", "format": "date-time"]),
            ("duree_validite_restante_en_secondes", ["type": "integer"]),
            ("rate_limit_par_minute", nullable("integer", "Limite propre à l'habilitation ; null : celles des API")),
            ("finalites", ["type": "array", "items": purposeSchema]),
            (
                "delegation",
                [
                    "type": ["object", "null"], "description": "La délégation désignée",
                    "properties": ["id": ["type": "string"], "siret_delegant": ["type": "string"]],
                ]
            ),
        ], optional: [("cnf", binding)])

    private static let binding: JSON = [
        "type": "object", "description": "Ce à quoi le jeton est lié ; absent s'il n'est lié à rien (RFC 7800)",
        "properties": [
            "jkt": string("Empreinte de la clé dont chaque appel porte une preuve (RFC 9449)"),
            "x5t#S256": string("Empreinte du certificat de la connexion (RFC 8705)"),
        ],
    ]

    private static let delegations = OpenAPIService(
        path: "/editeur/api/v1/delegations",
        errors: ["00100", "00101", "00103", "00105", "00106", "00107", "00511"] + ErrorNomenclature.possession,
        id: "editeur_delegations", summary: "Les délégations d'un éditeur",
        description: "Les organismes qui ont délégué leur droit d'appeler à l'éditeur dont vous montrez le jeton, les "
            + "délégations terminées comprises, les plus récentes d'abord.",
        needsToken: true,
        parameters: [
            query("page", "Page, à partir de 1.", ["type": "integer", "minimum": 1, "default": 1]),
            query(
                "per_page", "Délégations par page.",
                ["type": "integer", "minimum": 1, "maximum": 100, "default": 25]),
        ],
        schema: object([
            (
                "data",
                [
                    "type": "array",
                    "items": object([
                        ("id", string("Délégation")), ("authorization_request_id", string("Habilitation déléguée")),
                        ("siret", string("Organisme qui délègue")), ("intitule", string("Intitulé de l'habilitation")),
                        ("scopes", ["type": "array", "items": ["type": "string"]]),
                        ("statut", ["type": "string", "enum": ["active", "expiree", "revoquee"]]),
                        ("created_at", ["type": "string", "format": "date-time"]),
                    ]),
                ]
            ),
            (
                "meta",
                object(["page", "per_page", "total", "total_pages"].map { ($0, ["type": "integer"]) })
            ),
        ]),
        example: [
            "data": [
                [
                    "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                    "authorization_request_id": "a2b1c3d4-0000-4000-8000-000000000001", "siret": "13002526500013",
                    "intitule": "Tarification de la cantine", "scopes": ["cnaf_quotient_familial"],
                    "statut": "active", "created_at": "2026-05-15T10:00:00Z",
                ]
            ],
            "meta": ["page": 1, "per_page": 25, "total": 1, "total_pages": 1],
        ])

    private static func nomenclature(_ path: String) -> OpenAPIService {
        OpenAPIService(
            path: path, errors: [], id: "errors", summary: "Les erreurs que vous pouvez recevoir",
            description: "Chaque erreur, ce qu'elle veut dire, ce que vous pouvez y faire et les opérations qui la "
                + "donnent. Une erreur absente de cette liste n'est jamais rendue.",
            needsToken: false,
            parameters: [query("operation_id", "Celles d'une seule opération.", ["type": "string"])],
            schema: ErrorsDocument.schema, example: ErrorsDocument.example)
    }

    // MARK: - Parts

    private static func query(_ name: JSON, _ text: JSON, _ schema: JSON) -> JSON {
        ["name": name, "in": "query", "required": false, "description": text, "schema": schema]
    }

    static func object(_ properties: [(String, JSON)], optional: [(String, JSON)] = []) -> JSON {
        [
            "type": "object", "required": .array(properties.map { .string($0.0) }),
            "properties": .object((properties + optional).map { JSON.Member($0.0, $0.1) }),
        ]
    }

    static func string(_ text: JSON) -> JSON { ["type": "string", "description": text] }

    static func nullable(_ type: JSON, _ text: JSON) -> JSON { ["type": [type, "null"], "description": text] }
}
