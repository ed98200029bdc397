import Values

/// The names that an expression may use, each resolved once when the catalogue is compiled.
struct Vocabulary {
    var parameters: [String: Int]
    var tables: [String: [String: JSON]]
    var nomenclatures: [String: Nomenclature]
    var grids: [String: Grid] = [:]
    private(set) var lets: [String: Int] = [:]
    private var letCount = 0

    init(
        parameters: [String: Int], tables: [String: [String: JSON]], nomenclatures: [String: Nomenclature],
        grids: [String: Grid] = [:]
    ) {
        self.parameters = parameters
        self.tables = tables
        self.nomenclatures = nomenclatures
        self.grids = grids
    }

    /// Names the next value; a name used again hides the one before, whose place it does not take.
    mutating func name(_ name: String) {
        lets[name] = letCount
        letCount += 1
    }
}

/// Reads expressions and conditions by recursive descent.
struct ExpressionParser {
    typealias Fault = Lexer.Fault

    private var tokens: ArraySlice<Lexer.Token>
    private let vocabulary: Vocabulary

    static func expression(_ text: String, _ vocabulary: Vocabulary) throws(Fault) -> Expression {
        if hasBrace(text) { return try template(text, vocabulary) }
        var parser = ExpressionParser(tokens: try Lexer.tokens(of: text)[...], vocabulary: vocabulary)
        let expression = try parser.alternatives()
        try parser.end()
        return expression
    }

    /// True for a brace outside of quotes: one inside belongs to a regular expression.
    private static func hasBrace(_ text: String) -> Bool {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        // Quotes come in pairs; a lone apostrophe is one of the text of a template.
        guard parts.count % 2 == 1 else { return text.contains("{") }
        return parts.enumerated().contains { $0.offset % 2 == 0 && $0.element.contains("{") }
    }

    static func condition(_ text: String, _ vocabulary: Vocabulary) throws(Fault) -> Condition {
        var parser = ExpressionParser(tokens: try Lexer.tokens(of: text)[...], vocabulary: vocabulary)
        let condition = try parser.condition()
        try parser.end()
        return condition
    }

    /// Text with expressions in braces.
    static func template(_ text: String, _ vocabulary: Vocabulary) throws(Fault) -> Expression {
        var pieces: [Expression] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw Fault(message: "a brace is not closed") }
            if open > rest.startIndex { pieces.append(.literal(.string(String(rest[..<open])))) }
            pieces.append(try expression(String(rest[rest.index(after: open)..<close]), vocabulary))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(.string(String(rest)))) }
        return .template(pieces)
    }

    private mutating func end() throws(Fault) {
        if let token = tokens.first { throw Fault(message: "'\(Self.shown(token))' was not expected here") }
    }

    private static func shown(_ token: Lexer.Token) -> String {
        switch token {
        case .name(let text), .symbol(let text): text
        case .fact(let text): "@" + text
        case .quoted(let text): "'" + text + "'"
        case .integer(let number): String(number)
        }
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard tokens.first == .symbol(symbol) else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard tokens.first == .name(word) else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func expect(_ symbol: String) throws(Fault) {
        guard take(symbol) else { throw Fault(message: "'\(symbol)' is missing") }
    }

    private mutating func condition() throws(Fault) -> Condition {
        var groups = [try conjunction()]
        while take(word: "or") { groups.append(try conjunction()) }
        return groups.count == 1 ? groups[0] : .any(groups)
    }

    private mutating func conjunction() throws(Fault) -> Condition {
        var tests = [try test()]
        while take(word: "and") { tests.append(try test()) }
        return tests.count == 1 ? tests[0] : .all(tests)
    }

    private mutating func test() throws(Fault) -> Condition {
        let left = try alternatives()
        if take("=") { return .equal(left, try alternatives()) }
        if take("!=") { return .different(left, try alternatives()) }
        if take(">=") { return Self.orEqual(Condition.greater, left, try alternatives()) }
        if take("<=") { return Self.orEqual(Condition.less, left, try alternatives()) }
        if take(">") { return .greater(left, try alternatives()) }
        if take("<") { return .less(left, try alternatives()) }
        if take(word: "starts-with") { return .startsWith(left, try alternatives()) }
        if take(word: "contains") { return .contains(left, try alternatives()) }
        if take(word: "matches") { return .matches(left, try pattern("matches")) }
        if take(word: "in") {
            return tokens.first == .symbol("(") ? .among(left, try literals()) : .listed(left, try alternatives())
        }
        guard take(word: "is") else { throw Fault(message: "a comparison is missing") }
        if take(word: "blank") { return .blank(left) }
        if take(word: "present") { return .present(left) }
        if take(word: "absent") { return .absent(left) }
        if take(word: "siren") { return .companyNumber(left, isEstablishment: false) }
        if take(word: "siret") { return .companyNumber(left, isEstablishment: true) }
        throw Fault(message: "'is' wants blank, present, absent, siren or siret")
    }

    private static func orEqual(
        _ order: (Expression, Expression) -> Condition, _ left: Expression, _ right: Expression
    ) -> Condition { .any([order(left, right), .equal(left, right)]) }

    private mutating func literals() throws(Fault) -> [JSON] {
        try expect("(")
        var values: [JSON] = []
        repeat { values.append(try literal()) } while take(",")
        try expect(")")
        return values
    }

    private mutating func literal() throws(Fault) -> JSON {
        switch tokens.popFirst() {
        case .quoted(let text): return .string(text)
        case .integer(let number): return .integer(number)
        case .name("true"): return true
        case .name("false"): return false
        case .name("null"): return nil
        default: throw Fault(message: "a text in quotes, a number, true, false or null was expected")
        }
    }

    private mutating func alternatives() throws(Fault) -> Expression {
        var options = [try piped()]
        while take("??") { options.append(try piped()) }
        return options.count == 1 ? options[0] : .alternatives(options)
    }

    private mutating func piped() throws(Fault) -> Expression {
        var value = try source()
        while take("|") { value = try applied(to: value) }
        return value
    }

    private mutating func source() throws(Fault) -> Expression {
        var value: Expression
        switch tokens.first {
        case .symbol("["):
            tokens.removeFirst()
            value = try list()
        case .symbol("("):
            tokens.removeFirst()
            value = try alternatives()
            try expect(")")
        case .symbol("."):
            tokens.removeFirst()
            value = .node
        case .fact(let name):
            tokens.removeFirst()
            value = try fact(name)
        case .name(let path) where !["true", "false", "null"].contains(path):
            tokens.removeFirst()
            value = self.path(path)
        default: value = .literal(try literal())
        }
        while take("[") {
            let condition = try condition()
            try expect("]")
            value = .filter(value, condition)
        }
        return value
    }

    private mutating func list() throws(Fault) -> Expression {
        var items: [Expression] = []
        repeat { items.append(try alternatives()) } while take(",")
        try expect("]")
        return .list(items)
    }

    private func path(_ path: String) -> Expression {
        let steps = path.split(separator: ".").map(String.init)
        if let index = steps.first.flatMap({ vocabulary.lets[$0] }) {
            return steps.dropFirst().reduce(.named(index)) { .member($0, $1) }
        }
        return steps.reduce(.node) { .member($0, $1) }
    }

    private func fact(_ name: String) throws(Fault) -> Expression {
        let steps = name.split(separator: ".", maxSplits: 1).map(String.init)
        switch (steps.first ?? "", steps[safe: 1]) {
        case ("body", nil): return .fact(.body)
        case ("body", .some(let path)):
            return path.split(separator: ".").reduce(.fact(.body)) { .member($0, String($1)) }
        case ("header", .some(let header)): return .fact(.header(header.lowercased()))
        case ("setting", .some(let setting)): return .fact(.setting(setting))
        case ("now", "year"): return .fact(.year)
        case ("now", "month"): return .fact(.month)
        case ("document", "url"): return .fact(.documentURL)
        case ("document", "expires-in"): return .fact(.documentExpiry)
        case ("document", "pages"): return .fact(.documentPages)
        case ("document", .some(let page)) where page.hasPrefix("page-"):
            guard let number = Int(page.dropFirst(5)) else { break }
            return .fact(.documentPage(number))
        case (let word, nil) where Self.facts[word] != nil:
            if let fact = Self.facts[word] { return .fact(fact) }
        case (let word, let path):
            guard let slot = vocabulary.parameters[word] else { break }
            return (path ?? "").split(separator: ".").reduce(.fact(.parameter(slot))) { .member($0, String($1)) }
        }
        throw Fault(message: "'@\(name)' is no parameter of this operation and no fact of the call")
    }

    private static let facts: [String: Fact] = [
        "status": .status, "text": .text, "today": .today, "now": .now, "recipient": .recipient,
        "request-id": .requestID, "token": .token, "organisation": .organisation, "version": .version,
        "redirected-from": .redirectedFrom,
    ]

    private mutating func applied(to value: Expression) throws(Fault) -> Expression {
        guard case .name(let name) = tokens.popFirst() else { throw Fault(message: "a transform's name is missing") }
        if name == "at" {
            switch tokens.popFirst() {
            case .name(let path): return path.split(separator: ".").reduce(value) { .member($0, String($1)) }
            case .integer(let index): return .member(value, String(index))
            default: throw Fault(message: "'at' wants a path or a position from 0")
            }
        }
        return .apply(try transform(name), value)
    }

    private mutating func transform(_ name: String) throws(Fault) -> Transform {
        if let simple = Transform.Simple(rawValue: name) { return .simple(simple) }
        if let arithmetic = Transform.Arithmetic(rawValue: name) { return .arithmetic(arithmetic, try source()) }
        switch name {
        case "pad": return .pad(try number(name))
        case "end-of-month": return .endOfMonth(try number(name))
        case "round": return .round(try number(name))
        case "slice": return .slice(try number(name), try number(name))
        case "join": return .join(try quoted(name))
        case "split": return .split(try quoted(name), try number(name))
        case "replace": return .replace(try quoted(name), try quoted(name))
        case "reformat": return .reformat(try pattern(name), try quoted(name))
        case "capture": return .capture(try pattern(name))
        case "captures": return .captures(try pattern(name))
        case "draw": return .draw(try quoted(name), max(1, try number(name)))
        case "earliest": return .earliest(try key(name))
        case "latest": return .latest(try key(name))
        case "sort": return .sort(try key(name))
        case "group": return .group(try word(name))
        case "find": return .find(try word(name))
        case "each": return .each(try source())
        case "get": return .get(try source())
        case "pivot":
            let (place, value) = (try source(), try source())
            return .pivot(place: place, value: value, name: take(word: "by") ? try source() : nil)
        case "merge": return .merge(try source())
        case "table": return .table(try table())
        case "table-or-same": return .tableOrSame(try table())
        case "label": return try label()
        case "bracket": return .bracket(vocabulary.grids, try source())
        case "null-if": return .nullIf(try literal())
        default:
            let nearest = Self.transformNames.min { distance($0, name) < distance($1, name) } ?? ""
            throw Fault(message: "unknown transform '\(name)'; did you mean '\(nearest)'?")
        }
    }

    private static let transformNames =
        Transform.Simple.allCases.map(\.rawValue) + Transform.Arithmetic.allCases.map(\.rawValue) + [
            "pad", "end-of-month", "round", "slice", "join", "split", "replace", "reformat", "capture", "captures",
            "draw",
            "earliest", "latest", "sort", "group", "find", "each", "get", "pivot", "merge", "table", "table-or-same",
            "label", "null-if", "bracket",
        ]

    private mutating func pattern(_ name: String) throws(Fault) -> Pattern {
        guard let pattern = Pattern(try quoted(name)) else { throw Fault(message: "not a regular expression") }
        return pattern
    }

    private mutating func number(_ name: String) throws(Fault) -> Int {
        guard case .integer(let number) = tokens.popFirst() else { throw Fault(message: "'\(name)' wants a number") }
        return number
    }

    private mutating func quoted(_ name: String) throws(Fault) -> String {
        guard case .quoted(let text) = tokens.popFirst() else {
            throw Fault(message: "'\(name)' wants a text in quotes")
        }
        return text
    }

    /// What tells items apart: a member, or an expression in parentheses; never a text, which is the same for all.
    private mutating func key(_ name: String) throws(Fault) -> Expression {
        if case .quoted = tokens.first { throw Fault(message: "'\(name)' wants a name") }
        return try source()
    }

    private mutating func word(_ name: String) throws(Fault) -> String {
        guard case .name(let word) = tokens.popFirst() else { throw Fault(message: "'\(name)' wants a name") }
        return word
    }

    private mutating func table() throws(Fault) -> [String: JSON] {
        let name = try word("table")
        guard let table = vocabulary.tables[name] else { throw Fault(message: "no table is named '\(name)'") }
        return table
    }

    private mutating func label() throws(Fault) -> Transform {
        let name = try word("label")
        guard let nomenclature = vocabulary.nomenclatures[name] else {
            throw Fault(message: "no nomenclature is named '\(name)'")
        }
        guard case .name(let column) = tokens.first, !["and", "or", "is", "in"].contains(column) else {
            return .label(nomenclature, column: 1)
        }
        tokens.removeFirst()
        guard let index = nomenclature.columns.firstIndex(of: column) else {
            throw Fault(message: "nomenclature '\(name)' has no column '\(column)'")
        }
        return .label(nomenclature, column: index)
    }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
