import Values

/// The parts that descriptors share, by name: those of a bouquet, then of a provider, then of the API itself.
struct Parts {
    var tables: [String: [String: JSON]] = [:]
    var shapes: [String: Element] = [:]
    var requests: [String: Element] = [:]
    var refusals: [String: Element] = [:]
    var authentication: [String: Element] = [:]
    var parameters: [String: Element] = [:]
    var parameterSets: [String: Element] = [:]
    var lookups: [String: Element] = [:]
    var downloads: [String: Element] = [:]
    /// Those of the whole catalogue.
    var nomenclatures: [String: Nomenclature] = [:]

    /// Adds what a file declares; a later declaration of a name wins.
    mutating func add(_ file: Element) {
        for member in file["tables"]?.members ?? [] {
            guard let name = member.key.text else { continue }
            tables[name] = Dictionary(
                member.value.members.compactMap { row in row.key.text.map { ($0, row.value.json) } },
                uniquingKeysWith: { $1 })
        }
        Self.collect(file["shapes"], into: &shapes)
        Self.collect(file["requests"], into: &requests)
        Self.collect(file["refusal-sets"], into: &refusals)
        Self.collect(file["authentication"], into: &authentication)
        Self.collect(file["parameters"], into: &parameters)
        Self.collect(file["parameter-sets"], into: &parameterSets)
        Self.collect(file["lookups"], into: &lookups)
        Self.collect(file["downloads"], into: &downloads)
    }

    private static func collect(_ section: Element?, into names: inout [String: Element]) {
        for member in section?.members ?? [] {
            if let name = member.key.text { names[name] = member.value }
        }
    }
}

/// What each compiler of a part needs: the shared parts, the names in sight, and where to leave remarks.
struct CompilerContext {
    var parts: Parts
    var vocabulary: Vocabulary
    /// Words that `only:` and `except:` may name: version, modality, variant of the operation.
    var tags: Set<String>
    let diagnostics: Diagnostics

    func expression(_ element: Element) -> Expression {
        guard let text = element.text else {
            if case .scalar = element.node { return .literal(element.json) }
            return choice(element)
        }
        // A number or a truth value of the file is itself; a text is an expression.
        guard case .string = element.json else { return .literal(element.json) }
        let parsed = parse(element) { () throws(Lexer.Fault) in try ExpressionParser.expression(text, vocabulary) }
        return parsed ?? .literal(.null)
    }

    func condition(_ element: Element) -> Condition {
        guard let text = element.text else {
            diagnostics.error("a condition was expected", at: element)
            return .always
        }
        let parsed = parse(element) { () throws(Lexer.Fault) in try ExpressionParser.condition(text, vocabulary) }
        return parsed ?? .always
    }

    private func parse<Value>(_ element: Element, _ body: () throws(Lexer.Fault) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            diagnostics.error(error.message, at: element)
            return nil
        }
    }

    /// A list of `{when, take}`: the first that holds.
    private func choice(_ element: Element) -> Expression {
        .choice(
            element.items.filter(applies).map { branch in
                branch.allow(["when", "take", "only", "except"], diagnostics)
                guard let take = branch["take"] else {
                    diagnostics.error("'take' is missing", at: branch)
                    return Expression.Branch(condition: nil, value: .literal(.null))
                }
                return Expression.Branch(condition: branch["when"].map(condition), value: expression(take))
            })
    }

    /// Whether a part is meant for this operation, by its `only` and `except`.
    func applies(_ element: Element) -> Bool {
        if let only = element["only"], tags.isDisjoint(with: only.texts) { return false }
        if let except = element["except"], !tags.isDisjoint(with: except.texts) { return false }
        return true
    }

    /// Name–expression pairs of a mapping.
    func pairs(_ element: Element?) -> [(name: String, value: Expression)] {
        (element?.members ?? []).compactMap { member in
            member.key.text.map { ($0, expression(member.value)) }
        }
    }

    /// A duration written `10 s`, `24 hours`, in seconds.
    func seconds(_ element: Element) -> Int {
        let words = (element.text ?? "").split(separator: " ")
        let units = [
            "s": 1, "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600,
            "day": 86400, "days": 86400,
        ]
        guard words.count == 2, let number = Int(words[0]), let unit = units[String(words[1])] else {
            diagnostics.error("a duration such as '10 seconds' or '1 hour' was expected", at: element)
            return 0
        }
        return number * unit
    }
}
