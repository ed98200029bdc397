import Values

extension AnswerPlan {
    /// A public answer of another hub, cut down to what the scopes open: what the plan does not name is left out.
    /// - Throws: ``MappingFailure`` where a value has not the stated type.
    func filtered(_ answer: JSON, _ facts: CallFacts, scopes: ScopeSet) throws(MappingFailure) -> JSON {
        let filter = ForwardedFilter(scopes: scopes, publicURL: facts.publicURL)
        guard hasEnvelope else { return try filter.object(data, answer) }
        guard let collection else { return try filter.envelope(self, answer) }
        var items: [JSON] = []
        for item in answer["data"]?.items ?? [] { items.append(try filter.envelope(self, item)) }
        return .object([
            JSON.Member("data", .array(items)),
            JSON.Member("links", try filter.object(collection.links, answer["links"] ?? .null)),
            JSON.Member("meta", try filter.object(collection.meta, answer["meta"] ?? .null)),
        ])
    }
}

private struct ForwardedFilter {
    let scopes: ScopeSet
    let publicURL: String

    func envelope(_ plan: AnswerPlan, _ answer: JSON) throws(MappingFailure) -> JSON {
        .object([
            JSON.Member("data", try object(plan.data, answer["data"] ?? .null)),
            JSON.Member("links", try object(plan.links, answer["links"] ?? .null)),
            JSON.Member("meta", try object(plan.meta, answer["meta"] ?? .null)),
        ])
    }

    func object(_ structure: Structure, _ value: JSON) throws(MappingFailure) -> JSON {
        guard value.members != nil else { return value == .null ? .null : .object([]) }
        if !structure.choices.isEmpty { return try chosen(structure.choices, value) }
        var members: [JSON.Member] = []
        for field in structure.fields where field.scope.map(scopes.contains) ?? true {
            guard let member = value[field.key] else { continue }
            members.append(JSON.Member(field.key, try self.member(field, member)))
        }
        return .object(members)
    }

    private func member(_ field: Field, _ value: JSON) throws(MappingFailure) -> JSON {
        // The national hub's own mask stands for any value.
        if value == .null || field.mask != nil { return value }
        switch field.value {
        case .leaf(let leaf, _): return try self.leaf(leaf, value, field.key)
        case .object(_, let structure): return try object(structure, value)
        case .choice(let choices): return try chosen(choices, value)
        case .list(_, let structure, _):
            var items: [JSON] = []
            for item in value.items ?? [] { items.append(try object(structure, item)) }
            return .array(items)
        case .values(let leaf, _):
            var items: [JSON] = []
            for item in value.items ?? [] { items.append(try self.leaf(leaf, item, field.key)) }
            return .array(items)
        }
    }

    /// The form with the most keys in common among those that are granted; empty where none is.
    private func chosen(_ choices: [Field.Choice], _ value: JSON) throws(MappingFailure) -> JSON {
        func shared(_ choice: Field.Choice) -> Int { choice.structure.fields.count { value[$0.key] != nil } }
        guard let best = choices.max(by: { shared($0) < shared($1) }),
            best.scope.map(scopes.contains) ?? true
        else { return .object([]) }
        return try object(best.structure, value)
    }

    /// A link of the hub upstream becomes one of this service; documents keep the address where they are.
    private func leaf(_ leaf: Field.Leaf, _ value: JSON, _ key: String) throws(MappingFailure) -> JSON {
        switch (leaf, value) {
        case (_, .null): return .null
        case (.link, .string(let address)):
            guard let start = address.range(of: "://").map(\.upperBound),
                let path = address[start...].firstIndex(of: "/")
            else { return value }
            return .string(publicURL + address[path...])
        case (.proxied, .string), (.text, .string), (.date, .string), (.boolean, .bool), (.integer, .integer),
            (.number, .integer), (.number, .decimal), (.text, .integer), (.text, .decimal):
            return value
        default: throw MappingFailure(reason: "'\(key)' is no \(leaf.rawValue)")
        }
    }
}
