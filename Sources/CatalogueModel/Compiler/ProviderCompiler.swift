import Values

/// Turns a `provider.yaml` into a description of the provider.
struct ProviderCompiler {
    var nomenclatures: [String: Nomenclature] = [:]
    let diagnostics: Diagnostics

    private static let keys: Set = [
        "provider", "title", "about", "errors", "mask", "addresses", "maintenance", "quota", "ping", "known-issues",
        "authentication", "tables", "requests", "refusal-sets", "shapes", "parameters", "parameter-sets", "files",
        "downloads", "proxy", "hub-of",
    ]

    func provider(_ file: Element) -> ProviderDescription {
        file.allow(Self.keys, diagnostics)
        file["errors"]?.allow(["prefix", "as"], diagnostics)
        let id = file["provider"]?.text ?? ""
        let title = file["title"]?.text ?? id
        let addresses = Dictionary(file["addresses"]?.textMembers ?? [], uniquingKeysWith: { $1 })
        let windows = MaintenanceCompiler(diagnostics: diagnostics)
        let requests = requests(file)
        let downloads = (file["downloads"]?.members ?? []).compactMap { member -> (String, DownloadPlan)? in
            guard let name = member.key.text, let plan = requests.download(member.value) else { return nil }
            return (name, plan)
        }
        return ProviderDescription(
            id: id, title: title, about: file["about"]?.text ?? "", addresses: addresses,
            errorPrefix: file["errors"]?["prefix"]?.text ?? "00",
            errorProvider: file["errors"]?["as"]?.text ?? title, maskText: file["mask"]?.text ?? "",
            maintenances: MaintenanceCalendar((file["maintenance"]?.items ?? []).compactMap(windows.window)),
            files: file["files"].map(requests.files) ?? .plainFile,
            downloads: Dictionary(downloads, uniquingKeysWith: { $1 }), proxyName: file["proxy"]?.text ?? id,
            hubOf: file["hub-of"].flatMap(bouquet), quotas: (file["quota"]?.itemsOrSelf ?? []).compactMap(quota),
            pings: PingCompiler(diagnostics: diagnostics).sources(file["ping"], provider: id),
            knownIssues: (file["known-issues"]?.itemsOrSelf ?? []).compactMap(issue))
    }

    /// What compiles a request of the provider that is no operation's.
    private func requests(_ file: Element) -> RequestCompiler {
        var parts = Parts()
        parts.add(file)
        let vocabulary = Vocabulary(parameters: ["id": 0], tables: parts.tables, nomenclatures: nomenclatures)
        return RequestCompiler(
            context: CompilerContext(parts: parts, vocabulary: vocabulary, tags: [], diagnostics: diagnostics))
    }

    private func bouquet(_ element: Element) -> APIDescription.Bouquet? {
        let bouquet = element.text.flatMap(APIDescription.Bouquet.init)
        if bouquet == nil { diagnostics.error("hub-of is a bouquet", at: element) }
        return bouquet
    }

    private func quota(_ element: Element) -> ProviderQuota? {
        element.allow(["calls", "per", "code", "each", "of"], diagnostics)
        guard let calls = element["calls"]?.int, calls > 0, let per = element["per"] else {
            diagnostics.error("a quota wants calls (1 or more) and per", at: element)
            return nil
        }
        let each = element["each"].map { $0.text.flatMap(ProviderQuota.Each.init) } ?? .provider
        if each == nil { diagnostics.error("each is provider, client or operation", at: element["each"] ?? element) }
        return ProviderQuota(
            calls: calls, period: CompilerContext(diagnostics).seconds(per),
            code: element["code"]?.text ?? ProviderQuota.standardCode,
            each: each ?? .provider, of: Set(element["of"]?.texts ?? []))
    }

    private func issue(_ element: Element) -> KnownIssue? {
        element.allow(["since", "until", "text"], diagnostics)
        func day(_ key: String) -> CivilDate? { element[key]?.text.flatMap { CivilDate($0) } }
        guard let text = element["text"]?.text, let since = day("since"), since.isComplete else {
            diagnostics.error("a known issue wants since (as 2026-01-31) and text", at: element)
            return nil
        }
        if let until = element["until"], !(day("until").map { $0.isComplete && $0 >= since } ?? false) {
            diagnostics.error("'until' wants a date that is not before 'since'", at: until)
        }
        return KnownIssue(since: since, until: day("until"), text: text)
    }
}

extension CompilerContext {
    /// A context that has no names in sight, to read durations with.
    init(_ diagnostics: Diagnostics) {
        self.init(
            parts: Parts(), vocabulary: Vocabulary(parameters: [:], tables: [:], nomenclatures: [:]), tags: [],
            diagnostics: diagnostics)
    }
}

extension Element {
    /// Items of a list; a mapping counts as a list of one.
    var itemsOrSelf: [Element] { isMapping ? [self] : items }
}
