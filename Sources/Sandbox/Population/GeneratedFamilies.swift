import Values

extension PopulationBuilder {
    /// The year the generated people's ages are counted from; constant, so that a seed gives the same people for ever.
    private static let reference = 2026

    /// Adds families until there are so many.
    mutating func addFamilies(upTo count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        people.reserveCapacity(people.count + count * 4)
        families.reserveCapacity(count)
        while families.count < count { addFamily(&random) }
    }

    private mutating func addFamily(_ random: inout SplitMix64) {
        let age = random.within(20...72)
        let isCouple = random.chance(62)
        let first = person(random.chance(50) ? .female : .male, born: Self.reference - age, &random)
        var adults = [first]
        if isCouple {
            let year = Self.reference - min(75, max(20, age + random.within(-6...6)))
            var partner = person(
                random.chance(96) ? (first.sex == .female ? .male : .female) : first.sex, born: year, &random)
            if random.chance(45) { partner.usageName = first.birthName }
            adults.append(partner)
        }
        let children = children(of: adults, &random)
        let household = household(adults: adults.count, children: children, &random)
        let start = add(adults: adults, children: children, household: household)
        for (rank, child) in children.enumerated() where (18...25).contains(Self.reference - child.birth.year) {
            if random.chance(60) { addStudent(start + adults.count + rank, &random) }
        }
    }

    private mutating func addStudent(_ person: Int, _ random: inout SplitMix64) {
        let digits = CivilDate.padded(random.below(1_000_000_000), 9)
        let letters = (0..<2).map { _ in random.pick(Array("ABCDEFGHJK"), or: "A") }
        let enrolments = (0..<random.within(1...3)).map { _ in
            Student.Enrolment(
                yearsAgo: random.below(3), isEnrolled: random.chance(75),
                scheme: random.chance(60) ? Student.schemes[0] : random.pick(Student.schemes, or: Student.schemes[0]),
                school: School.all[random.below(School.all.count)])
        }
        enrol(person, number: digits + String(letters), enrolments: enrolments)
    }

    private func person(
        _ sex: Sex, named name: String? = nil, born year: Int, _ random: inout SplitMix64
    ) -> Person {
        let names = sex == .female ? Names.women : Names.men
        var firstNames: [String] = []
        for _ in 0..<random.weighted([(35, 1), (35, 2), (30, 3)], or: 1) {
            let candidate = random.pick(names, or: "CAMILLE")
            if !firstNames.contains(candidate) { firstNames.append(candidate) }
        }
        let isForeign = name == nil && random.chance(11)
        // Some registers abroad give no day, or no month, of birth.
        let precision = isForeign ? random.weighted([(88, 2), (5, 1), (7, 0)], or: 2) : 2
        let month = random.within(1...12)
        let day = random.within(1...CivilDate.days(in: month, of: year))
        return Person(
            birthName: name ?? familyName(&random), firstNames: firstNames, sex: sex,
            birth: CivilDate(year: year, month: precision > 0 ? month : 0, day: precision > 1 ? day : 0),
            commune: isForeign ? nil : Places.communes[random.below(Places.communes.count)].code,
            country: isForeign ? random.pick(Places.countries, or: Places.france) : Places.france)
    }

    private func familyName(_ random: inout SplitMix64) -> String {
        random.chance(4) ? random.pick(Names.compounds, or: "VERDIER") : random.pick(Names.families, or: "VERDIER")
    }

    private func children(of adults: [Person], _ random: inout SplitMix64) -> [Person] {
        let youngest = adults.map { Self.reference - $0.birth.year }.min() ?? 20
        let count = random.weighted([(30, 0), (26, 1), (27, 2), (12, 3), (4, 4), (1, 5)], or: 0)
        let oldest = min(25, youngest - 19)
        guard oldest >= 0, youngest < 62 else { return [] }
        let name = adults[random.below(adults.count)].birthName
        // Ages that fall together are drawn once: a young parent has fewer children, and twins are left out.
        let ages = Set((0..<count).map { _ in random.within(0...oldest) }).sorted()
        return ages.map { age in
            person(random.chance(50) ? .female : .male, named: name, born: Self.reference - age, &random)
        }
    }

    private func household(adults: Int, children: [Person], _ random: inout SplitMix64) -> Household {
        let bounds = random.weighted(
            [(13, 60...399), (24, 400...699), (23, 700...999), (22, 1000...1499), (18, 1500...3800)], or: 700...999)
        let quotient = random.within(bounds)
        let isAlone = adults == 1 && !children.isEmpty
        var rights: Rights = []
        if quotient < 450, random.chance(40) {
            rights.insert(isAlone && random.chance(40) ? .rsaIncreased : .rsa)
        } else if quotient < 1000, random.chance(30) {
            rights.insert(isAlone && random.chance(30) ? .primeActiviteIncreased : .primeActivite)
        }
        if random.chance(4) { rights.insert(.aah) }
        if !children.isEmpty, random.chance(4) { rights.insert(.aeeh) }
        if isAlone, random.chance(45) { rights.insert(.asf) }
        if quotient < 500, random.chance(80) {
            rights.insert(.c2s)
        } else if quotient < 800, random.chance(40) {
            rights.insert(.c2sWithParticipation)
        }
        let isKnown = random.chance(97)
        let parts = Double(adults == 1 ? 2 : adults) + Double(children.count) / 2
        return Household(
            address: address(&random), regime: isKnown ? (random.chance(7) ? .msa : .cnaf) : nil,
            quotient: isKnown && random.chance(94) ? quotient : nil, rights: isKnown ? rights : [],
            since: CivilDate(year: random.within(2019...2025), month: random.within(1...12), day: 1),
            resources: Int(Double(quotient) * parts * 12))
    }

    func address(_ random: inout SplitMix64) -> Address {
        Address(
            number: random.within(1...148), type: random.pick(Names.streetTypes, or: "RUE"),
            street: random.pick(Names.streets, or: "DES ORMES"),
            complement: random.chance(25) ? "APPARTEMENT \(random.within(1...60))" : nil,
            commune: Places.communes[random.below(Places.communes.count)].code)
    }
}
