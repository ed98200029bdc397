import CatalogueModel
import Hummingbird
import Values

/// All about one API.
struct APIPage {
    let site: Site
    let catalogue: CompiledCatalogue
    let canTry: Bool
    let status: StatusLine?

    private var messages: Messages { site.messages }
    private var wording: Wording { Wording(messages: site.messages) }

    func response(_ api: APIDescription) -> Response {
        let operations = catalogue.operations(of: api.id)
        let current = operations.filter { $0.deprecated == nil }
        let old = operations.filter { $0.deprecated != nil }
        let first = current.first ?? old.first
        let titles = wording.titles(operations)
        func rows(_ operations: [APIOperation]) -> [Row] {
            operations.map { row($0, titles[$0.id] ?? "", isOpen: $0.id == first?.id) }
        }
        let around = APISurroundings(site: site, catalogue: catalogue, api: api)
        return site.page(
            "api", title: api.title, section: .catalogue,
            [
                "apiTitle": api.title, "apiSummary": api.summary, "badges": wording.badges(api, operations),
                "warnings": around.warnings, "facts": around.facts(status), "openapiPath": "/openapi/\(api.id).json",
                "current": rows(current), "deprecated": rows(old), "hasDeprecated": !old.isEmpty,
                "useful": around.uses([.useful, .optional]), "forbidden": around.uses([.forbidden]),
                "hasUseful": !around.uses([.useful, .optional]).isEmpty,
                "hasForbidden": !around.uses([.forbidden]).isEmpty,
                "hasUses": !catalogue.editorial.uses(of: api.id).isEmpty, "questions": around.questions,
                "hasQuestions": !api.questions.isEmpty, "history": around.history,
                "hasHistory": !api.history.isEmpty,
            ])
    }

    private func row(_ operation: APIOperation, _ title: String, isOpen: Bool) -> Row {
        let subject = site.options.sandbox?.subjects(for: operation).first
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
            "samples": SampleRows(site: site).rows(CallExample(operation, subject: subject)),
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

/// The programs that put a call, as folds of which one is open at a time.
struct SampleRows {
    let site: Site

    func rows(_ call: CallExample) -> [Row] {
        CodeSample.Language.allCases.map { language in
            [
                "sampleTitle": site.messages.text("sample.\(language.rawValue)"),
                "sampleText": CodeSample(language, of: call, publicURL: site.options.publicURL).text,
                "sampleGroup": "exemples-\(call.operation.id)", "sampleIsOpen": language == .curl,
                "sampleLanguage": language.rawValue,
            ]
        }
    }
}
