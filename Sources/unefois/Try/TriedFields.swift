import CatalogueModel
import Values

/// One thing that a call asks for.
struct TriedField: Sendable {
    /// Name on the wire, with `[]` for a list.
    let name: String
    let meaning: String
    let isRequired: Bool
    let isList: Bool
    let among: [String]
    /// Values taken where nothing is typed.
    let suggestion: [String]

    /// The name without `[]`.
    var plainName: String { isList ? String(name.dropLast(2)) : name }
}

/// What an operation asks for, and the rules by which the hub will check it.
struct TriedFields: Sendable {
    let operation: APIOperation
    let fields: [TriedField]
    private let errors: ErrorNomenclature
    private let today: CivilDate

    init(_ operation: APIOperation, errors: ErrorNomenclature, today: CivilDate) {
        self.operation = operation
        self.errors = errors
        self.today = today
        let examples = Dictionary(
            CallExample(operation).values.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        let own = operation.parameters.map { parameter in
            TriedField(
                name: parameter.name, meaning: parameter.meaning, isRequired: parameter.isRequired,
                isList: parameter.isList, among: parameter.among.compactMap(\.text),
                suggestion: examples[parameter.name] ?? [])
        }
        let traces = operation.traceParameters.map { trace in
            TriedField(
                name: trace.name, meaning: trace.meaning, isRequired: trace.isRequired, isList: false, among: [],
                suggestion: [trace.example])
        }
        fields = own + traces
    }

    /// The field that goes by that name, with or without `[]`.
    func field(_ name: String) -> TriedField? { fields.first { $0.name == name || $0.plainName == name } }

    /// Errors that the hub will answer, among the checks of which all that they read is known.
    /// - Parameters:
    ///   - values: by name on the wire; what is missing or empty is not sent.
    ///   - known: names of the fields answered so far.
    func faults(_ values: [String: [String]], known: Set<String>) -> [ErrorNomenclature.Entry] {
        (traceFaults(values, known) + checkFaults(values, known)).compactMap(errors.entry)
    }

    private func traceFaults(_ values: [String: [String]], _ known: Set<String>) -> [String] {
        operation.traceParameters.filter { known.contains($0.name) }.compactMap { trace in
            let value = values[trace.name]?.first ?? ""
            guard !JSON.string(value).isBlank else { return trace.isRequired ? trace.missing : nil }
            return trace.name == "recipient" && !CompanyNumber.isSiret(value) ? "00210" : nil
        }
    }

    private func checkFaults(_ values: [String: [String]], _ known: Set<String>) -> [String] {
        var slots = [JSON?](repeating: nil, count: operation.slots.count)
        var settled = Set(operation.slots.indices)
        for parameter in operation.parameters {
            if !known.contains(parameter.name) { settled.remove(parameter.slot) }
            guard let given = values[parameter.name], !given.isEmpty else { continue }
            slots[parameter.slot] = parameter.isList ? .array(given.map(JSON.string)) : .string(given[0])
        }
        // With FranceConnect the rest is known to the citizen's token only.
        if operation.identity == .franceConnect { settled.formIntersection(operation.parameters.map(\.slot)) }
        return operation.checks.filter { check in
            settled.isSuperset(of: check.slots + check.given + check.unless) && !check.accepts(slots, today: today)
        }.map(\.code)
    }
}
