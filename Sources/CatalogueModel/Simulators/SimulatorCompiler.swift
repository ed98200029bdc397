import Foundation
import Values

/// Turns a `simulator.yaml` into the plan of a simulated provider.
struct SimulatorCompiler {
    let diagnostics: Diagnostics
    let nomenclatures: [String: Nomenclature]

    static let keys: Set = ["simulates", "certificate", "tables", "let", "routes"]
    private static let routeKeys: Set = [
        "get", "post", "reads", "needs", "person", "company", "absent", "unauthorized", "let", "document", "answers",
    ]

    func plan(_ file: Element) -> SimulatorPlan {
        file.allow(Self.keys, diagnostics)
        var parts = Parts()
        parts.add(file)
        let slots = Dictionary(
            SimulatedRoute.slots.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let context = CompilerContext(
            parts: parts, vocabulary: Vocabulary(parameters: slots, tables: parts.tables, nomenclatures: nomenclatures),
            tags: [], diagnostics: diagnostics)
        return SimulatorPlan(
            provider: file["simulates"]?.text ?? "", wantsCertificate: file["certificate"]?.bool ?? false,
            routes: (file["routes"]?.items ?? []).compactMap { route($0, file["let"], context) })
    }

    private func route(_ element: Element, _ shared: Element?, _ outer: CompilerContext) -> SimulatedRoute? {
        element.allow(Self.routeKeys, diagnostics)
        guard let path = (element["get"] ?? element["post"])?.text, path.hasPrefix("/") else {
            diagnostics.error("a route wants get or post, and a path that starts with a slash", at: element)
            return nil
        }
        var context = outer
        let query = subject(element, context)
        let lets = [shared, element["let"]].flatMap { AnswerCompiler.lets($0, &context) }
        guard let answers = element["answers"]?.items, !answers.isEmpty else {
            diagnostics.error("a route wants answers", at: element)
            return nil
        }
        let format = element["reads"]?.text.flatMap(RequestPlan.Format.init) ?? .json
        return SimulatedRoute(
            method: element["get"] != nil ? .get : .post,
            segments: path.split(separator: "/", omittingEmptySubsequences: false).map(String.init), format: format,
            credential: element["needs"].flatMap { credential($0, outer) }, subject: query, lets: lets,
            document: element["document"].map(context.template), answers: answers.map { answer($0, context) },
            unauthorized: element["unauthorized"].map { answer($0, outer) } ?? refusal(401, "Accès refusé"),
            absent: element["absent"].map { answer($0, outer) } ?? refusal(404, "Inconnu"))
    }

    private func refusal(_ status: Int, _ message: String) -> SimulatedAnswer {
        SimulatedAnswer(
            condition: nil, status: status, headers: [],
            body: .json(.object([("message", .value(.literal(.string(message))))])))
    }

    private func subject(_ element: Element, _ context: CompilerContext) -> SimulatedRoute.SubjectQuery? {
        for kind in [SimulatedRoute.SubjectQuery.Kind.person, .company] {
            guard let fields = element[kind.rawValue] else { continue }
            return SimulatedRoute.SubjectQuery(
                kind: kind,
                fields: fields.isMapping ? context.pairs(fields) : [("number", context.expression(fields))])
        }
        return nil
    }

    private func credential(_ element: Element, _ context: CompilerContext) -> SimulatedRoute.Credential? {
        if element.text == "token" { return .token(header: "authorization") }
        if element.text == "saml" { return .assertion }
        element.allow(["token", "user", "secret"], diagnostics)
        if let header = element["token"]?.text { return .token(header: header.lowercased()) }
        guard let secret = element["secret"] else {
            diagnostics.error("'needs' is token, saml, {token: header} or {user, secret}", at: element)
            return nil
        }
        return .secret(user: element["user"].map(context.expression), secret: context.expression(secret))
    }

    private func answer(_ element: Element, _ context: CompilerContext) -> SimulatedAnswer {
        element.allow(["when", "status", "headers", "json", "xml", "text", "document"], diagnostics)
        let body: SimulatedAnswer.Body =
            if let json = element["json"] { .json(context.template(json)) } else if let xml = element["xml"] {
                .xml(context.template(xml))
            } else if let text = element["text"] { .text(context.expression(text)) } else if element["document"] != nil
            {
                .document
            } else { .none }
        return SimulatedAnswer(
            condition: element["when"].map(context.condition), status: element["status"]?.int ?? 200,
            headers: context.pairs(element["headers"]), body: body)
    }
}

extension CatalogueCompiler {
    /// Compiles the simulated providers of the catalogue's folder.
    /// - Throws: ``CatalogueFault`` with every fault and its place.
    public func simulators() throws(CatalogueFault) -> [SimulatorPlan] {
        let files = readFiles()
        let compiler = SimulatorCompiler(diagnostics: diagnostics, nomenclatures: files.nomenclatures)
        let plans = files.simulators.map(compiler.plan)
        guard !diagnostics.hasErrors else { throw CatalogueFault(diagnostics: diagnostics.sorted) }
        return plans
    }
}
