import Values

extension APIOperation {
    /// The request for that call: the first whose condition holds.
    public func plan(for facts: CallFacts) throws(MappingFailure) -> RequestPlan? {
        let frame = Frame(facts)
        for plan in plans where try plan.condition?.holds(in: frame) ?? true { return plan }
        return nil
    }

    /// Whether the provider's answer is accepted: nil, or the error to give in its place.
    /// - Throws: ``MappingFailure`` where a rule meets a value that it cannot read; the answer is then unknown too.
    public func verdict(on facts: CallFacts) throws(MappingFailure) -> ProblemTemplate? {
        try refusals.verdict(on: facts, lets: lets, awaitsDocument: document != nil)
    }

    /// The code of an error of this operation, with the provider's number in place of `NN`.
    public func code(of problem: ProblemTemplate) -> String {
        problem.code.hasPrefix("NN") ? errorPrefix + problem.code.dropFirst(2) : problem.code
    }
}

extension DownloadPlan {
    /// The same of a download.
    public func verdict(on facts: CallFacts) throws(MappingFailure) -> ProblemTemplate? {
        try refusals.verdict(on: facts, lets: [], awaitsDocument: true)
    }
}

extension [Refusal] {
    /// What the way to the provider says comes first (RFC 9110 §15.6.3–5: its gateway's statuses, redirections), then the
    /// descriptor's refusals in their order; the first that holds decides. What no rule knows is accepted only as
    /// JSON with a status of success, or with such a status where a document is awaited.
    fileprivate func verdict(
        on facts: CallFacts, lets: [Expression], awaitsDocument: Bool
    ) throws(MappingFailure) -> ProblemTemplate? {
        switch facts.status {
        case 504: return ProblemTemplate(code: "NN002")
        case 502, 503: return ProblemTemplate(code: "NN001")
        case 301, 302, 303, 307, 308: return ProblemTemplate(code: "NN000")
        default: break
        }
        var frame = Frame(facts)
        for expression in lets { frame.lets.append(try expression.found(in: frame)) }
        let refusals = span
        for place in refusals.indices where try refusals[place].holds(in: frame) {
            return refusals[place].problem
        }
        let isExpected = !frame.text.isNull(frame.node) || awaitsDocument
        return (200..<300).contains(facts.status) && isExpected ? nil : ProblemTemplate(code: "NN999")
    }
}

extension RequestPlan {
    /// The call put again after a redirection that names another identifier of the same thing; nil for any other
    /// answer.
    public func redirected(_ facts: CallFacts) throws(MappingFailure) -> CallFacts? {
        guard let redirection, redirection.statuses.contains(facts.status) else { return nil }
        let value = try redirection.value.value(in: Frame(facts))
        guard !value.isBlank, facts.parameters.indices.contains(redirection.parameter) else { return nil }
        var again = facts
        again.redirectedFrom = facts.redirectedFrom ?? facts.parameters[redirection.parameter]?.text
        again.parameters[redirection.parameter] = value
        (again.status, again.headers, again.content, again.bytes) = (0, [:], .made(.null), [])
        return again
    }
}

extension ProblemTemplate {
    /// Values of the provider's answer that go with the error.
    public func meta(_ facts: CallFacts) throws(MappingFailure) -> [JSON.Member] {
        var members: [JSON.Member] = []
        for item in meta { members.append(JSON.Member(item.name, try item.value.value(on: facts, keepsNulls: true))) }
        return members
    }
}

extension CompiledCatalogue {
    /// HTTP status of an error of that operation; v2 has statuses of its own.
    public func status(of problem: ProblemTemplate, in operation: APIOperation) -> Int {
        let own = problem.status ?? errors.entry(operation.code(of: problem))?.status ?? 502
        guard operation.style == .particulierV2 else { return own }
        return problem.v2?.status ?? V2Errors.form(own, operation.code(of: problem)).status
    }
}

extension Condition {
    /// Whether it holds for those facts; a mapping failure counts as no.
    public func holds(on facts: CallFacts) -> Bool {
        (try? holds(in: Frame(facts))) ?? false
    }
}

extension Expression {
    /// The value for those facts, with the provider's body as node.
    public func value(on facts: CallFacts) throws(MappingFailure) -> JSON {
        try value(in: Frame(facts))
    }
}
