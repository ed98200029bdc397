import Values

/// A JSON value with expressions in the places of its leaves: bodies of requests, and of simulated answers.
public indirect enum ValueTemplate: Sendable {
    case value(Expression)
    case object([(name: String, value: ValueTemplate)])
    case list([ValueTemplate])
    /// The template once for each item of a list, which is the node in its turn.
    case each(Expression, ValueTemplate)
    /// The template with another node.
    case with(Expression, ValueTemplate)
    /// The first whose condition holds; null where none does.
    case choice([(condition: Condition?, value: ValueTemplate)])

    /// The value for those facts, with the provider's body as node.
    /// - Parameter keepsNulls: false leaves members out whose value is null.
    public func value(on facts: CallFacts, keepsNulls: Bool) throws(MappingFailure) -> JSON {
        try value(in: Frame(facts), keepsNulls)
    }

    func value(in frame: borrowing Frame, _ keepsNulls: Bool) throws(MappingFailure) -> JSON {
        switch self {
        case .value(let expression): return try expression.value(in: frame)
        case .object(let members):
            var object: [JSON.Member] = []
            for member in members {
                let value = try member.value.value(in: frame, keepsNulls)
                if keepsNulls || value != .null { object.append(JSON.Member(member.name, value)) }
            }
            return .object(object)
        case .list(let items):
            var values: [JSON] = []
            for item in items { values.append(try item.value(in: frame, keepsNulls)) }
            return .array(values)
        case .each(let source, let template):
            var values: [JSON] = []
            for item in frame.text.items(try source.found(in: frame)) ?? [] {
                values.append(
                    try template.value(in: Frame(in: frame, node: item), keepsNulls))
            }
            return .array(values)
        case .with(let source, let template):
            let node = try source.found(in: frame)
            return try template.value(in: Frame(in: frame, node: node), keepsNulls)
        case .choice(let branches):
            for branch in branches where try branch.condition?.holds(in: frame) ?? true {
                return try branch.value.value(in: frame, keepsNulls)
            }
            return .null
        }
    }
}

extension CompilerContext {
    /// A template: a mapping is an object, a list a list; `{each: …, give: …}` repeats, `{with: …, give: …}` moves, a
    /// list of `{when: …, give: …}` chooses.
    func template(_ element: Element) -> ValueTemplate {
        if element.isMapping {
            if let source = element["each"], let give = element["give"] {
                return .each(expression(source), template(give))
            }
            if let source = element["with"], let give = element["give"] {
                return .with(expression(source), template(give))
            }
            return .object(
                element.members.compactMap { member in
                    guard applies(member.value) else { return nil }
                    return member.key.text.map { ($0, template(member.value)) }
                })
        }
        guard case .sequence = element.node else { return .value(expression(element)) }
        guard element.items.contains(where: { $0["give"] != nil && $0["each"] == nil && $0["with"] == nil }) else {
            return element.items.contains { $0["take"] != nil }
                ? .value(expression(element)) : .list(element.items.map(template))
        }
        return .choice(
            element.items.map { ($0["when"].map(condition), $0["give"].map(template) ?? .value(.literal(.null))) })
    }
}
