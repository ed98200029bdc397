import Values

/// Turns `ask`, `refusals`, `document` and `lookups` of a descriptor into plans for one operation.
struct RequestCompiler {
    let context: CompilerContext
    /// The same with the names of the API's `let`, which conditions of refusals may use.
    var named: CompilerContext?

    func plans(_ element: Element) -> [RequestPlan] {
        let choices = element.isMapping ? [element] : element.items
        return choices.filter(context.applies).compactMap(plan)
    }

    private static let keys: Set = [
        "use", "get", "post", "query", "headers", "json", "keep-nulls", "form", "xml", "text", "authentication",
        "client",
        "timeout", "redirection", "reads", "takes-cut-off", "when", "only", "except",
    ]

    func plan(_ element: Element) -> RequestPlan? {
        element.allow(Self.keys, context.diagnostics)
        var base: Element?
        if let name = element["use"]?.text {
            base = context.parts.requests[name]
            if base == nil { context.diagnostics.error("no request is named '\(name)'", at: element["use"] ?? element) }
        }
        func part(_ key: String) -> Element? { element[key] ?? base?[key] }
        guard let target = part("get") ?? part("post"), let (address, path) = target.text.flatMap(Self.address) else {
            context.diagnostics.error(
                "'get' or 'post' is missing, or names no address: \"{address}/path\"", at: element)
            return nil
        }
        return RequestPlan(
            method: part("get") != nil ? .get : .post, address: address,
            path: template(path, at: target),
            query: context.pairs(base?["query"]) + context.pairs(element["query"]),
            headers: context.pairs(base?["headers"]) + context.pairs(element["headers"]),
            body: body(part), format: part("reads").flatMap(format) ?? .json,
            authentication: part("authentication").flatMap(authentication),
            client: part("client")?.text,
            timeout: .seconds(part("timeout").map(context.seconds) ?? 10),
            redirection: part("redirection").flatMap(redirection),
            takesCutOff: part("takes-cut-off")?.bool ?? false, condition: element["when"].map(context.condition))
    }

    private func format(_ element: Element) -> RequestPlan.Format? {
        let format = element.text.flatMap(RequestPlan.Format.init)
        if format == nil { context.diagnostics.error("'reads' is json or xml", at: element) }
        return format
    }

    private func body(_ part: (String) -> Element?) -> RequestPlan.Body {
        if let json = part("json") {
            return .json(context.template(json), keepsNulls: part("keep-nulls")?.bool ?? false)
        }
        if let form = part("form") { return .form(context.pairs(form)) }
        if let xml = part("xml") { return .xml(context.template(xml)) }
        return part("text").map { .text(context.expression($0)) } ?? .none
    }

    /// `{address}/path` cut in two.
    private static func address(_ text: String) -> (String, String)? {
        guard text.hasPrefix("{"), let close = text.firstIndex(of: "}") else { return nil }
        let name = text[text.index(after: text.startIndex)..<close]
        return name.hasPrefix("@") ? nil : (String(name), String(text[text.index(after: close)...]))
    }

    private func template(_ text: String, at element: Element) -> Expression {
        do {
            return try ExpressionParser.template(text, context.vocabulary)
        } catch {
            context.diagnostics.error(error.message, at: element)
            return .literal("")
        }
    }

    private static let authenticationKeys: Set = [
        "oauth2", "login", "basic", "mutual-tls", "saml", "headers", "form", "json", "take", "lifetime", "header",
        "accounts", "else", "retry-on",
    ]

    private func authentication(_ element: Element) -> Authentication? {
        guard let name = element.text, name != "none" else { return nil }
        guard let part = context.parts.authentication[name] else {
            context.diagnostics.error("no authentication is named '\(name)'", at: element)
            return nil
        }
        part.allow(Self.authenticationKeys, context.diagnostics)
        let retry = part["retry-on"]?.items.compactMap(\.int) ?? []
        if let target = part["oauth2"] ?? part["login"], let (address, path) = target.text.flatMap(Self.address) {
            let plan = TokenPlan(
                address: address, path: template(path, at: target), headers: context.pairs(part["headers"]),
                body: body { part[$0] },
                token: part["take"].map(context.expression) ?? .member(.node, "access_token"),
                lifetime: part["lifetime"].map(context.expression) ?? .member(.node, "expires_in"),
                header: part["header"]?.text ?? "Authorization", scheme: part["header"] == nil ? "Bearer " : "",
                accounts: part["accounts"]?.texts ?? [], refusal: part["else"]?.text ?? "NN999")
            return Authentication(name: name, kind: .token(plan), retryOn: retry)
        }
        if let basic = part["basic"], let user = basic["user"], let password = basic["password"] {
            let kind = Authentication.Kind.basic(
                user: context.expression(user), password: context.expression(password))
            return Authentication(name: name, kind: kind, retryOn: retry)
        }
        if part["mutual-tls"] != nil {
            let kind = Authentication.Kind.mutualTLS(saml: part["saml"].flatMap(saml))
            return Authentication(name: name, kind: kind, retryOn: retry)
        }
        context.diagnostics.error("'\(name)' wants oauth2, login, basic or mutual-tls", at: part)
        return nil
    }

    private func saml(_ element: Element) -> SAMLPlan? {
        element.allow(["issuer", "attributes", "lifetime"], context.diagnostics)
        guard let issuer = element["issuer"], let lifetime = element["lifetime"] else {
            context.diagnostics.error("an assertion wants issuer and lifetime", at: element)
            return nil
        }
        return SAMLPlan(
            issuer: context.expression(issuer), attributes: context.pairs(element["attributes"]),
            lifetime: context.seconds(lifetime))
    }

    private func redirection(_ element: Element) -> RequestPlan.Redirection? {
        element.allow(["on", "replace", "by"], context.diagnostics)
        guard let name = element["replace"]?.text, let by = element["by"],
            let parameter = context.vocabulary.parameters[name]
        else {
            context.diagnostics.error("a redirection wants on, replace (a parameter) and by", at: element)
            return nil
        }
        let statuses = element["on"]?.items.compactMap(\.int) ?? []
        return RequestPlan.Redirection(statuses: statuses, parameter: parameter, value: context.expression(by))
    }

    func lookup(_ element: Element) -> Lookup? {
        element.allow(Self.keys.union(["provider", "take", "into"]), context.diagnostics)
        guard let provider = element["provider"]?.text, let take = element["take"],
            let into = element["into"]?.text.flatMap({ context.vocabulary.parameters[$0] })
        else {
            context.diagnostics.error("a lookup wants provider, take and into (a parameter)", at: element)
            return nil
        }
        return plan(element.without(["provider", "take", "into"])).map {
            Lookup(provider: provider, plan: $0, value: context.expression(take), parameter: into)
        }
    }

    /// How files of a provider are fetched by the addresses that it gives.
    func files(_ element: Element) -> RequestPlan {
        element.allow(["headers", "authentication", "client", "timeout"], context.diagnostics)
        return RequestPlan(
            method: .get, address: "", path: .literal(""), query: [], headers: context.pairs(element["headers"]),
            body: .none, format: .json, authentication: element["authentication"].flatMap(authentication),
            client: element["client"]?.text, timeout: .seconds(element["timeout"].map(context.seconds) ?? 10),
            redirection: nil, takesCutOff: false, condition: nil)
    }

    /// A request of which the identifier is the one parameter, `@id`.
    func download(_ element: Element) -> DownloadPlan? {
        let own: Set = ["id", "refusals", "document"]
        element.allow(Self.keys.union(own), context.diagnostics)
        guard let request = plan(element.without(own)), let document = element["document"].flatMap(document) else {
            context.diagnostics.error("a download wants a request and its document", at: element)
            return nil
        }
        let pattern = element["id"]?.text.map { Pattern($0) }
        if case .some(.none) = pattern {
            context.diagnostics.error("not a regular expression", at: element["id"] ?? element)
        }
        return DownloadPlan(
            request: request, identifier: pattern ?? nil, refusals: element["refusals"].map(refusals) ?? [],
            document: document)
    }

    func refusals(_ element: Element) -> [Refusal] {
        element.items.flatMap { item -> [Refusal] in
            guard let name = item.text else { return context.applies(item) ? [refusal(item)].compactMap(\.self) : [] }
            guard let set = context.parts.refusals[name] else {
                context.diagnostics.error("no refusal set is named '\(name)'", at: item)
                return []
            }
            return refusals(set)
        }
    }

    /// What of the question the answer repeats: `{ "@siren": entreprise.siren }`.
    func echoes(_ element: Element) -> [Echo] {
        if element.members.isEmpty {
            context.diagnostics.error("an echo says where the answer repeats what was asked", at: element)
        }
        return element.members.map { member in
            Echo(
                asked: context.expression(member.key), answered: (named ?? context).expression(member.value))
        }
    }

    private static let refusalKeys: Set = [
        "when", "code", "accept", "status", "title", "detail", "meta", "retry-in", "cached", "v2", "only", "except",
    ]

    private func refusal(_ element: Element) -> Refusal? {
        element.allow(Self.refusalKeys, context.diagnostics)
        guard let when = element["when"] else {
            context.diagnostics.error("'when' is missing", at: element)
            return nil
        }
        let condition = (named ?? context).condition(when)
        if element["accept"]?.bool == true { return Refusal(condition: condition, problem: nil) }
        guard let code = element["code"]?.text else {
            context.diagnostics.error("'code' or 'accept' is missing", at: element)
            return nil
        }
        var problem = ProblemTemplate(code: code)
        problem.status = element["status"]?.int
        problem.title = element["title"]?.text
        problem.detail = element["detail"]?.text
        problem.meta = (element["meta"]?.members ?? []).compactMap { member in
            member.key.text.map { ProblemTemplate.MetaValue(name: $0, value: context.template(member.value)) }
        }
        problem.retryIn = element["retry-in"].map(context.seconds)
        problem.isCached = element["cached"]?.bool ?? false
        problem.v2 = element["v2"].map { form in
            ProblemTemplate.V2Form(
                error: form["error"]?.text, reason: form["reason"]?.text, status: form["status"]?.int)
        }
        return Refusal(condition: condition, problem: problem)
    }

    func document(_ element: Element) -> DocumentPlan? {
        element.allow(
            ["encoding", "from", "name", "keep", "when", "undecodable", "empty", "unexpected", "only", "except"],
            context.diagnostics)
        guard let encoding = element["encoding"]?.text.flatMap(DocumentPlan.Encoding.init),
            let name = element["name"]?.text, let keep = element["keep"]
        else {
            context.diagnostics.error("a document wants encoding (base64, raw), name and keep", at: element)
            return nil
        }
        return DocumentPlan(
            encoding: encoding, name: name, lifetime: context.seconds(keep),
            condition: element["when"].map(context.condition) ?? .always,
            source: element["from"].map(context.expression), undecodable: element["undecodable"]?.text ?? "NN051",
            empty: element["empty"]?.text ?? "NN055", unexpected: element["unexpected"]?.text ?? "NN055")
    }
}
