import Values

/// Turns one descriptor into its operations.
struct APICompiler {
    let file: Element
    let files: CatalogueFiles
    let scopes: ScopeTable
    let limits: [String: RateLimitGroup]
    let providers: [String: ProviderDescription]
    /// Operations compiled before this file's, by identifier.
    let known: [String: APIOperation]
    let diagnostics: Diagnostics

    private static let keys: Set = [
        "api", "title", "summary", "bouquet", "provider", "legal-basis", "freshness", "perimeter", "audience",
        "keywords", "lifecycle", "open", "proof", "errors", "limit", "cache", "scopes", "accepts", "ask", "before",
        "refusals", "echo",
        "document", "answer", "answers", "tables", "shapes", "operations", "recordings", "example", "parameters",
        "parameter-sets", "citizen", "guard", "gathers", "themes", "faq", "history", "known-issue", "let",
    ]
    private static let operationKeys: Set = [
        "get", "identity", "parameters", "answer", "variant", "deprecated", "accepts", "limit", "cache", "example",
        "errors", "from", "guard", "gathers",
    ]

    func compile(firstIndex: Int) -> (APIDescription, [APIOperation])? {
        file.allow(Self.keys, diagnostics)
        guard let provider = file["provider"]?.text.flatMap({ providers[$0] }) else {
            diagnostics.error("the provider is unknown", at: file["provider"] ?? file)
            return nil
        }
        guard let bouquet = file["bouquet"]?.text.flatMap(APIDescription.Bouquet.init) else {
            diagnostics.error("the bouquet is particulier, entreprise or open", at: file["bouquet"] ?? file)
            return nil
        }
        let parts = parts(bouquet, provider)
        let api = description(bouquet)
        var compiler = ParameterCompiler(parts: parts, grids: files.gridTable, diagnostics: diagnostics)
        for name in sourceSlots ?? FranceConnectIdentity.parameters { _ = compiler.slot(name) }
        var drafts: [(OperationDraft, Element)] = []
        for member in file["operations"]?.members ?? [] {
            guard let id = member.key.text else { continue }
            var one = ParameterCompiler(parts: parts, grids: files.gridTable, diagnostics: diagnostics)
            for name in compiler.slots { _ = one.slot(name) }
            let draft = draft(id, member.value, api, provider, &one)
            for name in one.slots { _ = compiler.slot(name) }
            if let draft { drafts.append((draft, member.value)) }
        }
        if drafts.isEmpty { diagnostics.error("the API has no operation", at: file) }
        let operations = drafts.enumerated().map { offset, entry in
            var draft = entry.0
            draft.index = firstIndex + offset
            draft.slots = compiler.slots
            complete(&draft, entry.1, parts, compiler.vocabulary)
            return APIOperation(draft)
        }
        return (api, operations)
    }

    private func parts(_ bouquet: APIDescription.Bouquet, _ provider: ProviderDescription) -> Parts {
        var parts = Parts()
        parts.nomenclatures = files.nomenclatures
        for file in files.bouquets where file["bouquet"]?.text == bouquet.rawValue { parts.add(file) }
        for file in files.providers where file["provider"]?.text == provider.id { parts.add(file) }
        parts.add(file)
        return parts
    }

    private func description(_ bouquet: APIDescription.Bouquet) -> APIDescription {
        func text(_ key: String) -> String { file[key]?.text ?? "" }
        let lifecycle = file["lifecycle"]?.text ?? "stable"
        if APIDescription.Lifecycle(rawValue: lifecycle) == nil {
            diagnostics.error("lifecycle is announced, beta, stable or deprecated", at: file["lifecycle"] ?? file)
        }
        return APIDescription(
            id: text("api"), title: text("title"), summary: text("summary"), bouquet: bouquet,
            provider: text("provider"), legalBasis: file["legal-basis"]?.texts ?? [], freshness: text("freshness"),
            perimeter: text("perimeter"), audience: text("audience"), keywords: file["keywords"]?.texts ?? [],
            themes: file["themes"]?.texts ?? [],
            lifecycle: APIDescription.Lifecycle(rawValue: lifecycle) ?? .stable, isOpen: file["open"]?.bool ?? false,
            scopes: file["scopes"]?.textMembers.map { (name: $0.0, meaning: $0.1) } ?? [],
            citizen: file["citizen"]?.text ?? "famille-deux-enfants",
            questions: (file["faq"]?.items ?? []).compactMap(question),
            history: (file["history"]?.items ?? []).compactMap { change($0, dated: "date") }
                .sorted { $0.date > $1.date },
            knownIssue: file["known-issue"].flatMap { change($0, dated: "since") },
            recordings: (file["recordings"]?.items ?? []).compactMap(recording),
            isProvable: file["proof"]?.bool ?? false)
    }

    private func draft(
        _ id: String, _ element: Element, _ api: APIDescription, _ provider: ProviderDescription,
        _ parameters: inout ParameterCompiler
    ) -> OperationDraft? {
        element.allow(Self.operationKeys, diagnostics)
        guard let route = element["get"]?.text, route.hasPrefix("/") else {
            diagnostics.error("'get' is missing: the path of the operation", at: element)
            return nil
        }
        var draft = OperationDraft(api: api, provider: provider)
        draft.id = id
        draft.route = route
        draft.version = RouteTable.version(of: route) ?? (route.hasPrefix("/api/v2/") ? 2 : 0)
        if draft.version == 0 { diagnostics.error("the path has no version", at: element["get"] ?? element) }
        draft.style =
            switch api.bouquet {
            case .particulier: draft.version == 2 ? .particulierV2 : .particulier
            case .entreprise: .entreprise
            case .open: .open
            }
        if let identity = element["identity"] {
            draft.identity = identity.text.flatMap(APIOperation.Identity.init) ?? .parameters
            if identity.text.flatMap(APIOperation.Identity.init) == nil {
                diagnostics.error("identity is parameters, france_connect, either or nobody", at: identity)
            }
        }
        if let list = element["parameters"] { parameters.add(list, route: route) }
        draft.parameters = parameters.parameters
        draft.checks = parameters.checks
        return draft
    }

    private func complete(
        _ draft: inout OperationDraft, _ element: Element, _ parts: Parts, _ parameters: [String: Int]
    ) {
        func part(_ key: String) -> Element? { element[key] ?? file[key] }
        let variant = element["variant"]?.texts ?? []
        let context = CompilerContext(
            parts: parts,
            vocabulary: Vocabulary(
                parameters: parameters, tables: parts.tables, nomenclatures: files.nomenclatures,
                grids: files.gridTable),
            tags: Set(["v\(draft.version)", draft.identity.rawValue] + variant), diagnostics: diagnostics)
        draft.deprecated = element["deprecated"]?.text
        draft.limit = part("limit").flatMap(limit)
        draft.cache = part("cache").flatMap { cache($0, context) }
        draft.errorPrefix = part("errors")?["prefix"]?.text ?? draft.provider.errorPrefix
        draft.errorProvider = part("errors")?["as"]?.text ?? draft.provider.errorProvider
        draft.acceptsAnyToken = part("accepts")?.text == "any"
        draft.acceptedScopeNames =
            draft.acceptsAnyToken ? [] : part("accepts")?.texts ?? draft.api.scopes.map(\.name)
        draft.acceptedScopes = scopes.set(draft.acceptedScopeNames)
        for name in draft.acceptedScopeNames where scopes[name] == nil {
            diagnostics.error("scope '\(name)' is not declared", at: part("accepts") ?? element)
        }
        var named = context
        let lets = AnswerCompiler.lets(file["let"], &named)
        let requests = RequestCompiler(context: context, named: named)
        let derived = DerivedCompiler(context: context, known: known, scopes: scopes)
        draft.gathered = part("gathers").map(derived.gathered) ?? []
        let source = element["from"].flatMap { derived.derive(&draft, from: $0) }
        draft.repetition = part("guard").flatMap(derived.repetition)
        if let ask = file["ask"] { draft.plans = requests.plans(ask) }
        // What derives from another operation asks in that one's name.
        draft.plans = draft.plans.map { $0.operation.isEmpty ? $0.asked(by: draft.id) : $0 }
        if draft.plans.isEmpty, draft.gathered.isEmpty, element["from"] == nil {
            diagnostics.error("'ask' says no request for \(draft.id)", at: file["ask"] ?? file)
        }
        if draft.identity != .franceConnect, source == nil { draft.lookups = lookups(parts, requests) }
        if let refusals = file["refusals"] { (draft.refusals, draft.lets) = (requests.refusals(refusals), lets) }
        if let echo = file["echo"] { (draft.echoes, draft.lets) = (requests.echoes(echo), lets) }
        if let document = file["document"], context.applies(document) { draft.document = requests.document(document) }
        draft.example = element["example"].map { example($0) } ?? sharedExample(draft)
        draft.answer = draft.gathered.isEmpty ? answer(element, named, lets, draft) : .gathering(draft.gathered)
        draft.answer.source = source.map(derived.source)
        draft.source = source
    }

    /// The values of derived operations stand where those of their sources do, so that these can be asked.
    private var sourceSlots: [String]? {
        let sources = (file["operations"]?.members ?? []).compactMap { $0.value["from"]?.text.flatMap { known[$0] } }
        guard let first = sources.first else { return nil }
        if sources.contains(where: { $0.api.id != first.api.id }) {
            diagnostics.error(
                "the operations of one API derive from those of one other", at: file["operations"] ?? file)
        }
        return first.slots
    }

    private func lookups(_ parts: Parts, _ requests: RequestCompiler) -> [Lookup] {
        (file["before"]?.items ?? []).compactMap { item in
            guard let lookup = item.text.flatMap({ parts.lookups[$0] }) else {
                diagnostics.error("no lookup is named '\(item.text ?? "")'", at: item)
                return nil
            }
            return requests.lookup(lookup)
        }
    }

    /// - Parameter lets: values that the context has named already.
    private func answer(
        _ element: Element, _ context: CompilerContext, _ lets: [Expression], _ draft: OperationDraft
    ) -> AnswerPlan {
        let name = element["answer"]?.text
        guard let source = name.flatMap({ file["answers"]?[$0] }) ?? file["answer"] else {
            diagnostics.error("no answer is given for \(draft.id)", at: element["answer"] ?? element)
            return .empty
        }
        return AnswerCompiler(context: context, scopes: scopes)
            .plan(source, after: lets, hasEnvelope: draft.style != .particulierV2)
    }

    private func limit(_ element: Element) -> RateLimitGroup? {
        guard let name = element.text, let limit = limits[name] else {
            diagnostics.error("the limit is unknown", at: element)
            return nil
        }
        return limit
    }

    private func cache(_ element: Element, _ context: CompilerContext) -> CacheLifetime? {
        switch element.text ?? "" {
        case "none": nil
        case "end of month": .endOfMonth
        case "end of day": .endOfDay(plus: 0)
        case "end of day + 3 hours": .endOfDay(plus: 3 * 3600)
        case "end of day + 8 hours": .endOfDay(plus: 8 * 3600)
        default: .seconds(context.seconds(element))
        }
    }

    private func example(_ element: Element?) -> [(name: String, value: JSON)] {
        (element?.members ?? []).compactMap { member in member.key.text.map { ($0, member.value.json) } }
    }

    /// The API's example under the names of the operation: a parameter of an older version has the value of the newer
    /// one that it fills in.
    private func sharedExample(_ draft: OperationDraft) -> [(name: String, value: JSON)] {
        let values = Dictionary(example(file["example"]), uniquingKeysWith: { $1 })
        return draft.parameters.compactMap { parameter in
            let canonical = draft.slots[parameter.slot]
            guard let value = values[parameter.name] ?? values[canonical] ?? values[canonical + "[]"] else {
                return nil
            }
            return (parameter.name, parameter.isList ? value : value.items?.first ?? value)
        }
    }

    private func recording(_ element: Element) -> APIDescription.Recording? {
        element.allow(
            ["operation", "parameters", "status", "headers", "body", "pages", "today", "expect"], diagnostics)
        element["expect"]?.allow(["status", "code", "body"], diagnostics)
        guard let operation = element["operation"]?.text, let expected = element["expect"]?["status"]?.int else {
            diagnostics.error("a recording wants operation and expect.status", at: element)
            return nil
        }
        let today = element["today"]?.text.flatMap { CivilDate($0) }
        if element["today"] != nil, today?.isComplete != true {
            diagnostics.error("'today' wants a date, as 2026-01-31", at: element)
        }
        return APIDescription.Recording(
            operation: operation, parameters: example(element["parameters"]), status: element["status"]?.int ?? 200,
            headers: Dictionary(element["headers"]?.textMembers ?? [], uniquingKeysWith: { $1 }),
            body: element["body"]?.text.map(sibling), pages: element["pages"]?.texts ?? [], today: today,
            expectedStatus: expected, expectedCode: element["expect"]?["code"]?.text,
            expectedBody: element["expect"]?["body"]?.text.map(sibling), file: element.file, line: element.line)
    }

    /// Path of a file beside the descriptor, from the catalogue's folder.
    private func sibling(_ name: String) -> String {
        (file.file.split(separator: "/").dropLast().map(String.init) + [name]).joined(separator: "/")
    }
}
