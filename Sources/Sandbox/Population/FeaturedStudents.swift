import Values

extension PopulationBuilder {
    /// The students every population starts with, each a household of one.
    mutating func addFeaturedStudents() {
        addStudent(
            "etudiant-inscrit", "Étudiante inscrite cette année en formation initiale",
            Self.person("MOREAU", ["LÉA"], .female, (2004, 3, 14), "75114"), "0123456789A", [enrolment(0)])
        addStudent(
            "etudiant-admis", "Étudiant admis, pas encore inscrit",
            Self.person("BERTHELOT", ["MAËL"], .male, (2006, 5, 2), "44109"), "0123456789B",
            [enrolment(0, isEnrolled: false, school: 6)])
        addStudent(
            "regime-apprentissage", "Étudiante en contrat d'apprentissage",
            Self.person("COLLET", ["ROMY"], .female, (2005, 8, 28), "31555"), "0123456789C",
            [enrolment(0, scheme: 3, school: 3)])
        addStudent(
            "regime-formation-continue", "Étudiant en formation continue",
            Self.person("POIRAUD", ["STÉPHANE"], .male, (1984, 11, 6), "85191"), "0123456789D",
            [enrolment(0, scheme: 4, school: 4)])
        addStudent(
            "contrat-de-professionnalisation", "Étudiante en contrat de professionnalisation",
            Self.person("ZIEGLER", ["HANNAH"], .female, (2002, 2, 17), "67482"), "0123456789E",
            [enrolment(0, scheme: 6, school: 5)])
        addStudent(
            "plusieurs-inscriptions", "Étudiant inscrit l'an dernier, inscrit et admis cette année",
            Self.person("GOURVENNEC", ["ERWAN"], .male, (2003, 7, 9), "29019"), "0123456789F",
            [enrolment(1, school: 4), enrolment(0, school: 4), enrolment(0, isEnrolled: false, school: 0)])
    }

    private mutating func addStudent(
        _ key: String, _ description: String, _ person: Person, _ number: String, _ enrolments: [Student.Enrolment]
    ) {
        let position = add(adults: [person], children: [], household: Self.household("75114", 310))
        enrol(position, number: number, enrolments: enrolments)
        cases.append(Population.Case(key: key, description: description, person: position))
    }

    private func enrolment(
        _ yearsAgo: Int, isEnrolled: Bool = true, scheme: Int = 0, school: Int = 0
    ) -> Student.Enrolment {
        Student.Enrolment(
            yearsAgo: yearsAgo, isEnrolled: isEnrolled, scheme: Student.schemes[scheme], school: School.all[school])
    }
}
