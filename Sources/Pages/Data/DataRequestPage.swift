import CatalogueModel
import Hummingbird
import Values

/// The form by which an organisation asks for a datum that no API gives yet.
///
/// What is typed goes by POST and is kept without a name of a person: the number of the organisation and why.
struct DataRequestPage: Sendable {
    let site: Site
    let catalogue: @Sendable () -> CompiledCatalogue
    let requests: any DataRequesting

    private static let longestReason = 500
    private static let shortestReason = 20
    private static let largestForm = 16 * 1024
    private var messages: Messages { site.messages }

    /// The form; a datum that an API gives leads to its place on the map.
    func form(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        let datum = try datum(context)
        guard DatumState(datum, catalogue()).name.canBeRequested else { return toMap(datum) }
        return page(datum, request, siret: "", reason: "", faults: [], status: .ok)
    }

    /// The form, sent: it is recorded, or shown again with what is wrong.
    func send(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let datum = try datum(context)
        let fields = FormFields(String(buffer: try await request.body.collect(upTo: Self.largestForm)))
        guard FormTicket.accepts(request, field: fields["formulaire"], publicURL: site.options.publicURL) else {
            throw HTTPError(.forbidden)
        }
        guard DatumState(datum, catalogue()).name.canBeRequested else { return toMap(datum) }
        let siret = (fields["siret"] ?? "").filter { !$0.isWhitespace }
        let reason = (fields["motif"] ?? "").replacing("\r\n", with: "\n").replacing("\0", with: "")
        let faults = faults(siret, reason)
        guard faults.isEmpty else {
            return page(datum, request, siret: siret, reason: reason, faults: faults, status: .unprocessableContent)
        }
        switch try await requests.record(datum: datum.id, siret: siret, reason: reason) {
        case .recorded: return try await confirmation(datum)
        case .tooMany: throw HTTPError(.tooManyRequests)
        }
    }

    /// What the visitor reads after sending. Sending again, by a reload, replaces the request by itself.
    private func confirmation(_ datum: ExchangedDatum) async throws -> Response {
        let count = try await requests.counts()[datum.id] ?? 0
        return site.page(
            "dataRequested", title: messages.text("request.doneTitle"), section: .data,
            [
                "datumTitle": datum.title, "datumHolder": datum.holder,
                "countText": count > 0 ? messages.count("data.requests", count) : nil,
                "mapPath": "/donnees#\(datum.id)",
            ])
    }

    private func datum(_ context: BasicRequestContext) throws -> ExchangedDatum {
        let id = context.parameters.get("datum")
        guard let datum = catalogue().editorial.exchangedData.first(where: { $0.id == id }) else {
            throw HTTPError(.notFound)
        }
        return datum
    }

    private func toMap(_ datum: ExchangedDatum) -> Response { .redirect(to: "/donnees#\(datum.id)", type: .normal) }

    private func faults(_ siret: String, _ reason: String) -> [(field: String, message: String)] {
        var faults: [(field: String, message: String)] = []
        if !CompanyNumber.isSiret(siret) { faults.append(("siret", "request.badSiret")) }
        if reason.count < Self.shortestReason { faults.append(("motif", "request.shortReason")) }
        if reason.count > Self.longestReason { faults.append(("motif", "request.longReason")) }
        return faults
    }

    private func page(
        _ datum: ExchangedDatum, _ request: Request, siret: String, reason: String,
        faults: [(field: String, message: String)], status: HTTPResponse.Status
    ) -> Response {
        let ticket = FormTicket(request, publicURL: site.options.publicURL)
        let title = messages.text("request.title", ["datum": datum.title])
        func fault(_ field: String) -> String? {
            faults.first { $0.field == field }.map { messages.text($0.message) }
        }
        var response = site.page(
            "dataRequest", title: faults.isEmpty ? title : "\(messages.text("request.faulty")) – \(title)",
            section: .data,
            [
                "requestTitle": title, "datumHolder": datum.holder, "datumSource": datum.source,
                "action": "/donnees/\(datum.id)/demander", "ticket": ticket.value, "siret": siret, "reason": reason,
                "siretFault": fault("siret"), "reasonFault": fault("motif"),
                "faults": faults.map { ["faultField": $0.field, "faultMessage": messages.text($0.message)] as Row },
                "hasFaults": !faults.isEmpty,
            ], status: status)
        response.headers[.cacheControl] = "no-store"
        response.setCookie(ticket.cookie)
        return response
    }
}
