import Values

extension Operation {
    /// What a provider's answer means: nil where it is accepted, else the error that it stands for.
    ///
    /// Gateways' answers come before the descriptor's own rules; without a rule, a JSON answer of 2xx is accepted
    /// and the rest is unknown.
    public func verdict(on facts: CallFacts) throws(MappingFailure) -> ProblemTemplate? {
        switch facts.status {
        case 504: return ProblemTemplate(code: "NN002")
        case 502, 503: return ProblemTemplate(code: "NN001")
        case 301, 302, 303, 307, 308: return ProblemTemplate(code: "NN000")
        default: break
        }
        let frame = Frame(facts: facts, node: facts.body)
        for refusal in refusals where try refusal.condition.holds(in: frame) { return refusal.problem }
        guard (200..<300).contains(facts.status), facts.body != .null else { return ProblemTemplate(code: "NN999") }
        return nil
    }
}

extension ProblemTemplate {
    /// The values of the provider's answer that go with the error.
    public func metaMembers(_ facts: CallFacts) -> [JSON.Member] {
        let frame = Frame(facts: facts, node: facts.body)
        return meta.compactMap { value in
            guard let json = try? value.value.value(in: frame), json != .null else { return nil }
            return JSON.Member(value.name, json)
        }
    }
}

extension Condition {
    /// Whether it holds for those facts; a mapping failure counts as no.
    public func holds(on facts: CallFacts) -> Bool {
        (try? holds(in: Frame(facts: facts, node: facts.body))) ?? false
    }
}

extension Expression {
    /// The value for those facts, with the provider's body as node.
    public func value(on facts: CallFacts) throws(MappingFailure) -> JSON {
        try value(in: Frame(facts: facts, node: facts.body))
    }
}

/// ``Operation`` under a name that Foundation does not use as well.
public typealias APIOperation = Operation
