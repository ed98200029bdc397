import Values

/// The public answer of an operation, as fields that each know their source, their meaning and their scope.
public struct AnswerPlan: Sendable {
    /// The part of the provider's answer that everything is read from.
    let root: Expression
    let lets: [Expression]
    let mask: Condition?
    public let data: Structure
    public let links: Structure
    public let meta: Structure
    /// True for `{data, links, meta}`, the envelope of v3 and later; v2 answers the data alone.
    public let hasEnvelope: Bool
    /// For a collection: the list of its items, each of which has `data`, `links` and `meta` of its own.
    public let collection: Collection?

    /// For an answer derived from another: that one's plan, read in place of the provider's answer.
    var source: Source?

    final class Source: Sendable {
        let plan: AnswerPlan
        let scopes: ScopeSet
        let maskText: String

        init(plan: AnswerPlan, scopes: ScopeSet, maskText: String) {
            self.plan = plan
            self.scopes = scopes
            self.maskText = maskText
        }
    }

    public struct Collection: Sendable {
        let items: Expression
        public let links: Structure
        public let meta: Structure
    }

    static let empty = AnswerPlan(
        root: .node, lets: [], mask: nil, data: .empty, links: .empty, meta: .empty, hasEnvelope: true,
        collection: nil)
}

/// An object of the answer.
public final class Structure: Sendable {
    public let fields: [Field]
    let lets: [Expression]
    /// Where it holds, each field marked `mask` shows the mask instead of its value.
    let mask: Condition?
    /// The forms that an item of a list may take, for a list whose items are not all alike; `fields` is then empty.
    public let choices: [Field.Choice]

    init(fields: [Field], lets: [Expression] = [], mask: Condition? = nil, choices: [Field.Choice] = []) {
        self.fields = fields
        self.lets = lets
        self.mask = mask
        self.choices = choices
    }

    static let empty = Structure(fields: [])
}

/// One key of the answer.
public struct Field: Sendable {
    public let key: String
    /// What it means, in plain French.
    public let meaning: String
    public let value: Value
    /// The scope that opens the key; nil where the operation's own right suffices.
    public let scope: Int?
    public let scopeName: String?
    /// Values it may take; empty: any.
    public let among: [JSON]
    let when: Condition?
    let otherwise: JSON
    /// Where it holds the key is absent.
    let omitted: Condition?
    public var isOptional: Bool { omitted != nil }
    let mask: Condition?

    public indirect enum Value: Sendable {
        case leaf(Leaf, Expression)
        case object(from: Expression?, Structure)
        case list(from: Expression, Structure, whenAbsent: JSON)
        /// A list of plain values.
        case values(Leaf, from: Expression)
        case choice([Choice])
    }

    /// One form that an object may take.
    public struct Choice: Sendable {
        let condition: Condition?
        let scope: Int?
        public let scopeName: String?
        public let structure: Structure
    }

    public enum Leaf: String, Sendable, CaseIterable {
        case text, integer, number, boolean, date, link
        /// A provider's address, in place of which an address of this service is given.
        case proxied
    }
}

extension AnswerPlan {
    /// The answer to a call with these scopes.
    /// - Throws: ``MappingFailure`` where the provider's answer does not have the stated shape.
    public func project(_ facts: CallFacts, scopes: ScopeSet, maskText: String) throws(MappingFailure) -> JSON {
        if facts.isForwarded, source == nil { return try filtered(facts.body, facts, scopes: scopes) }
        let facts = try sourceFacts(facts)
        let projection = Projection(scopes: scopes, maskText: .string(maskText))
        var frame = Frame(facts: facts, node: facts.body)
        for expression in lets { frame.lets.append(try expression.value(in: frame)) }
        frame.node = try root.value(in: frame)
        if let mask { frame.isMasked = try mask.holds(in: frame) }
        guard hasEnvelope else { return try projection.object(data, frame) }
        guard let collection else { return try envelope(projection, frame) }
        var items: [JSON] = []
        for item in try collection.items.value(in: frame).items ?? [] {
            let inner = Frame(in: frame, node: item)
            items.append(try envelope(projection, inner))
        }
        return .object([
            JSON.Member("data", .array(items)),
            JSON.Member("links", try projection.object(collection.links, frame)),
            JSON.Member("meta", try projection.object(collection.meta, frame)),
        ])
    }

    /// The facts to read: those of the provider, or the answer that this one derives from.
    func sourceFacts(_ facts: CallFacts) throws(MappingFailure) -> CallFacts {
        guard let source else { return facts }
        var facts = facts
        facts.body = try source.plan.project(facts, scopes: source.scopes, maskText: source.maskText)
        facts.isForwarded = false
        return facts
    }

    private func envelope(_ projection: Projection, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        .object([
            JSON.Member("data", try projection.object(data, frame)),
            JSON.Member("links", try projection.object(links, frame)),
            JSON.Member("meta", try projection.object(meta, frame)),
        ])
    }
}

/// Carries out a plan for one set of scopes.
struct Projection {
    let scopes: ScopeSet
    let maskText: JSON

    func object(_ structure: Structure, _ outer: borrowing Frame) throws(MappingFailure) -> JSON {
        var frame = Frame(in: outer, node: outer.node)
        for expression in structure.lets { frame.lets.append(try expression.value(in: frame)) }
        if let mask = structure.mask { frame.isMasked = try mask.holds(in: frame) }
        if !structure.choices.isEmpty { return try chosen(structure.choices, frame) }
        var members: [JSON.Member] = []
        members.reserveCapacity(structure.fields.count)
        for field in structure.fields where field.scope.map(scopes.contains) ?? true {
            if let omitted = field.omitted, try omitted.holds(in: frame) { continue }
            members.append(JSON.Member(field.key, try value(of: field, frame)))
        }
        return .object(members)
    }

    private func value(of field: Field, _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        if frame.isMasked, let mask = field.mask, try mask.holds(in: frame) { return maskText }
        if let when = field.when, try !when.holds(in: frame) { return field.otherwise }
        switch field.value {
        case .leaf(let leaf, let expression):
            return try leaf.checked(try expression.value(in: frame), frame, field.key)
        case .object(let source, let structure):
            guard let source else { return try object(structure, frame) }
            var inner = Frame(in: frame, node: .null)
            inner.node = try source.value(in: frame)
            return try object(structure, inner)
        case .list(let source, let structure, let whenAbsent):
            guard let items = try source.value(in: frame).items else { return whenAbsent }
            var values: [JSON] = []
            for item in items {
                let inner = Frame(in: frame, node: item)
                values.append(try object(structure, inner))
            }
            return .array(values)
        case .values(let leaf, let source):
            guard let items = try source.value(in: frame).items else { return .array([]) }
            var values: [JSON] = []
            for item in items { values.append(try leaf.checked(item, frame, field.key)) }
            return .array(values)
        case .choice(let choices): return try chosen(choices, frame)
        }
    }

    /// The first form that holds; empty where none does or its scope is not granted.
    private func chosen(_ choices: [Field.Choice], _ frame: borrowing Frame) throws(MappingFailure) -> JSON {
        for choice in choices where try choice.condition?.holds(in: frame) ?? true {
            guard choice.scope.map(scopes.contains) ?? true else { return .object([]) }
            return try object(choice.structure, frame)
        }
        return .object([])
    }
}

extension Field.Leaf {
    /// The value where it is of this type.
    ///
    /// Fails closed: a value of another type means that the provider's protocol has changed, and what it would
    /// show nobody has granted.
    func checked(_ value: JSON, _ frame: borrowing Frame, _ key: String) throws(MappingFailure) -> JSON {
        switch (self, value) {
        case (_, .null): return .null
        case (.text, .string), (.boolean, .bool), (.integer, .integer), (.number, .integer), (.number, .decimal):
            return value
        case (.text, .integer), (.text, .decimal): return .from(value.text)
        case (.integer, .string(let text)):
            if let number = Int(text) { return .integer(number) }
        case (.number, .string):
            if let number = value.amount { return .from(number) }
        case (.date, .string(let text)):
            if value.isBlank || CivilDate(text) != nil { return value }
        case (.link, .string(let path)): return .string(frame.facts.publicURL + path)
        case (.proxied, .string(let address)):
            if value.isBlank { return .null }
            if let proxied = frame.facts.proxied(address) { return .string(proxied) }
        default: break
        }
        throw MappingFailure(reason: "'\(key)' is no \(rawValue)")
    }
}
