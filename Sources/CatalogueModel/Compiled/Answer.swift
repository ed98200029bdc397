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
    /// The same, held by this object: a projection, which holds it, need not count at each field that it does.
    fileprivate let held: [Unmanaged<Field>]
    let lets: [Expression]
    /// Where it holds, each field marked `mask` shows the mask instead of its value.
    let mask: Condition?
    /// The forms that an item of a list may take, for a list whose items are not all alike; `fields` is then empty.
    public let choices: [Field.Choice]

    init(fields: [Field], lets: [Expression] = [], mask: Condition? = nil, choices: [Field.Choice] = []) {
        self.fields = fields
        held = fields.map(Unmanaged.passUnretained)
        self.lets = lets
        self.mask = mask
        self.choices = choices
    }

    static let empty = Structure(fields: [])
}

/// One key of the answer.
public final class Field: Sendable {
    public let key: String
    /// A comma, the key and its colon as an answer has them.
    let name: [UInt8]
    /// What it means, in plain French.
    public let meaning: String
    public let value: Value
    /// The member of the part being read that it shows, where it shows one as nearly all fields do: then there is nothing
    /// to be worked out.
    let member: Member?
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

    init(
        key: String, meaning: String, value: Value, scope: Int?, scopeName: String?, among: [JSON], when: Condition?,
        otherwise: JSON, omitted: Condition?, mask: Condition?
    ) {
        self.key = key
        name = Array(",\(JSON.string(key).serialized):".utf8)
        self.meaning = meaning
        self.value = value
        member = Member(value)
        self.scope = scope
        self.scopeName = scopeName
        self.among = among
        self.when = when
        self.otherwise = otherwise
        self.omitted = omitted
        self.mask = mask
    }

    /// A member shown as it is, or as null where it is blank.
    final class Member: Sendable {
        let key: String
        let leaf: Leaf
        let isNullWhereBlank: Bool

        init?(_ value: Value) {
            guard case .leaf(let leaf, let expression) = value else { return nil }
            self.leaf = leaf
            switch expression {
            case .member(.node, let key): (self.key, isNullWhereBlank) = (key, false)
            case .apply(.simple(.blankIsNull), .member(.node, let key)): (self.key, isNullWhereBlank) = (key, true)
            default: return nil
            }
        }

        /// Writes it where it goes into the answer as it stands; false, and nothing, where it does not.
        func write(_ frame: borrowing Frame, into output: inout ByteOutput) -> Bool {
            guard case .part(let node) = frame.node, let place = frame.text.member(key, of: node) else { return false }
            if isNullWhereBlank, frame.text.isBlank(place) {
                output.write("null")
                return true
            }
            return leaf.isType(of: frame.text.kind(place)) && frame.text.write(place, into: &output)
        }
    }

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
    /// The answer to a call with these scopes, as JSON text.
    /// - Throws: ``MappingFailure`` where the provider's answer does not have the stated shape.
    public func project(_ facts: CallFacts, scopes: ScopeSet, maskText: String) throws(MappingFailure) -> [UInt8] {
        if facts.isForwarded, source == nil { return try filtered(facts.body, facts, scopes: scopes).bytes }
        let facts = try sourceFacts(facts)
        var projection = Projection(scopes: scopes, maskText: .string(maskText))
        var frame = Frame(facts)
        for expression in lets { frame.lets.append(try expression.found(in: frame)) }
        frame.node = try root.found(in: frame)
        if let mask { frame.isMasked = try mask.holds(in: frame) }
        try projection.answer(self, frame)
        return projection.output.bytes
    }

    /// The facts to read: those of the provider, or the answer that this one derives from.
    func sourceFacts(_ facts: CallFacts) throws(MappingFailure) -> CallFacts {
        guard let source else { return facts }
        var facts = facts
        let answer = try source.plan.project(facts, scopes: source.scopes, maskText: source.maskText)
        guard let text = try? JSONText(parsing: answer) else {
            throw MappingFailure(reason: "an answer that is no JSON")
        }
        facts.content = .text(text)
        facts.isForwarded = false
        return facts
    }
}

/// Carries out a plan for one set of scopes: writes the answer's text at once, key by key.
struct Projection: ~Copyable {
    let scopes: ScopeSet
    let maskText: JSON
    private(set) var output = ByteOutput(capacity: 2048)

    init(scopes: ScopeSet, maskText: JSON) {
        self.scopes = scopes
        self.maskText = maskText
    }

    mutating func answer(_ plan: AnswerPlan, _ frame: borrowing Frame) throws(MappingFailure) {
        guard plan.hasEnvelope else { return try object(plan.data, frame) }
        guard let collection = plan.collection else { return try envelope(plan, frame) }
        add(#"{"data":["#)
        for (place, item) in (frame.text.items(try collection.items.found(in: frame)) ?? []).enumerated() {
            if place > 0 { add(",") }
            try envelope(plan, Frame(in: frame, node: item))
        }
        add("]")
        try end(links: collection.links, meta: collection.meta, frame)
    }

    private mutating func envelope(_ plan: AnswerPlan, _ frame: borrowing Frame) throws(MappingFailure) {
        add(#"{"data":"#)
        try object(plan.data, frame)
        try end(links: plan.links, meta: plan.meta, frame)
    }

    private mutating func end(
        links: Structure, meta: Structure, _ frame: borrowing Frame
    ) throws(MappingFailure) {
        add(#","links":"#)
        try object(links, frame)
        add(#","meta":"#)
        try object(meta, frame)
        add("}")
    }

    private mutating func object(_ structure: Structure, _ outer: borrowing Frame) throws(MappingFailure) {
        guard !structure.lets.isEmpty || structure.mask != nil else { return try members(of: structure, outer) }
        var frame = Frame(in: outer, node: outer.node)
        for expression in structure.lets { frame.lets.append(try expression.found(in: frame)) }
        if let mask = structure.mask { frame.isMasked = try mask.holds(in: frame) }
        try members(of: structure, frame)
    }

    private mutating func members(of structure: Structure, _ frame: borrowing Frame) throws(MappingFailure) {
        guard structure.choices.isEmpty else { return try chosen(structure.choices, frame) }
        add("{")
        let start = output.count
        for held in structure.held {
            let written = held._withUnsafeGuaranteedRef { field in
                Result { () throws(MappingFailure) in
                    try member(field, isFirst: output.count == start, frame)
                }
            }
            try written.get()
        }
        add("}")
    }

    private mutating func member(
        _ field: Field, isFirst: Bool, _ frame: borrowing Frame
    ) throws(MappingFailure) {
        if let scope = field.scope, !scopes.contains(scope) { return }
        if let omitted = field.omitted, try omitted.holds(in: frame) { return }
        field.name.withUnsafeBytes { name in
            output.write(isFirst ? UnsafeRawBufferPointer(rebasing: name.dropFirst()) : name)
        }
        try value(of: field, frame)
    }

    private mutating func value(of field: Field, _ frame: borrowing Frame) throws(MappingFailure) {
        if frame.isMasked, let mask = field.mask, try mask.holds(in: frame) { return write(maskText) }
        if let when = field.when, try !when.holds(in: frame) { return write(field.otherwise) }
        if field.member?.write(frame, into: &output) == true { return }
        switch field.value {
        case .leaf(let leaf, let expression):
            try write(try expression.found(in: frame), as: leaf, frame, field.key)
        case .object(let source, let structure):
            guard let source else { return try object(structure, frame) }
            try object(structure, Frame(in: frame, node: try source.found(in: frame)))
        case .list(let source, let structure, let whenAbsent):
            guard let items = frame.text.items(try source.found(in: frame)) else { return write(whenAbsent) }
            add("[")
            for (place, item) in items.enumerated() {
                if place > 0 { add(",") }
                try object(structure, Frame(in: frame, node: item))
            }
            add("]")
        case .values(let leaf, let source):
            add("[")
            for (place, item) in (frame.text.items(try source.found(in: frame)) ?? []).enumerated() {
                if place > 0 { add(",") }
                try write(item, as: leaf, frame, field.key)
            }
            add("]")
        case .choice(let choices): try chosen(choices, frame)
        }
    }

    /// The first form that holds; empty where none does or its scope is not granted.
    private mutating func chosen(_ choices: [Field.Choice], _ frame: borrowing Frame) throws(MappingFailure) {
        for choice in choices where try choice.condition?.holds(in: frame) ?? true {
            guard choice.scope.map(scopes.contains) ?? true else { break }
            return try object(choice.structure, frame)
        }
        add("{}")
    }

    /// A part of the provider's text goes into the answer as it stands, where it is of the type and written as this
    /// project writes.
    private mutating func write(
        _ found: Found, as leaf: Field.Leaf, _ frame: borrowing Frame, _ key: String
    ) throws(MappingFailure) {
        if case .part(let place) = found, leaf.isType(of: frame.text.kind(place)),
            frame.text.write(place, into: &output)
        {
            return
        }
        write(try leaf.checked(frame.text.value(found), frame, key))
    }

    private mutating func write(_ value: JSON) { value.write(into: &output) }

    private mutating func add(_ text: StaticString) { output.write(text) }
}

extension Field.Leaf {
    /// The value where it is of this type.
    ///
    /// Fails closed: a value of another type means that the provider's protocol has changed, and what it would
    /// show nobody has granted.
    func checked(_ value: consuming JSON, _ frame: borrowing Frame, _ key: String) throws(MappingFailure) -> JSON {
        isType(of: value.kind) ? value : try converted(value, frame, key)
    }

    /// Whether values of that kind are of this type as they stand.
    fileprivate func isType(of kind: JSON.Kind) -> Bool {
        switch kind {
        case .null: true
        case .string: self == .text
        case .bool: self == .boolean
        case .integer: self == .integer || self == .number
        case .decimal: self == .number
        case .array, .object: false
        }
    }

    private func converted(
        _ value: JSON, _ frame: borrowing Frame, _ key: String
    ) throws(MappingFailure) -> JSON {
        switch (self, value) {
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
