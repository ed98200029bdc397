import CatalogueModel

/// What is told of an API beside its calls: warnings, facts, use cases, questions, history.
struct APISurroundings {
    let site: Site
    let catalogue: CompiledCatalogue
    let api: APIDescription

    private var messages: Messages { site.messages }
    private var wording: Wording { Wording(messages: site.messages) }

    /// What to know before relying on it.
    var warnings: [Row] {
        var warnings: [Row] = []
        if api.lifecycle == .announced {
            warnings.append([
                "warningTitle": messages.text("api.announcedTitle"), "warningText": messages.text("api.announcedText"),
                "warningStyle": "fr-alert--info",
            ])
        }
        if let issue = api.knownIssue {
            warnings.append([
                "warningTitle": messages.text("api.knownIssueTitle", ["date": wording.date(issue.date)]),
                "warningText": issue.text, "warningStyle": "fr-alert--warning",
            ])
        }
        return warnings
    }

    func facts(_ status: StatusLine?) -> [Row] {
        let provider = catalogue.providers[api.provider]
        let access = messages.text(api.isOpen ? "api.openAccess" : "api.restrictedAccess")
        let themes = catalogue.editorial.themes.filter { api.themes.contains($0.id) }
        let facts: [(String, [Row])] = [
            ("audience", [text(api.audience)]), ("perimeter", [text(api.perimeter)]),
            ("freshness", [text(api.freshness)]),
            ("provider", [text(provider?.title ?? api.provider, "/fournisseurs/\(api.provider)")]),
            ("status", status.map { [text($0.text)] } ?? []), ("access", [text(access)]),
            ("legalBasis", [text(api.legalBasis.joined(separator: " ; "))]),
            ("themes", themes.map { text($0.title, "/catalogue?theme=\($0.id)") }),
        ]
        return facts.compactMap { name, texts in
            let told = texts.filter { ($0["factText"] as? String)?.isEmpty == false }
            return told.isEmpty ? nil : ["factName": messages.text("api.\(name)"), "factTexts": told]
        }
    }

    private func text(_ text: String, _ path: String? = nil) -> Row { ["factText": text, "factPath": path] }

    /// The use cases to which the API is of that kind, with the reason that each gives.
    func uses(_ kinds: [UseCase.Use.Kind]) -> [Row] {
        catalogue.editorial.uses(of: api.id).filter { kinds.contains($0.use.kind) }.map { useCase, use in
            [
                "useTitle": useCase.title, "usePath": "/cas-usages/\(useCase.id)", "useReason": use.reason,
                "useIsOptional": use.kind == .optional,
            ]
        }
    }

    var questions: [Row] { api.questions.map { ["question": $0.question, "answer": $0.answer] } }

    var history: [Row] {
        api.history.map { ["changeDate": wording.date($0.date), "changeText": $0.text] }
    }
}
