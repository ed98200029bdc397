import Values

/// The population while it grows.
struct PopulationBuilder {
    var people: [Person] = []
    var families: [Family] = []
    var students: [Student] = []
    var companies: [Company] = []
    var cases: [Population.Case] = []

    /// What a household is, besides its members.
    struct Household {
        let address: Address
        var regime: Regime? = .cnaf
        var quotient: Int?
        var rights: Rights = []
        var since = CivilDate(year: 2024, month: 4, day: 1)
        var resources = 0
    }

    /// Adds a family; answers the position of its first adult.
    @discardableResult
    mutating func add(adults: [Person], children: [Person], household: Household) -> Int {
        let start = people.count
        let family = Family(
            adults: start..<start + adults.count,
            children: start + adults.count..<start + adults.count + children.count,
            address: household.address, regime: household.regime, quotient: household.quotient,
            rights: household.rights, since: household.since, resources: household.resources)
        for (rank, person) in (adults + children).enumerated() {
            var person = person
            person.family = families.count
            person.isAdult = rank < adults.count
            people.append(person)
        }
        families.append(family)
        return start
    }

    /// Makes a student of the person at that position.
    mutating func enrol(_ person: Int, number: String, enrolments: [Student.Enrolment]) {
        people[person].student = students.count
        students.append(Student(number: number, person: person, enrolments: enrolments))
    }
}
