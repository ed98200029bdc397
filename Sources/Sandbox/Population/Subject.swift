import Values

/// One person or company of the fictional population, with what to send to a hub to ask about it.
public struct Subject: Sendable {
    public enum Kind: String, Sendable {
        case person
        case student
        case company
    }

    /// The name of a hand-written case, in kebab case; nil for a generated one. `fc-<key>` is a FranceConnect access
    /// token for a person.
    public let key: String?
    public let kind: Kind
    /// One line in French.
    public let description: String
    /// Parameters under the hub's public names (version 3); a list repeats its name, which ends in `[]`.
    public let parameters: [(name: String, value: String)]
}

extension Population {
    /// The hand-written cases, which no seed changes. Dates of birth of children are as of today.
    public var featured: [Subject] {
        let today = clock.today
        return cases.map { subject(of: $0, on: today) }
    }

    /// People whose name or student number holds that text (accents and case aside), the hand-written ones first.
    /// - Parameter limit: at most so many.
    public func people(matching text: String? = nil, limit: Int) -> [Subject] {
        let today = clock.today
        let keys = Dictionary(
            cases.compactMap { entry in entry.person.map { ($0, entry.key) } }, uniquingKeysWith: { first, _ in first })
        let wanted = folded(text ?? "")
        let found = people.indices.lazy.filter { index in
            let person = people[index]
            return wanted.isEmpty || folded(person.fullName + " " + (person.usageName ?? "")).contains(wanted)
                || person.student.map { students[$0].number == wanted } ?? false
        }
        return found.prefix(max(0, limit)).map { index in
            Subject(
                key: keys[index], kind: people[index].student == nil ? .person : .student,
                description: summary(of: people[index], on: today),
                parameters: parameters(of: people[index], on: today))
        }
    }

    /// Companies whose name or number holds that text, the hand-written ones first.
    /// - Parameter limit: at most so many.
    public func companies(matching text: String? = nil, limit: Int) -> [Subject] {
        let keys = Dictionary(
            cases.compactMap { entry in entry.company.map { ($0, entry.key) } }, uniquingKeysWith: { first, _ in first }
        )
        let wanted = folded(text ?? "")
        let found = companies.indices.lazy.filter { index in
            wanted.isEmpty || folded(companies[index].name).contains(wanted) || companies[index].siren.contains(wanted)
        }
        return found.prefix(max(0, limit)).map { index in
            Subject(
                key: keys[index], kind: .company, description: summary(of: companies[index]),
                parameters: parameters(of: companies[index], establishment: nil))
        }
    }

    private func subject(of entry: Case, on today: CivilDate) -> Subject {
        if let index = entry.person {
            let person = people[index]
            return Subject(
                key: entry.key, kind: person.student == nil ? .person : .student, description: entry.description,
                parameters: parameters(of: person, on: today, withDay: !entry.withholdsDay))
        }
        let found = entry.company.map { parameters(of: companies[$0], establishment: entry.establishment) }
        return Subject(key: entry.key, kind: .company, description: entry.description, parameters: found ?? [])
    }

    private func parameters(of person: Person, on today: CivilDate, withDay: Bool = true) -> [(
        name: String, value: String
    )] {
        let birth = person.birthDate(on: today)
        var list: [(name: String, value: String)] = [("nomNaissance", person.birthName)]
        if let usageName = person.usageName { list.append(("nomUsage", usageName)) }
        list += person.firstNames.map { ("prenoms[]", $0) }
        list.append(("anneeDateNaissance", String(birth.year)))
        if withDay, birth.month > 0 { list.append(("moisDateNaissance", String(birth.month))) }
        if withDay, birth.day > 0 { list.append(("jourDateNaissance", String(birth.day))) }
        list.append(("sexeEtatCivil", person.sex.rawValue))
        list.append(("codeCogInseePaysNaissance", person.country))
        if let commune = person.commune { list.append(("codeCogInseeCommuneNaissance", commune)) }
        if let student = person.student { list.append(("ine", students[student].number)) }
        return list
    }

    private func parameters(of company: Company, establishment: Int?) -> [(name: String, value: String)] {
        let chosen = establishment.map { company.establishments[$0] } ?? company.head
        return [("siren", company.siren)] + (chosen.map { [("siret", company.siret($0))] } ?? [])
    }

    private func summary(of person: Person, on today: CivilDate) -> String {
        let family = families[person.family]
        let age = person.birthDate(on: today).age(at: today)
        var parts = [person.isAdult ? "allocataire" : "enfant de \(age) an" + (age > 1 ? "s" : "")]
        switch family.regime {
        case .cnaf: parts.append("CNAF")
        case .msa: parts.append("MSA")
        case nil: parts.append("inconnu des caisses")
        }
        if let quotient = family.quotient { parts.append("QF \(quotient)") }
        if person.isAdult, !family.children.isEmpty { parts.append("\(family.children.count) enfant(s)") }
        if person.student != nil { parts.append("étudiant") }
        return parts.joined(separator: ", ")
    }

    private func summary(of company: Company) -> String {
        var parts = [company.owner == nil ? company.name : "entrepreneur individuel", company.trade.nafRev2]
        parts.append("\(company.establishments.count) établissement(s)")
        if company.ceased != nil { parts.append("cessée") }
        if company.diffusion != .open { parts.append("diffusion \(company.diffusion.rawValue)") }
        return parts.joined(separator: ", ")
    }
}
