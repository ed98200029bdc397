import Values

/// A hand-written household and the cases it serves.
struct FeaturedFamily {
    /// Key, description, and the rank of the member the case is about.
    let cases: [(key: String, description: String, member: Int)]
    let adults: [Person]
    var children: [Person] = []
    var household: PopulationBuilder.Household
}

extension PopulationBuilder {
    /// The people every population starts with. Their names, dates and numbers are a promise to whoever wrote them down.
    mutating func addFeaturedFamilies() {
        for family in Self.ordinaryFamilies + Self.identities + Self.benefits + Self.childBenefits { add(family) }
        addHomonyms()
        addFeaturedStudents()
        add(Self.impossible)
    }

    private mutating func add(_ family: FeaturedFamily) {
        let start = add(adults: family.adults, children: family.children, household: family.household)
        for (key, description, member) in family.cases {
            cases.append(Population.Case(key: key, description: description, person: start + member))
        }
    }

    /// Nobody in life is born in a commune of the département 00.
    private static let impossible = FeaturedFamily(
        cases: [("identite-d-essai", "Personne qui ne peut exister : refusée hors du bac à sable", 0)],
        adults: [person("ESSAI", ["CAMILLE"], .female, (1990, 1, 15), "00001")], household: household("00001", 500))

    static func person(
        _ name: String, _ firstNames: [String], _ sex: Sex, _ birth: (Int, Int, Int), _ commune: String?,
        country: String = Places.france, usage: String? = nil
    ) -> Person {
        Person(
            birthName: name, usageName: usage, firstNames: firstNames, sex: sex,
            birth: CivilDate(year: birth.0, month: birth.1, day: birth.2), commune: commune, country: country)
    }

    static func child(
        _ name: String, _ firstNames: [String], _ sex: Sex, age: Int, birthday: (Int, Int), _ commune: String
    ) -> Person {
        Person(
            birthName: name, firstNames: firstNames, sex: sex,
            birth: CivilDate(year: 2000, month: birthday.0, day: birthday.1), constantAge: age, commune: commune,
            country: Places.france)
    }

    static func household(
        _ commune: String, _ quotient: Int?, _ rights: Rights = [], regime: Regime? = .cnaf, resources: Int = 18_400
    ) -> Household {
        Household(
            address: Address(
                number: 12, type: "RUE", street: "DES ORMES", complement: "BATIMENT B", commune: commune),
            regime: regime, quotient: quotient, rights: rights, resources: resources)
    }

    private static let ordinaryFamilies = [
        FeaturedFamily(
            cases: [("famille-deux-enfants", "Couple suivi par la CAF, QF 620, enfants de 3 et 9 ans", 0)],
            adults: [
                person("LEFEBVRE", ["CLAIRE", "MARIE"], .female, (1987, 6, 27), "08480"),
                person("NAVARRE", ["JULIEN"], .male, (1985, 2, 11), "67482"),
            ],
            children: [
                child("NAVARRE", ["ZOÉ"], .female, age: 3, birthday: (3, 14), "08480"),
                child("NAVARRE", ["HUGO"], .male, age: 9, birthday: (10, 2), "08480"),
            ],
            household: household("08480", 620, resources: 22_320)),
        FeaturedFamily(
            cases: [("parent-seul-msa", "Parent seul suivi par la MSA, QF 845, un enfant de 12 ans", 0)],
            adults: [person("ROUVIÈRE", ["ANTOINE"], .male, (1979, 9, 30), "48095")],
            children: [child("ROUVIÈRE", ["MANON"], .female, age: 12, birthday: (5, 19), "48095")],
            household: household("48095", 845, regime: .msa)),
        FeaturedFamily(
            cases: [("quotient-absent", "Personne connue de la CAF dont le quotient n'a pas été calculé : 404", 0)],
            adults: [person("VASSEUR", ["RENAUD"], .male, (1992, 12, 3), "59350")],
            household: household("59350", nil)),
        FeaturedFamily(
            cases: [("aucun-droit", "Personne qu'aucun organisme ne connaît : 404 partout", 0)],
            adults: [person("SOLITAIRE", ["GASTON"], .male, (1957, 2, 28), "33063")],
            household: household("33063", nil, regime: nil)),
    ]

    private static let identities = [
        FeaturedFamily(
            cases: [("ne-a-l-etranger", "Personne née au Portugal, sans commune de naissance, QF 733", 0)],
            adults: [person("FERREIRA", ["INÊS"], .female, (1983, 8, 7), nil, country: "99139")],
            children: [child("FERREIRA", ["LUCAS"], .male, age: 7, birthday: (11, 23), "69387")],
            household: household("69387", 733)),
        FeaturedFamily(
            cases: [("date-de-naissance-incomplete", "Personne dont seule l'année de naissance est connue, QF 512", 0)],
            adults: [person("DIALLO", ["AMINATA"], .female, (1978, 0, 0), nil, country: "99341")],
            household: household("13208", 512)),
        FeaturedFamily(
            cases: [("nom-compose", "Noms et prénoms composés, accentués, avec un nom d'usage, QF 1310", 0)],
            adults: [
                person(
                    "DE LA RIVIÈRE-SAINT-JEAN", ["ANNE-SOPHIE", "ÉLÉONORE"], .female, (1974, 1, 5), "35238",
                    usage: "D'AUBIGNÉ")
            ],
            household: household("35238", 1310)),
    ]

    /// Two people whom their year of birth does not tell apart.
    private mutating func addHomonyms() {
        let first = add(
            adults: [Self.person("LACHAUME", ["CAMILLE"], .female, (1990, 5, 4), "44109")], children: [],
            household: Self.household("44109", 580))
        add(
            adults: [Self.person("LACHAUME", ["CAMILLE"], .female, (1990, 11, 21), "44109")], children: [],
            household: Self.household("44109", 1120))
        cases.append(
            Population.Case(
                key: "homonymes",
                description: "Deux personnes de mêmes nom, prénom et année de naissance : impossible à identifier",
                person: first, withholdsDay: true))
        cases.append(
            Population.Case(
                key: "homonyme-distingue", description: "L'une des deux homonymes, que sa date distingue, QF 580",
                person: first))
    }
}
