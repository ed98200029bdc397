import Values

@testable import CatalogueModel
@testable import DataProviders

/// Operations made by hand, so that each test shows all that it depends on.
enum Model {
    static let bank = provider("bank")
    static let register = provider("register", addresses: ["data": "/places"])
    static let franceConnect = provider("france_connect", addresses: ["checktoken": "/checktoken", "jwks": "/jwks"])

    static func provider(
        _ id: String, addresses: [String: String] = ["data": "/data", "token": "/token"], quotas: [ProviderQuota] = [],
        files: RequestPlan = .plainFile
    ) -> ProviderDescription {
        ProviderDescription(
            id: id, title: id, addresses: addresses, errorPrefix: "17", errorProvider: id, maskText: "",
            maintenances: [], files: files, quotas: quotas)
    }

    static func operation(
        _ plans: RequestPlan..., refusals: [Refusal] = [], echoes: [Echo] = [], lookups: [Lookup] = [],
        document: DocumentPlan? = nil,
        provider: ProviderDescription = bank
    ) -> APIOperation {
        let api = APIDescription(
            id: "accounts", title: "", summary: "", bouquet: .entreprise, provider: "bank", legalBasis: [],
            freshness: "", perimeter: "", audience: "", keywords: [], lifecycle: .stable, isOpen: false, scopes: [],
            citizen: "", recordings: [])
        var draft = OperationDraft(api: api, provider: provider)
        draft.errorPrefix = provider.errorPrefix
        draft.plans = plans
        draft.refusals = refusals
        draft.echoes = echoes
        draft.lookups = lookups
        draft.document = document
        return APIOperation(draft)
    }

    static func plan(
        _ method: RequestPlan.Method = .get, path: Expression = .literal(""),
        query: [(name: String, value: Expression)] = [], headers: [(name: String, value: Expression)] = [],
        body: RequestPlan.Body = .none, authentication: Authentication? = nil, client: String? = nil,
        redirection: RequestPlan.Redirection? = nil, condition: Condition? = nil
    ) -> RequestPlan {
        RequestPlan(
            method: method, address: "data", path: path, query: query, headers: headers, body: body, format: .json,
            // Long: tests wait for each other on few threads.
            authentication: authentication, client: client, timeout: .seconds(600), redirection: redirection,
            takesCutOff: false, condition: condition)
    }

    static func oauth(retryOn: [Int] = []) -> Authentication {
        Authentication(
            name: "oauth",
            kind: .token(
                TokenPlan(
                    address: "token", path: .literal(""), headers: [],
                    body: .form([
                        ("grant_type", .literal("client_credentials")), ("client_id", .fact(.setting("client_id"))),
                        ("client_secret", .fact(.setting("client_secret"))), ("scope", .fact(.setting("scope"))),
                    ]), token: .member(.node, "access_token"), lifetime: .member(.node, "expires_in"),
                    header: "Authorization", scheme: "Bearer ", accounts: [])),
            retryOn: retryOn)
    }

    static func catalogue(register: ProviderDescription = register) -> CompiledCatalogue {
        CompiledCatalogue(
            operations: [], apis: [], providers: ["register": register], scopes: ScopeTable([]), limits: [],
            errors: ErrorNomenclature([], providerNames: [:]), goneRoutes: [:])
    }

    static func facts(_ parameters: JSON?..., clock: WallClock = .system) -> CallFacts {
        CallFacts(
            parameters: parameters, recipient: nil, requestID: "r", tokenID: "t", organisation: "o", version: 3,
            clock: clock, publicURL: "https://hub.example", settings: { _ in nil })
    }

    static func connector(
        _ transport: any HTTPTransport, _ configuration: TableConfiguration = TableConfiguration(),
        breakers: Breakers = Breakers(), documents: any DocumentKeeping = KeptDocuments(), clock: WallClock = .system
    ) -> Connector {
        Connector(
            transport: transport, configuration: configuration, breakers: breakers, documents: documents, clock: clock,
            catalogue: { Self.catalogue() })
    }
}
