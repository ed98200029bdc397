import CatalogueModel
import Hummingbird
import Values

/// Tries an operation with a fictional person or company, in the sandbox only.
///
/// The form is posted, never put in an address: what a visitor types may be about a real person.
struct TryPage: Sendable {
    let site: Site
    let catalogue: @Sendable () -> CompiledCatalogue
    let sandbox: SandboxInformation
    let trying: any CallTrying

    private static let largestForm = 32 * 1024

    /// The empty form.
    func form(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        let fields = FormFields(request.uri.query ?? "")
        let operation = try operation(fields, context, catalogue())
        return page(TryForm(operation, sandbox: sandbox), result: nil, request)
    }

    /// The form, carried out.
    func answer(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.largestForm)
        let fields = FormFields(String(buffer: body))
        guard FormTicket.accepts(request, field: fields["formulaire"], publicURL: site.options.publicURL) else {
            throw HTTPError(.forbidden)
        }
        let catalogue = catalogue()
        let operation = try operation(fields, context, catalogue)
        let form = TryForm(operation, sandbox: sandbox, fields: fields)
        let answer = await trying.call(path: form.call.path, query: form.call.query, headers: form.headers)
        let result = TryResult(site: site, errors: catalogue.errors).row(answer, form.call)
        return page(form, result: result, request)
    }

    private func operation(
        _ fields: FormFields, _ context: BasicRequestContext, _ catalogue: CompiledCatalogue
    ) throws -> APIOperation {
        let operations = catalogue.operations(of: context.parameters.get("api") ?? "")
        let wanted = fields["operation"]
        guard let operation = operations.first(where: { wanted == nil || $0.id == wanted }) else {
            throw HTTPError(.notFound)
        }
        return operation
    }

    private func page(_ form: TryForm, result: Row?, _ request: Request) -> Response {
        let messages = site.messages
        let operation = form.operation
        let ticket = FormTicket(request, publicURL: site.options.publicURL)
        let outcome = result?["resultTitle"] as? String
        let isCompany = operation.api.bouquet != .particulier
        let title = messages.text("try.title", ["api": operation.api.title])
        var response = site.page(
            "try", title: outcome.map { "\($0) – \(title)" } ?? title, section: .catalogue,
            [
                "tryTitle": title, "apiTitle": operation.api.title, "apiPath": "/catalogue/\(operation.api.id)",
                "operationTitle": Wording(messages: messages).title(operation), "route": operation.route,
                "operationID": operation.id, "action": "/catalogue/\(operation.api.id)/essayer",
                "ticket": ticket.value, "subjects": form.subjectRows, "hasSubjects": !form.subjects.isEmpty,
                "chooseTitle": messages.text(isCompany ? "try.withCompany" : "try.withPerson"),
                "subjectLabel": messages.text(isCompany ? "try.company" : "try.person"),
                "inputs": form.inputs(messages), "byHand": operation.identity != .franceConnect,
                "isByHand": form.isByHand,
                "results": result.map { [$0] } ?? [Row](),
            ])
        response.headers[.cacheControl] = "no-store"
        response.setCookie(ticket.cookie)
        return response
    }
}
