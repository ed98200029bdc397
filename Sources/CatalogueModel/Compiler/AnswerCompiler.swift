import Values

/// Turns the `answer` of a descriptor into a plan for one operation.
struct AnswerCompiler {
    let context: CompilerContext
    let scopes: ScopeTable

    /// - Parameter named: values that the context has named already.
    func plan(_ element: Element, after named: [Expression] = [], hasEnvelope: Bool) -> AnswerPlan {
        let keys = ["of", "let", "masked-when", "data", "links", "meta", "shape", "without", "items", "collection"]
        element.allow(Set(keys), context.diagnostics)
        var inner = context
        let lets = named + Self.lets(element["let"], &inner)
        let compiler = AnswerCompiler(context: inner, scopes: scopes)
        return AnswerPlan(
            root: element["of"].map(inner.expression) ?? .node, lets: lets,
            mask: element["masked-when"].flatMap(compiler.maskRule),
            data: compiler.structure(element, keys: element["data"]),
            links: Structure(fields: compiler.fields(element["links"])),
            meta: Structure(fields: compiler.fields(element["meta"])),
            hasEnvelope: hasEnvelope,
            collection: element["items"].map { compiler.collection($0, element["collection"]) })
    }

    /// A list of things, each with an envelope of its own; `collection` gives the links and meta of the whole.
    private func collection(_ items: Element, _ whole: Element?) -> AnswerPlan.Collection {
        whole?.allow(["links", "meta"], context.diagnostics)
        return AnswerPlan.Collection(
            items: context.expression(items), links: Structure(fields: fields(whole?["links"])),
            meta: Structure(fields: fields(whole?["meta"])))
    }

    static func lets(_ element: Element?, _ context: inout CompilerContext) -> [Expression] {
        var expressions: [Expression] = []
        for member in element?.members ?? [] {
            guard let name = member.key.text else { continue }
            expressions.append(context.expression(member.value))
            context.vocabulary.name(name)
        }
        return expressions
    }

    /// An object made of a shared shape, of keys of its own, or of both.
    private func structure(_ element: Element, keys: Element?) -> Structure {
        var inner = context
        var lets: [Expression] = []
        var shapeKeys: Element?
        if let name = element["shape"]?.text {
            guard let shape = context.parts.shapes[name] else {
                context.diagnostics.error("no shape is named '\(name)'", at: element["shape"] ?? element)
                return .empty
            }
            shape.allow(["let", "keys"], context.diagnostics)
            lets = Self.lets(shape["let"], &inner)
            shapeKeys = shape["keys"]
        }
        // The `let` of a whole answer is named by its plan.
        if element["data"] == nil { lets += Self.lets(element["let"], &inner) }
        let compiler = AnswerCompiler(context: inner, scopes: scopes)
        let without = Set(element["without"]?.texts ?? [])
        let shaped = compiler.fields(shapeKeys).filter { !without.contains($0.key) }
        let own = compiler.fields(keys)
        let ownKeys = Set(own.map(\.key))
        return Structure(fields: shaped.filter { !ownKeys.contains($0.key) } + own, lets: lets)
    }

    func fields(_ element: Element?) -> [Field] {
        (element?.members ?? []).compactMap { member in
            guard let key = member.key.text, context.applies(member.value) else { return nil }
            return field(key, member.value)
        }
    }

    private static let types = Set(Field.Leaf.allCases.map(\.rawValue)).union(["object", "list", "values", "download"])
    private static let attributes: Set = [
        "from", "when", "otherwise", "omit-when", "scope", "among", "mask", "only", "except",
    ]
    /// Attributes that go with some types only.
    private static let ownAttributes: [String: Set<String>] = [
        "object": ["let", "keys", "shape", "without", "choose", "masked-when"],
        "list": ["let", "keys", "shape", "without", "choose", "absent"], "values": ["of"],
        "download": ["target"],
    ]

    private func field(_ key: String, _ element: Element) -> Field? {
        let own = Self.ownAttributes.values.reduce(Self.types) { $0.union($1) }
        element.allow(own.union(Self.attributes), context.diagnostics)
        let types = element.members.compactMap(\.key.text).filter(Self.types.contains)
        guard types.count == 1, let type = types.first else {
            let list = Self.types.sorted().joined(separator: ", ")
            context.diagnostics.error("'\(key)' wants one type among \(list)", at: element)
            return nil
        }
        for name in element.members.compactMap(\.key.text)
        where !types.contains(name) && own.contains(name) && Self.ownAttributes[type]?.contains(name) != true {
            let owners = Self.ownAttributes.filter { $0.value.contains(name) }.keys.sorted().joined(separator: " or ")
            context.diagnostics.error("'\(name)' goes with \(owners)", at: element)
        }
        guard let value = value(key, type, element) else { return nil }
        let scope = scope(element)
        // A truth value without source is its own condition.
        let isCondition = type == Field.Leaf.boolean.rawValue && element["from"] == nil && element["when"] != nil
        return Field(
            key: key, meaning: element[type]?.text ?? "", value: masked(value, element), scope: scope?.index,
            scopeName: scope?.name, among: element["among"]?.items.map(\.json) ?? [],
            when: element["when"].map(context.condition),
            otherwise: element["otherwise"]?.json ?? (isCondition ? false : .null),
            omitted: element["omit-when"].map(context.condition),
            mask: element["mask"].map { $0.text == "always" ? .always : context.condition($0) })
    }

    private func scope(_ element: Element) -> (name: String, index: Int?)? {
        guard let name = element["scope"]?.text else { return nil }
        guard let index = scopes[name] else {
            context.diagnostics.error("scope '\(name)' is not declared by any API", at: element["scope"] ?? element)
            return (name, nil)
        }
        return (name, index)
    }

    private func value(_ key: String, _ type: String, _ element: Element) -> Field.Value? {
        let source = element["from"].map(context.expression)
        switch type {
        case "object":
            if let choose = element["choose"] { return .choice(choose.items.filter(context.applies).map(choice)) }
            return .object(from: source, structure(element, keys: element["keys"]))
        case "list":
            let items =
                element["choose"].map { Structure(fields: [], choices: $0.items.filter(context.applies).map(choice)) }
            return .list(
                from: source ?? .member(.node, key), items ?? structure(element, keys: element["keys"]),
                whenAbsent: element["absent"].map(\.json) ?? .array([]))
        case "values":
            guard let leaf = element["of"]?.text.flatMap(Field.Leaf.init) else {
                context.diagnostics.error("'values' wants the type of its items: of: text", at: element)
                return nil
            }
            return .values(leaf, from: source ?? .member(.node, key))
        case "download":
            guard let target = element["target"]?.text, context.parts.downloads[target] != nil else {
                context.diagnostics.error("'download' wants a target, a download of the provider", at: element)
                return nil
            }
            // No identifier, no address: a template would make one of nothing.
            let identifier = source ?? .member(.node, key)
            let address = Expression.template([.literal(.string(DownloadPlan.address(target))), identifier])
            return .leaf(.proxied, .choice([.init(condition: .present(identifier), value: address)]))
        default:
            return Field.Leaf(rawValue: type).map { leaf in
                let holds = element["from"] == nil && leaf == .boolean ? element["when"] : nil
                return .leaf(leaf, holds == nil ? source ?? .member(.node, key) : .literal(true))
            }
        }
    }

    /// A condition, or `{ when, only, except }` where some operations mask and others do not.
    private func maskRule(_ element: Element) -> Condition? {
        guard element.isMapping else { return context.condition(element) }
        element.allow(["when", "only", "except"], context.diagnostics)
        guard let when = element["when"] else {
            context.diagnostics.error("'when' is missing", at: element)
            return nil
        }
        return context.applies(element) ? context.condition(when) : nil
    }

    /// An object that decides itself whether its marked keys are masked.
    private func masked(_ value: Field.Value, _ element: Element) -> Field.Value {
        guard let rule = element["masked-when"], case .object(let source, let structure) = value else { return value }
        let mask = maskRule(rule)
        return .object(from: source, Structure(fields: structure.fields, lets: structure.lets, mask: mask))
    }

    private func choice(_ element: Element) -> Field.Choice {
        element.allow(["when", "scope", "keys", "shape", "only", "except", "without"], context.diagnostics)
        let scope = scope(element)
        return Field.Choice(
            condition: element["when"].map(context.condition), scope: scope?.index, scopeName: scope?.name,
            structure: structure(element, keys: element["keys"]))
    }
}
