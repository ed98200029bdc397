import Values

/// Turns the `parameters` of an operation into parameters, checks and slots.
struct ParameterCompiler {
    let parts: Parts
    var grids: [String: Grid] = [:]
    let diagnostics: Diagnostics
    private(set) var parameters: [Parameter] = []
    private(set) var checks: [ParameterCheck] = []
    private(set) var slots: [String] = []

    init(parts: Parts, grids: [String: Grid], diagnostics: Diagnostics) {
        self.parts = parts
        self.grids = grids
        self.diagnostics = diagnostics
    }

    /// Adds parameters or sets by name; `*` after a name marks it as mandatory.
    mutating func add(_ list: Element, route: String) {
        for item in list.items {
            guard let written = item.text else { continue }
            if let set = parts.parameterSets[written] {
                set.allow(["parameters", "checks"], diagnostics)
                if let members = set["parameters"] { add(members, route: route) }
                for check in set["checks"]?.items ?? [] { add(check: check) }
            } else {
                add(written, at: item, route: route)
            }
        }
    }

    private mutating func add(_ written: String, at item: Element, route: String) {
        let isRequired = written.hasSuffix("*")
        let name = isRequired ? String(written.dropLast()) : written
        guard let element = parts.parameters[name] else {
            diagnostics.error("no parameter or set is named '\(name)'", at: item)
            return
        }
        let types = Set(Field.Leaf.allCases.map(\.rawValue))
        element.allow(types.union(["example", "as", "among", "check", "require", "else", "fictional"]), diagnostics)
        guard let type = element.members.compactMap(\.key.text).first(where: types.contains) else {
            diagnostics.error("'\(name)' wants a type", at: element)
            return
        }
        let plain = name.hasSuffix("[]") ? String(name.dropLast(2)) : name
        let isInPath = route.contains("{\(plain)}")
        parameters.append(
            Parameter(
                name: name, meaning: element[type]?.text ?? "", example: element["example"]?.json,
                isRequired: isRequired || isInPath, isList: name.hasSuffix("[]"), isInPath: isInPath,
                slot: slot(element["as"]?.text ?? plain), type: Field.Leaf(rawValue: type) ?? .text,
                among: element["among"]?.items.map(\.json) ?? [], plainName: plain,
                fictional: element["fictional"]?.text))
        guard element["check"] != nil || element["require"] != nil else { return }
        // The check beside an optional parameter concerns those who send it.
        let slots = [parameters[parameters.count - 1].slot]
        let given = isRequired || isInPath ? [] : slots
        add(element["check"], element, slots: slots, given: given, unless: [], named: plain)
    }

    private mutating func add(check element: Element) {
        element.allow(["rule", "require", "of", "else", "given", "unless"], diagnostics)
        let names = element["of"]?.texts ?? []
        guard let first = names.first else {
            diagnostics.error("a check wants rule or require, of and else", at: element)
            return
        }
        let (given, unless) = (slots(element["given"]), slots(element["unless"]))
        add(element["rule"], element, slots: names.map { slot($0) }, given: given, unless: unless, named: first)
    }

    private mutating func slots(_ names: Element?) -> [Int] {
        var slots: [Int] = []
        for name in names?.texts ?? [] { slots.append(slot(name)) }
        return slots
    }

    private mutating func add(
        _ rule: Element?, _ element: Element, slots: [Int], given: [Int], unless: [Int], named name: String
    ) {
        guard let rule = rule.flatMap(named) ?? element["require"].flatMap({ condition($0) }) else { return }
        guard let code = element["else"]?.text else {
            diagnostics.error("a check wants the code of its error: else", at: element)
            return
        }
        let wire = parameters.first { $0.slot == slots[0] }?.plainName ?? name
        checks.append(
            ParameterCheck(rule: rule, slots: slots, code: code, parameter: wire, given: given, unless: unless))
    }

    private func named(_ element: Element) -> ParameterCheck.Rule? {
        let text = element.text ?? ""
        if let rule = ParameterRule(rawValue: text) { return .named(rule) }
        let names = ParameterRule.allCases.map(\.rawValue)
        let nearest = names.min { distance($0, text) < distance($1, text) } ?? ""
        diagnostics.error("unknown rule '\(text)'; did you mean '\(nearest)'?", at: element)
        return nil
    }

    /// A condition on parameters, which may name any of the bouquet: those that this operation does not take are null.
    private mutating func condition(_ element: Element) -> ParameterCheck.Rule? {
        for match in (element.text ?? "").matches(of: /@([A-Za-z_]+)/) {
            let name = String(match.1)
            if let parameter = parts.parameters[name] ?? parts.parameters[name + "[]"] {
                _ = slot(parameter["as"]?.text ?? name)
            }
        }
        let context = CompilerContext(
            parts: parts,
            vocabulary: Vocabulary(
                parameters: vocabulary, tables: parts.tables, nomenclatures: parts.nomenclatures, grids: grids),
            tags: [], diagnostics: diagnostics)
        return .condition(context.condition(element))
    }

    /// The slot of that canonical name, made on first use.
    mutating func slot(_ name: String) -> Int {
        if let index = slots.firstIndex(of: name) { return index }
        slots.append(name)
        return slots.count - 1
    }

    /// Slot by canonical name.
    var vocabulary: [String: Int] {
        Dictionary(slots.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
