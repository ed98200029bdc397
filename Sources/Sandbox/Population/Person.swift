import Values

/// Sex at the civil register.
enum Sex: String, Sendable {
    case female = "F"
    case male = "M"
}

/// A fictional person. Each provider speaks of the same one.
struct Person: Sendable {
    let birthName: String
    var usageName: String?
    let firstNames: [String]
    let sex: Sex
    /// The date of birth; for one of a constant age, only its day and month count.
    let birth: CivilDate
    /// The age, in completed years, that this person has whatever the day: « a child of 3 » stays one.
    var constantAge: Int?
    /// The code of the commune of birth; nil abroad.
    let commune: String?
    /// The code of the country of birth.
    let country: String
    var family = 0
    var isAdult = true
    var student: Int?

    /// The date of birth as of that day.
    func birthDate(on today: CivilDate) -> CivilDate {
        guard let constantAge else { return birth }
        let isBefore = (today.month, today.day) < (birth.month, birth.day)
        return CivilDate(year: today.year - constantAge - (isBefore ? 1 : 0), month: birth.month, day: birth.day)
    }

    /// The names in the order of the civil register, for tables.
    var fullName: String { birthName + " " + firstNames.joined(separator: " ") }
}

/// The organism that pays a family its benefits.
enum Regime: Sendable {
    case cnaf
    case msa
}

/// What a family is entitled to.
struct Rights: OptionSet, Sendable {
    let rawValue: UInt16

    static let rsa = Rights(rawValue: 1)
    static let rsaIncreased = Rights(rawValue: 1 << 1)
    static let primeActivite = Rights(rawValue: 1 << 2)
    static let primeActiviteIncreased = Rights(rawValue: 1 << 3)
    static let aah = Rights(rawValue: 1 << 4)
    /// For the first of the children.
    static let aeeh = Rights(rawValue: 1 << 5)
    static let asf = Rights(rawValue: 1 << 6)
    static let c2s = Rights(rawValue: 1 << 7)
    static let c2sWithParticipation = Rights(rawValue: 1 << 8)
}

/// A household: one or two adults, then their children, side by side among the people of the population.
struct Family: Sendable {
    let adults: Range<Int>
    let children: Range<Int>
    let address: Address
    /// Nil for a household no organism knows.
    let regime: Regime?
    /// In euros a month; nil where none was ever computed.
    let quotient: Int?
    let rights: Rights
    /// The day the rights began.
    let since: CivilDate
    /// The resources of two years ago, in euros a year.
    let resources: Int
}

/// A student as the ministry of higher education knows them.
struct Student: Sendable {
    /// Identifiant national étudiant, 11 characters.
    let number: String
    let person: Int
    let enrolments: [Enrolment]

    struct Enrolment: Sendable {
        /// Whole academic years before the present one: 0 is running.
        let yearsAgo: Int
        let isEnrolled: Bool
        let scheme: String
        let school: School
    }

    /// The labels of a course's funding, as the ministry writes them.
    static let schemes = [
        "formation initiale", "formation initiale hors apprentissage",
        "reprise d'études non financée sans convention", "contrat d'apprentissage", "formation continue",
        "formation continue hors contrat professionnel", "contrat de professionnalisation",
    ]
}

/// A fictional place of study.
struct School: Sendable {
    /// Unité administrative immatriculée.
    let code: String
    let name: String
    let commune: String

    static let all = [
        School(code: "0759001A", name: "UNIVERSITE DES QUATRE VENTS", commune: "75113"),
        School(code: "0599002B", name: "UNIVERSITE DES DUNES", commune: "59350"),
        School(code: "0699003C", name: "UNIVERSITE DES DEUX RIVES", commune: "69387"),
        School(code: "0319004D", name: "INSTITUT DES METIERS DU VENT", commune: "31555"),
        School(code: "0359005E", name: "UNIVERSITE DES LANDES BLEUES", commune: "35238"),
        School(code: "0679006F", name: "ECOLE DES ARTS DU PAPIER", commune: "67482"),
        School(code: "0449007G", name: "IUT DE L'ESTUAIRE", commune: "44109"),
        School(code: "0139008H", name: "LYCEE DES CALANQUES (BTS)", commune: "13208"),
    ]
}
