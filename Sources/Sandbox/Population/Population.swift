import Values

/// Fictional people and companies, the same for a seed, that every simulated provider shares.
public struct Population: Sendable {
    let people: [Person]
    let families: [Family]
    let students: [Student]
    let companies: [Company]
    let cases: [Case]
    let clock: WallClock

    private let peopleByName: [String: [Int]]
    private let studentsByNumber: [String: Int]
    private let companiesBySiren: [String: Int]
    /// Names of the hand-written cases.
    let personKeys: [Int: String]
    let companyKeys: [Int: String]

    /// A hand-written case: the person, or the company and establishment, that it is about.
    struct Case: Sendable {
        let key: String
        let description: String
        var person: Int?
        /// Ask with the year of birth only.
        var withholdsDay = false
        var company: Int?
        var establishment: Int?
    }

    /// Makes the population of a seed: the hand-written cases, then as many as are missing to the numbers asked.
    public init(seed: UInt64, families: Int = 10_000, companies: Int = 5_000, clock: WallClock = .system) {
        var builder = PopulationBuilder()
        builder.addFeaturedFamilies()
        builder.addFeaturedCompanies()
        builder.addFamilies(upTo: families, seed: seed)
        builder.addCompanies(upTo: companies, seed: seed)
        self.people = builder.people
        self.families = builder.families
        self.students = builder.students
        self.companies = builder.companies
        self.cases = builder.cases
        self.clock = clock
        self.peopleByName = Self.index(builder.people)
        self.studentsByNumber = Dictionary(
            builder.students.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        personKeys = Dictionary(
            builder.cases.compactMap { entry in entry.person.map { ($0, entry.key) } },
            uniquingKeysWith: { first, _ in first })
        companyKeys = Dictionary(
            builder.cases.compactMap { entry in entry.company.map { ($0, entry.key) } },
            uniquingKeysWith: { first, _ in first })
        self.companiesBySiren = Dictionary(
            builder.companies.enumerated().map { ($1.siren, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func companyIndex(_ siren: String) -> Int? { companiesBySiren[siren] }

    func company(_ siren: String) -> Company? { companiesBySiren[siren].map { companies[$0] } }

    func student(_ number: String) -> Student? { studentsByNumber[folded(number)].map { students[$0] } }

    /// The person of a hand-written case.
    func featuredPerson(_ key: String) -> Person? {
        cases.first { $0.key == key }?.person.map { people[$0] }
    }

    /// Everyone who has that name and first name, and with whom every other thing known agrees.
    func people(like identity: Identity) -> [Int] {
        guard let name = identity.name, let firstName = identity.firstNames.first else { return [] }
        let today = clock.today
        let words = folded(identity.firstNames.joined(separator: " "))
        let candidates = peopleByName[Self.key(name, firstName)] ?? []
        return candidates.filter { index in
            let person = people[index]
            let first = folded(person.firstNames.first ?? "")
            return (words == first || words.hasPrefix(first + " ")) && identity.agrees(with: person, on: today)
        }
    }

    private static func index(_ people: [Person]) -> [String: [Int]] {
        var index: [String: [Int]] = [:]
        index.reserveCapacity(people.count)
        for (position, person) in people.enumerated() {
            let first = person.firstNames.first ?? ""
            index[key(person.birthName, first), default: []].append(position)
            if let usageName = person.usageName, usageName != person.birthName {
                index[key(usageName, first), default: []].append(position)
            }
        }
        return index
    }

    /// The name, then the first word of the first name: « ANNE-SOPHIE » may be written as two names.
    private static func key(_ name: String, _ firstName: String) -> String {
        folded(name) + "|" + folded(firstName).prefix { $0 != " " }
    }
}

/// What a call says of a person; what is nil or zero says nothing.
struct Identity: Sendable {
    /// Name at birth, or name in use.
    var name: String?
    var firstNames: [String] = []
    var birth: CivilDate?
    var sex: String?
    var commune: String?
    var communeName: String?
    var department: String?
    var country: String?

    func agrees(with person: Person, on today: CivilDate) -> Bool {
        let place = person.commune.flatMap(Places.commune)
        return agreesOnBirth(person.birthDate(on: today))
            && (sex.map { $0.uppercased() == person.sex.rawValue } ?? true)
            && (commune.map { $0 == person.commune } ?? true)
            && (country.map { $0 == person.country } ?? true)
            && (communeName.map { place?.isCalled($0) ?? false } ?? true)
            && (department.map { $0 == place?.department } ?? true)
    }

    private func agreesOnBirth(_ date: CivilDate) -> Bool {
        guard let birth else { return true }
        return (birth.year == 0 || birth.year == date.year) && (birth.month == 0 || birth.month == date.month)
            && (birth.day == 0 || birth.day == date.day)
    }
}
