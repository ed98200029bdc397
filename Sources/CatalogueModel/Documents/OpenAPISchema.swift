import Values

/// JSON Schema (2020-12) of the answers.
struct OpenAPISchema {
    /// What the enclosing structures named, outermost first.
    private let lets: [Expression]

    /// The whole body of an accepted call.
    static func answer(_ plan: AnswerPlan) -> JSON {
        let schema = OpenAPISchema(lets: plan.lets)
        let data = schema.object(plan.data)
        guard plan.hasEnvelope else { return data }
        let one = envelope(data, schema.object(plan.links), schema.object(plan.meta))
        guard let collection = plan.collection else { return one }
        return envelope(
            ["type": "array", "items": one], schema.object(collection.links), schema.object(collection.meta))
    }

    private static func envelope(_ data: JSON, _ links: JSON, _ meta: JSON) -> JSON {
        [
            "type": "object", "required": ["data", "links", "meta"],
            "properties": ["data": data, "links": links, "meta": meta],
        ]
    }

    /// Members that state a type. A date of the civil register may have an unknown part, written 00: no `format`.
    static func type(_ leaf: Field.Leaf) -> [JSON.Member] {
        switch leaf {
        case .text, .date: [JSON.Member("type", "string")]
        case .link, .proxied: [JSON.Member("type", "string"), JSON.Member("format", "uri")]
        case .integer: [JSON.Member("type", "integer")]
        case .number: [JSON.Member("type", "number")]
        case .boolean: [JSON.Member("type", "boolean")]
        }
    }

    private func object(_ structure: Structure) -> JSON {
        let always = structure.fields.filter { $0.scopeName == nil && !$0.isOptional }.map { JSON.string($0.key) }
        var members: [JSON.Member] = [JSON.Member("type", "object")]
        if !always.isEmpty { members.append(JSON.Member("required", .array(always))) }
        let inner = OpenAPISchema(lets: lets + structure.lets)
        members.append(
            JSON.Member("properties", .object(structure.fields.map { JSON.Member($0.key, inner.property($0)) })))
        return .object(members)
    }

    private func property(_ field: Field) -> JSON {
        var members = schema(field)
        if field.mask != nil {
            members = Self.masked(members)
        } else if field.isNullable(lets) {
            members = Self.nullable(members)
        }
        var text = field.meaning
        if let scope = field.scopeName { text += (text.isEmpty ? "" : ". ") + "Périmètre : \(scope)" }
        if !text.isEmpty { members.append(JSON.Member("description", .string(text))) }
        if let scope = field.scopeName { members.append(JSON.Member("x-scope", .string(scope))) }
        return .object(members)
    }

    private func schema(_ field: Field) -> [JSON.Member] {
        switch field.value {
        case .leaf(let leaf, _): return Self.type(leaf) + Self.among(field)
        case .object(_, let structure): return object(structure).members ?? []
        case .list(_, let structure, _): return [JSON.Member("type", "array"), JSON.Member("items", object(structure))]
        case .values(let leaf, let source):
            var item = Self.type(leaf) + Self.among(field)
            // Of values named one by one, any may be missing.
            if case .list = source { item = Self.nullable(item) }
            return [JSON.Member("type", "array"), JSON.Member("items", .object(item))]
        case .choice(let choices):
            return [JSON.Member("type", "object"), JSON.Member("anyOf", .array(choices.map(choice)))]
        }
    }

    private func choice(_ choice: Field.Choice) -> JSON {
        var members = object(choice.structure).members ?? []
        if let scope = choice.scopeName { members.append(JSON.Member("x-scope", .string(scope))) }
        return .object(members)
    }

    private static func among(_ field: Field) -> [JSON.Member] {
        field.among.isEmpty ? [] : [JSON.Member("enum", .array(field.among))]
    }

    /// The same schema, which also takes null.
    private static func nullable(_ members: [JSON.Member]) -> [JSON.Member] {
        members.map { member in
            switch (member.key, member.value) {
            case ("type", .string): JSON.Member("type", [member.value, "null"])
            case ("enum", .array(let values)): JSON.Member("enum", .array(values + [.null]))
            case ("anyOf", .array(let values)): JSON.Member("anyOf", .array(values + [["type": "null"]]))
            default: member
            }
        }
    }

    /// The mask is a text, whatever the type of what it hides.
    private static func masked(_ members: [JSON.Member]) -> [JSON.Member] {
        [JSON.Member("anyOf", [.object(nullable(members)), ["type": "string"]])]
    }
}

extension Field {
    /// True where the answer may hold null in place of the value.
    fileprivate func isNullable(_ lets: [Expression]) -> Bool {
        if when != nil, otherwise == .null { return true }
        return switch value {
        case .leaf(_, let expression): expression.mayBeNull(lets)
        case .list(_, _, let whenAbsent): whenAbsent == .null
        case .object, .values, .choice: false
        }
    }
}

extension Expression {
    fileprivate func mayBeNull(_ lets: [Expression]) -> Bool {
        switch self {
        case .literal(let json): json == .null
        case .named(let index): lets[safe: index]?.mayBeNull(lets) ?? true
        case .apply(.simple(.required), _), .apply(.simple(.count), _), .apply(.simple(.isBase64), _), .template: false
        case .fact(.year), .fact(.month), .fact(.today), .fact(.now), .fact(.version), .fact(.requestID): false
        case .alternatives(let options): options.allSatisfy { $0.mayBeNull(lets) }
        case .member(.fact(.now), _): false
        default: true
        }
    }
}
