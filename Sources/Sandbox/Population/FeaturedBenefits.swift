import Values

extension PopulationBuilder {
    /// One adult alone, for benefits that need no more.
    private static func single(
        _ key: String, _ description: String, _ person: Person, _ quotient: Int, _ rights: Rights
    ) -> FeaturedFamily {
        FeaturedFamily(
            cases: [(key, description, 0)], adults: [person], household: household("31555", quotient, rights))
    }

    static let benefits = [
        single(
            "beneficiaire-rsa", "Bénéficiaire du RSA sans majoration",
            person("PELTIER", ["MARC"], .male, (1981, 4, 17), "80021"), 210, [.rsa, .c2s]),
        FeaturedFamily(
            cases: [("beneficiaire-rsa-majore", "Bénéficiaire du RSA majoré, seule avec un enfant de 1 an", 0)],
            adults: [person("HAMONIC", ["SOAZIG"], .female, (1998, 10, 9), "29019")],
            children: [child("HAMONIC", ["ELOUAN"], .male, age: 1, birthday: (6, 30), "29019")],
            household: household("29019", 190, [.rsaIncreased, .asf, .c2s], resources: 4_100)),
        single(
            "prime-activite", "Bénéficiaire de la prime d'activité sans majoration",
            person("GRANGIER", ["SÉBASTIEN"], .male, (1991, 7, 22), "63113"), 690, .primeActivite),
        FeaturedFamily(
            cases: [("prime-activite-majoree", "Bénéficiaire de la prime d'activité majorée, seul avec un enfant", 0)],
            adults: [person("BAUDRY", ["YOHAN"], .male, (1994, 3, 1), "86194")],
            children: [child("BAUDRY", ["LISE"], .female, age: 2, birthday: (9, 12), "86194")],
            household: household("86194", 540, .primeActiviteIncreased)),
        single(
            "aah", "Bénéficiaire de l'allocation aux adultes handicapés",
            person("TERRASSON", ["MICHEL", "PAUL"], .male, (1969, 11, 14), "87085"), 560, .aah),
        single(
            "c2s-avec-participation", "Bénéficiaire de la complémentaire santé solidaire avec participation",
            person("MAURIN", ["COLETTE"], .female, (1952, 5, 25), "06088"), 700, .c2sWithParticipation),
        single(
            "c2s-sans-participation", "Bénéficiaire de la complémentaire santé solidaire sans participation",
            person("BRÉMOND", ["HALIMA"], .female, (1986, 8, 16), "34172"), 320, .c2s),
    ]

    static let childBenefits = [
        FeaturedFamily(
            cases: [
                ("aeeh", "Parent qui perçoit l'allocation d'éducation de l'enfant handicapé", 0),
                ("aeeh-enfant", "Enfant de 10 ans qui ouvre droit à cette allocation", 2),
            ],
            adults: [
                person("CHASTAGNER", ["BÉATRICE"], .female, (1982, 12, 19), "42218"),
                person("CHASTAGNER", ["OLIVIER"], .male, (1980, 6, 2), "42218"),
            ],
            children: [child("CHASTAGNER", ["GASPARD"], .male, age: 10, birthday: (1, 27), "42218")],
            household: household("42218", 910, .aeeh)),
        FeaturedFamily(
            cases: [("asf", "Bénéficiaire de l'allocation de soutien familial, seule avec deux enfants", 0)],
            adults: [person("DELCOURT", ["NATHALIE"], .female, (1977, 3, 8), "59350")],
            children: [
                child("DELCOURT", ["ENZO"], .male, age: 14, birthday: (2, 6), "59350"),
                child("DELCOURT", ["MAYA"], .female, age: 11, birthday: (7, 15), "59350"),
            ],
            household: household("59350", 480, [.asf, .primeActiviteIncreased])),
        FeaturedFamily(
            cases: [("eaje", "Couple avec un enfant de 2 ans : participation familiale en crèche", 0)],
            adults: [
                person("JOUBERT", ["MARGUERITE"], .female, (1993, 9, 3), "37261"),
                person("ESTÈVE", ["GUILLAUME"], .male, (1992, 1, 29), "75114"),
            ],
            children: [
                child("ESTÈVE", ["ALMA"], .female, age: 2, birthday: (4, 11), "37261"),
                child("ESTÈVE", ["NINO"], .male, age: 5, birthday: (12, 8), "37261"),
            ],
            household: household("37261", 1240, resources: 44_600)),
        FeaturedFamily(
            cases: [("eaje-sans-jeune-enfant", "Parent dont l'enfant a 13 ans : non éligible à la crèche", 0)],
            adults: [person("PRUVOST", ["DIDIER"], .male, (1973, 10, 31), "62193")],
            children: [child("PRUVOST", ["ÉMELINE"], .female, age: 13, birthday: (8, 20), "62193")],
            household: household("62193", 880)),
    ]
}
