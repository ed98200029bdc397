import Values

/// How much of a company may be shown (statut de diffusion, code de commerce A123-96).
enum Diffusion: String, Sendable {
    case open = "O"
    case partial = "P"
    case closed = "N"
}

/// What the body that collects social contributions says of a company.
enum Standing: Sendable {
    case upToDate
    case refused
    case manualReview
    case underReview
    case unknown
}

/// What becomes of a request for a company at the business register.
enum Fate: Sendable {
    case known
    /// A duplicate of the company of that SIREN.
    case duplicate(of: String)
    case forbidden
}

/// A fictional company.
struct Company: Sendable {
    let siren: String
    let name: String
    var acronym: String?
    /// The person who runs it in their own name; nil for a legal person.
    var owner: Int?
    let legalForm: String
    let created: CivilDate
    var ceased: CivilDate?
    var diffusion = Diffusion.open
    let trade: Trade
    /// Tranche d'effectifs, two characters.
    let staff: String
    var isSocialEconomy: Bool?
    var establishments: [Establishment]
    var successions: [Succession] = []
    var standing = Standing.upToDate
    var fate = Fate.known

    func siret(_ establishment: Establishment) -> String { siren + establishment.nic }

    var head: Establishment? { establishments.first { $0.isHead } }
}

/// One place of business of a company.
struct Establishment: Sendable {
    let nic: String
    let address: Address
    let created: CivilDate
    var closed: CivilDate?
    var sign: String?
    var isHead = false
    var diffusion = Diffusion.open

    /// The five digits that follow the SIREN of the establishment of that rank, with their Luhn digit.
    static func nic(_ rank: Int, of siren: String) -> String {
        let digits = CivilDate.padded(rank, 4)
        return digits + String(CompanyNumber.checkDigit(for: siren + digits))
    }
}

/// A move of business from one establishment to another.
struct Succession: Sendable {
    let from: String
    let to: String
    let date: CivilDate
    let movesHead: Bool
    let isContinuous: Bool
}

/// An activity: its codes in the two nomenclatures in force, and words for names.
struct Trade: Sendable {
    let nafRev2: String
    let naf25: String
    let word: String

    static let all = [
        Trade(nafRev2: "10.71C", naf25: "10.71H", word: "BOULANGERIE"),
        Trade(nafRev2: "01.13Z", naf25: "01.13Y", word: "MARAICHAGE"),
        Trade(nafRev2: "41.20A", naf25: "41.00G", word: "CONSTRUCTIONS"),
        Trade(nafRev2: "43.21A", naf25: "43.21G", word: "ELECTRICITE"),
        Trade(nafRev2: "43.32A", naf25: "43.32G", word: "MENUISERIE"),
        Trade(nafRev2: "45.20A", naf25: "95.31G", word: "GARAGE"),
        Trade(nafRev2: "47.11D", naf25: "47.11J", word: "SUPERMARCHE"),
        Trade(nafRev2: "49.41A", naf25: "49.41G", word: "TRANSPORTS"),
        Trade(nafRev2: "56.10A", naf25: "56.11G", word: "AUBERGE"),
        Trade(nafRev2: "62.01Z", naf25: "62.10Y", word: "LOGICIELS"),
        Trade(nafRev2: "68.31Z", naf25: "68.31Y", word: "AGENCE"),
        Trade(nafRev2: "70.22Z", naf25: "70.20Y", word: "CONSEIL"),
        Trade(nafRev2: "81.21Z", naf25: "81.21Y", word: "NETTOYAGE"),
        Trade(nafRev2: "85.59B", naf25: "85.59H", word: "COURS"),
        Trade(nafRev2: "86.21Z", naf25: "86.21Y", word: "CABINET"),
        Trade(nafRev2: "88.91A", naf25: "88.91G", word: "CRECHE"),
        Trade(nafRev2: "93.12Z", naf25: "93.12Y", word: "CLUB"),
        .associative,
        Trade(nafRev2: "96.02A", naf25: "96.21G", word: "COIFFURE"),
    ]

    static let bakery = all[0]
    /// Organisations that people join.
    static let associative = Trade(nafRev2: "94.99Z", naf25: "94.99Y", word: "AMIS")
}
