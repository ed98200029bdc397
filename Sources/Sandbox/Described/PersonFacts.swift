import Values

/// What simulators written in files know of a person: the node that their expressions read.
extension Population {
    func facts(ofPerson index: Int) -> JSON {
        let person = people[index]
        let family = families[person.family]
        return .object(
            brief(index) + [
                .init("key", .optional(personKeys[index])), .init("isAdult", .bool(person.isAdult)),
                .init("email", .string(Identifiers.login(index, person) + "@exemple.fr")),
                .init("phone", .string("0199" + CivilDate.padded(index % 1_000_000, 6))),
                .init("login", .string(Identifiers.login(index, person))),
                .init("plate", .string(Identifiers.plate(index))),
                .init("taxNumber", .string(Identifiers.taxNumber(index))),
                .init("ine", .optional(person.student.map { students[$0].number })),
                .init("enrolments", .array(person.student.map { students[$0].enrolments.map(enrolment) } ?? [])),
                .init("address", address(family.address)), .init("family", facts(of: family)),
            ])
    }

    private func brief(_ index: Int) -> [JSON.Member] {
        let person = people[index]
        let today = clock.today
        let birth = person.birthDate(on: today)
        return [
            .init("number", .integer(index + 1)), .init("birthName", .string(person.birthName)),
            .init("usageName", .optional(person.usageName)),
            .init("firstNames", .array(person.firstNames.map(JSON.string))),
            .init("sex", .string(person.sex.rawValue)), .init("birth", .string(birth.description)),
            .init("age", birth.isComplete ? .integer(birth.age(at: today)) : .null),
            .init("commune", person.commune.flatMap(Places.commune).map(facts) ?? .null),
            .init("country", .string(person.country)),
        ]
    }

    private func facts(of family: Family) -> JSON {
        let regime: JSON =
            switch family.regime {
            case .cnaf: "CNAF"
            case .msa: "MSA"
            case nil: .null
            }
        return [
            "regime": regime, "quotient": family.quotient.map(JSON.integer) ?? .null,
            "resources": .integer(family.resources), "since": .string(family.since.description),
            "adults": .array(family.adults.map { .object(brief($0)) }),
            "children": .array(family.children.map { .object(brief($0)) }),
            "rights": .array(Self.names(of: family.rights)),
        ]
    }

    private static func names(of rights: Rights) -> [JSON] {
        let names: [(Rights, JSON)] = [
            (.rsa, "rsa"), (.rsaIncreased, "rsa"), (.primeActivite, "prime-activite"),
            (.primeActiviteIncreased, "prime-activite"), (.aah, "aah"), (.aeeh, "aeeh"), (.asf, "asf"), (.c2s, "c2s"),
            (.c2sWithParticipation, "c2s"),
        ]
        return names.filter { rights.contains($0.0) }.map(\.1)
    }

    private func enrolment(_ enrolment: Student.Enrolment) -> JSON {
        let today = clock.today
        let year = today.year - (today.month < 9 ? 1 : 0) - enrolment.yearsAgo
        return [
            "year": .integer(year), "isEnrolled": .bool(enrolment.isEnrolled), "scheme": .string(enrolment.scheme),
            "school": [
                "code": .string(enrolment.school.code), "name": .string(enrolment.school.name),
                "commune": Places.commune(enrolment.school.commune).map(facts) ?? .null,
            ],
        ]
    }

    func facts(_ commune: Commune) -> JSON {
        [
            "code": .string(commune.code), "name": .string(commune.name), "label": .string(commune.label),
            "department": .string(commune.department), "postcode": .string(commune.postcode),
        ]
    }

    func address(_ address: Address) -> JSON {
        [
            "number": .string(String(address.number)), "type": .string(address.type), "street": .string(address.street),
            "line": .string(address.streetLine), "cityLine": .string(address.cityLine),
            "complement": .optional(address.complement), "commune": address.place.map(facts) ?? .null,
        ]
    }
}

/// Identifiers that a person's rank in the population decides, and that lead back to it. None exists in life.
enum Identifiers {
    private static let letters = Array("ABCDEFGHJKLMNPQRSTVWXYZ")

    /// A registration plate (arrêté du 9 février 2009): two letters, three digits, two letters.
    static func plate(_ index: Int) -> String {
        var rest = index / 999
        var signs: [Character] = []
        for _ in 0..<4 {
            signs.append(letters[rest % letters.count])
            rest /= letters.count
        }
        return String([signs[3], signs[2]]) + "-" + CivilDate.padded(index % 999 + 1, 3) + "-"
            + String([signs[1], signs[0]])
    }

    static func person(plate: String) -> Int? {
        let signs = Array(plate.uppercased().filter { $0.isLetter || $0.isNumber })
        guard signs.count == 7, let number = Int(String(signs[2...4])), number > 0 else { return nil }
        var rest = 0
        for sign in [signs[0], signs[1], signs[5], signs[6]] {
            guard let place = letters.firstIndex(of: sign) else { return nil }
            rest = rest * letters.count + place
        }
        return rest * 999 + number - 1
    }

    /// A numéro fiscal: thirteen digits, the last three the remainder of the first ten by 511. Real ones start with
    /// 0 to 3.
    static func taxNumber(_ index: Int) -> String {
        let number = 9_000_000_000 + index
        return String(number) + CivilDate.padded(number % 511, 3)
    }

    static func person(taxNumber: String) -> Int? {
        guard taxNumber.utf8.count == 13, let number = Int(taxNumber), number / 1000 % 511 == number % 1000 else {
            return nil
        }
        let index = number / 1000 - 9_000_000_000
        return index >= 0 ? index : nil
    }

    /// A name for logging in: first name, name, rank.
    static func login(_ index: Int, _ person: Person) -> String {
        let words = [person.firstNames.first ?? "", person.birthName].map { text in
            folded(text).lowercased().filter { $0.isLetter }
        }
        return words.joined(separator: ".") + String(index + 1)
    }

    static func person(login: String) -> Int? {
        let digits = String(login.reversed().prefix { $0.isNumber }.reversed())
        return Int(digits).map { $0 - 1 }
    }
}
