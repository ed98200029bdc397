import HTTPTypes
import Hummingbird
import Values

/// « Comprendre un refus » : why a call ended as it did, for its caller alone.
///
/// Number and token are posted, so that neither stays in an address; nothing is kept of them.
struct ExplainPage: Sendable {
    let site: Site
    let explaining: any CallExplaining

    private static let largestForm = 16 * 1024
    private static let longestToken = 8192
    private var messages: Messages { site.messages }

    /// The empty form.
    func form(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        page(request, Shown())
    }

    /// The form, sent.
    func answer(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let fields = FormFields(String(buffer: try await request.body.collect(upTo: Self.largestForm)))
        guard FormTicket.accepts(request, field: fields["formulaire"], publicURL: site.options.publicURL) else {
            throw HTTPError(.forbidden)
        }
        var shown = Shown(number: fields["numero"] ?? "")
        let token = fields["jeton"] ?? ""
        let isNumber = (8...64).contains(shown.number.utf8.count)
        if !isNumber { shown.faults.append(("numero", "explain.badNumber")) }
        if token.isEmpty || token.utf8.count > Self.longestToken { shown.faults.append(("jeton", "explain.noToken")) }
        guard shown.faults.isEmpty else {
            shown.status = .unprocessableContent
            return page(request, shown)
        }
        switch await explaining.explain(request: shown.number, token: Redacted(token)) {
        case .explained(let explanations): shown.explanations = explanations
        case .refusedToken(let explanation):
            (shown.outcome, shown.status) = ("refusedToken", .unauthorized)
            shown.explanations = [explanation]
        case .unknown: (shown.outcome, shown.status) = ("unknown", .notFound)
        case .unavailable: (shown.outcome, shown.status) = ("unavailable", .serviceUnavailable)
        case .tooMany(let seconds):
            (shown.outcome, shown.status, shown.wait) = ("tooMany", .tooManyRequests, seconds)
        }
        return page(request, shown)
    }

    /// What the page is to show.
    private struct Shown {
        var number = ""
        var faults: [(field: String, message: String)] = []
        var outcome: String?
        var explanations: [Explanation] = []
        var status = HTTPResponse.Status.ok
        var wait: Int?
    }

    private func page(_ request: Request, _ shown: Shown) -> Response {
        let ticket = FormTicket(request, publicURL: site.options.publicURL)
        let title = messages.text("explain.title")
        func fault(_ field: String) -> String? {
            shown.faults.first { $0.field == field }.map { messages.text($0.message) }
        }
        let head =
            shown.outcome.map { messages.text("explain.\($0).title") }
            ?? (shown.faults.isEmpty ? shown.explanations.first?.summary : messages.text("explain.faultsTitle"))
        var response = site.page(
            "explain", title: head.map { "\($0) – \(title)" } ?? title, section: .developers,
            [
                "ticket": ticket.value, "number": shown.number, "numberFault": fault("numero"),
                "tokenFault": fault("jeton"), "hasFaults": !shown.faults.isEmpty,
                "faults": shown.faults.map {
                    ["faultField": $0.field, "faultMessage": messages.text($0.message)] as Row
                },
                "outcomes": shown.outcome.map { [outcome($0)] } ?? [Row](),
                "explanations": shown.explanations.map(row), "hasExplanations": !shown.explanations.isEmpty,
            ], status: shown.status)
        response.headers[.cacheControl] = "no-store"
        if let seconds = shown.wait { response.headers[.retryAfter] = String(seconds) }
        if let name = HTTPField.Name("X-Robots-Tag") { response.headers[name] = "noindex, nofollow" }
        response.setCookie(ticket.cookie)
        return response
    }

    private func outcome(_ name: String) -> Row {
        let isError = name == "refusedToken" || name == "unknown"
        return [
            "outcomeStyle": isError ? "fr-alert--error" : "fr-alert--info",
            "outcomeTitle": messages.text("explain.\(name).title"),
            "outcomeText": messages.text("explain.\(name).text"),
        ]
    }

    private func row(_ explanation: Explanation) -> Row {
        [
            "summary": explanation.summary,
            "summaryStyle": explanation.isRefusal ? "fr-alert--warning" : "fr-alert--success",
            "callFacts": explanation.facts.map { ["factName": $0.name, "factText": $0.text] as Row },
            "hasFacts": !explanation.facts.isEmpty,
            "callSteps": explanation.steps.map { step -> Row in
                [
                    "callStepTitle": step.title, "callStepText": step.text,
                    "callStepState": messages.text("explain.state.\(step.state.rawValue)"),
                    "callStepFailed": step.state == .failed,
                ]
            }, "hasCallSteps": !explanation.steps.isEmpty, "causes": explanation.causes.map { ["cause": $0] as Row },
            "hasCauses": !explanation.causes.isEmpty, "remedy": explanation.remedy,
            "todays": explanation.today.map { ["today": $0] as Row }, "hasTodays": !explanation.today.isEmpty,
        ]
    }
}
