import Values

/// A parameter of an operation, as callers write it.
public final class Parameter: Sendable {
    /// Name on the wire, with `[]` for a list.
    public let name: String
    public let meaning: String
    public let example: JSON?
    public let isRequired: Bool
    public let isList: Bool
    public let isInPath: Bool
    /// Slot in the operation's values; several names may fill one slot over the versions of an API.
    public let slot: Int
    public let type: Field.Leaf
    public let among: [JSON]

    /// The name without `[]`.
    public let plainName: String
    /// How values begin that nobody and nothing has in life: they are for the sandbox, and refused elsewhere.
    public let fictional: String?

    init(
        name: String, meaning: String, example: JSON?, isRequired: Bool, isList: Bool, isInPath: Bool, slot: Int,
        type: Field.Leaf, among: [JSON], plainName: String, fictional: String? = nil
    ) {
        (self.name, self.meaning, self.example, self.plainName) = (name, meaning, example, plainName)
        (self.isRequired, self.isList, self.isInPath, self.slot) = (isRequired, isList, isInPath, slot)
        (self.type, self.among, self.fictional) = (type, among, fictional)
    }
}

extension APIOperation {
    /// A parameter whose value exists in the sandbox only; nil where the question may be of this world.
    public func fictionalParameter(_ values: [JSON?]) -> Parameter? {
        parameters.first { parameter in
            guard let prefix = parameter.fictional, let text = (values[safe: parameter.slot] ?? nil)?.text else {
                return false
            }
            return text.begins(with: prefix)
        }
    }
}

/// A check of parameters, with the error for those that fail it.
public final class ParameterCheck: Sendable {
    public enum Rule: Sendable {
        case named(ParameterRule)
        /// A condition on the parameters; the node is the value of the first slot.
        case condition(Condition)
    }

    public let rule: Rule
    /// Slots it reads, in the rule's own order.
    public let slots: [Int]
    public let code: String
    /// The name shown in `source.parameter`.
    public let parameter: String
    /// The check is made only where each of these slots has a value.
    public let given: [Int]
    /// The check is left out where one of these slots has a value: what it says makes the checked ones needless.
    public let unless: [Int]

    init(rule: Rule, slots: [Int], code: String, parameter: String, given: [Int], unless: [Int]) {
        (self.rule, self.slots, self.code, self.parameter) = (rule, slots, code, parameter)
        (self.given, self.unless) = (given, unless)
    }

    /// True where the values of the operation's slots pass, or where the check does not concern them.
    public func accepts(_ values: [JSON?], today: CivilDate) -> Bool {
        func isGiven(_ slot: Int) -> Bool { !((values[safe: slot] ?? nil)?.isBlank ?? true) }
        guard given.allSatisfy(isGiven), !unless.contains(where: isGiven) else { return true }
        switch rule {
        case .named(let rule): return rule.accepts(ParameterRule.Values(all: values, slots: slots), today: today)
        case .condition(let condition):
            let node = slots.first.flatMap { values[safe: $0] ?? nil } ?? .null
            let frame = Frame(facts: CallFacts(asked: values, today: today), node: node)
            return (try? condition.holds(in: frame)) ?? false
        }
    }
}

/// The named validators. Each is a pure function of the values as sent.
public enum ParameterRule: String, Sendable, CaseIterable {
    case siren, siret
    /// Letters of French names, apostrophes, spaces and hyphens; mandatory.
    case name
    /// The same, where given.
    case optionalName = "optional-name"
    /// A list of at least one name.
    case names
    /// A list, whatever is in it.
    case isList = "is-list"
    case present
    case sex
    case optionalSex = "optional-sex"
    /// Year, month and day, each optional; together between 1900-01-01 and yesterday.
    case partialBirthDate = "partial-birth-date"
    /// Year, month and day of a date that exists, between 1900-01-01 and yesterday.
    case birthDate = "birth-date"
    /// `YYYY-MM-DD`.
    case isoDate = "iso-date"
    case country
    /// Country, commune, name of commune, département, year: a person born in France needs a commune.
    case birthPlace = "birth-place"
    /// Commune, where given; with a name of commune, a département and a year instead.
    case optionalCommune = "optional-commune"
    case optionalDepartment = "optional-department"
    case ine
    /// The year now, last year or the year before.
    case recentYear = "recent-year"
    /// Month 1…12, not in the future (with the year).
    case pastMonth = "past-month"
}
