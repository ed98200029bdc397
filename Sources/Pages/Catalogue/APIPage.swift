import CatalogueModel
import Hummingbird
import Values

/// All about one API.
struct APIPage {
    let site: Site
    let catalogue: CompiledCatalogue
    let canTry: Bool

    private var messages: Messages { site.messages }
    private var wording: Wording { Wording(messages: site.messages) }

    func response(_ id: String) throws -> Response {
        guard let api = catalogue.apis.first(where: { $0.id == id }) else { throw HTTPError(.notFound) }
        let operations = catalogue.operations(of: id)
        let current = operations.filter { $0.deprecated == nil }
        let old = operations.filter { $0.deprecated != nil }
        let first = current.first ?? old.first
        let titles = wording.titles(operations)
        func rows(_ operations: [APIOperation]) -> [Row] {
            operations.map { row($0, titles[$0.id] ?? "", isOpen: $0.id == first?.id) }
        }
        return site.page(
            "api", title: api.title, section: .catalogue,
            [
                "apiTitle": api.title, "apiSummary": api.summary, "badges": wording.badges(api, operations),
                "facts": facts(api), "openapiPath": "/openapi/\(api.id).json",
                "current": rows(current), "deprecated": rows(old), "hasDeprecated": !old.isEmpty,
            ])
    }

    private func facts(_ api: APIDescription) -> [Row] {
        let provider = catalogue.providers[api.provider]?.title ?? api.provider
        let access = messages.text(api.isOpen ? "api.openAccess" : "api.restrictedAccess")
        let facts = [
            ("audience", api.audience), ("perimeter", api.perimeter), ("freshness", api.freshness),
            ("provider", provider), ("access", access),
            ("legalBasis", api.legalBasis.joined(separator: " ; ")),
        ]
        return facts.filter { !$0.1.isEmpty }.map { ["factName": messages.text("api.\($0.0)"), "factText": $0.1] }
    }

    private func row(_ operation: APIOperation, _ title: String, isOpen: Bool) -> Row {
        let subject = site.options.sandbox?.subjects(for: operation).first
        let example = CallExample(operation, subject: subject)
        let paths = FieldRows.pathsByScope(operation.answer)
        let token =
            operation.takesToken
            ? "api.bearer" : operation.takesFranceConnect ? "api.franceConnectBearer" : "api.noToken"
        return [
            "id": operation.id, "operationTitle": title, "route": operation.route, "isOpen": isOpen,
            "deprecatedOn": operation.deprecated.map(wording.date), "tokenText": messages.text(token),
            "limitText": wording.limit(operation), "cacheText": wording.cache(operation.cache),
            "parameters": parameters(operation), "scopes": scopes(operation, paths),
            "hasScopes": !operation.acceptedScopeNames.isEmpty,
            "scopesText": messages.text(paths.isEmpty ? "operation.scopesAll" : "operation.scopesText"),
            "hasFieldScopes": !paths.isEmpty, "fields": FieldRows(wording: wording).rows(operation.answer),
            "example": operation.exampleAnswer.pretty,
            "errors": ErrorsPage.rows(operation.possibleErrors(catalogue.errors)),
            "curl": example.curl(publicURL: site.options.publicURL, token: "$JETON"),
            "tryPath": canTry ? "/catalogue/\(operation.api.id)/essayer?operation=\(operation.id)" : nil,
        ]
    }

    private func parameters(_ operation: APIOperation) -> [Row] {
        let own = operation.parameters.map { parameter -> Row in
            let example = parameter.example.map { $0.items.map(wording.list) ?? $0.text ?? "" }
            return [
                "name": parameter.name, "meaning": parameter.meaning, "isRequired": parameter.isRequired,
                "isInPath": parameter.isInPath, "typeText": parameterType(parameter), "exampleText": example,
                "amongText": wording.list(parameter.among),
            ]
        }
        let traces = operation.traceParameters.map { trace -> Row in
            [
                "name": trace.name, "meaning": trace.meaning, "isRequired": trace.isRequired, "isInPath": false,
                "typeText": messages.text("type.text"), "exampleText": trace.example, "amongText": nil,
            ]
        }
        return own + traces
    }

    private func parameterType(_ parameter: Parameter) -> String {
        parameter.isList ? messages.text("type.values") : wording.type(parameter.type)
    }

    private func scopes(_ operation: APIOperation, _ paths: [String: [String]]) -> [Row] {
        let meanings = Dictionary(
            catalogue.apis.flatMap { api in api.scopes.map { ($0.name, $0.meaning) } },
            uniquingKeysWith: { first, _ in first })
        return operation.acceptedScopeNames.map { name in
            [
                "scopeName": name, "scopeMeaning": meanings[name],
                "opened": paths[name]?.joined(separator: ", "), "opensAll": paths.isEmpty,
            ]
        }
    }
}
