import Documents
import Foundation
import Values

/// What a proof attests: who asked what of whom, under which law, and what was answered.
///
/// Proofs live five years: what is encoded today must be read by the programs of then. A new member is optional.
public struct Attestation: Sendable, Hashable, Codable {
    /// A group of rows below a heading.
    public struct Section: Sendable, Hashable, Codable {
        public var title: String
        /// Depth, from 1.
        public var level: Int
        public var rows: [Report.Row]

        public init(title: String, level: Int, rows: [Report.Row]) {
            self.title = title
            self.level = level
            self.rows = rows
        }
    }

    /// The API, as people call it.
    public var title: String
    public var operation: String
    /// Who holds the data.
    public var provider: String
    public var requestID: String
    public var made: Date
    /// True where the answer was read from the cache: the provider gave it a while before.
    public var wasKept: Bool
    /// Who asked: its name and, where it has one, its SIRET.
    public var organisation: String
    public var siret: String?
    /// SIRET of the establishment that uses the data.
    public var recipient: String?
    public var purpose: String?
    public var legalBasis: [String]
    /// True where the data are fictional.
    public var isSpecimen: Bool
    public var question: [Report.Row]
    public var answer: [Section]

    public init(
        title: String, operation: String, provider: String, requestID: String, made: Date, wasKept: Bool,
        organisation: String, siret: String?, recipient: String?, purpose: String?, legalBasis: [String],
        isSpecimen: Bool, question: [Report.Row], answer: [Section]
    ) {
        self.title = title
        self.operation = operation
        self.provider = provider
        self.requestID = requestID
        self.made = made
        self.wasKept = wasKept
        self.organisation = organisation
        self.siret = siret
        self.recipient = recipient
        self.purpose = purpose
        self.legalBasis = legalBasis
        self.isSpecimen = isSpecimen
        self.question = question
        self.answer = answer
    }

    /// The moment, as people say it: « 15 mai 2026 à 12 h 00 », in Paris.
    public var moment: String {
        let (date, minute) = (Paris.date(at: made), Paris.timeOfDay(at: made).minute)
        let day = date.day == 1 ? "1er" : String(date.day)
        let time = "\(minute / 60) h \(CivilDate.padded(minute % 60, 2))"
        return "\(day) \(Self.months[date.month - 1]) \(date.year) à \(time)"
    }

    private static let months = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ]

    /// What is known of the call itself.
    public var circumstances: [Report.Row] {
        var rows = [
            Report.Row("Demandée par", organisation + (siret.map { " (SIRET \($0))" } ?? "")),
            Report.Row("Répondue le", moment + " (heure de Paris)"),
            Report.Row("Donnée détenue par", provider),
        ]
        if let recipient, recipient != siret {
            rows.insert(Report.Row("Pour l'établissement", "SIRET " + recipient), at: 1)
        }
        if let purpose { rows.append(Report.Row("Finalité", purpose)) }
        if !legalBasis.isEmpty { rows.append(Report.Row("Cadre légal", legalBasis.joined(separator: " ; "))) }
        rows.append(Report.Row("Numéro de l'appel", requestID))
        return rows
    }
}
