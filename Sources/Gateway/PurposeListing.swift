import Foundation
import Values

extension PurposeRight {
    /// The purpose and what is left of its quota, as its holder reads them.
    func json(_ now: Date) -> JSON {
        let reading = meter.read(purpose.quota, now: Int(now.timeIntervalSince1970))
        let quota: JSON =
            reading.map { reading in
                [
                    "appels": .integer(reading.limit), "periode": .string(purpose.quota?.period.french ?? ""),
                    "utilises": .integer(reading.used), "remise_a_zero": .integer(reading.reset),
                ]
            } ?? .null
        return [
            "id": .string(purpose.id), "intitule": .string(purpose.title), "cadre_legal": .string(purpose.legalBasis),
            "par_defaut": .bool(purpose.isDefault), "dossier_obligatoire": .bool(purpose.requiresCase), "quota": quota,
        ]
    }
}

extension Purpose.Period {
    /// The word by which French names the period.
    public var french: String {
        switch self {
        case .day: "jour"
        case .month: "mois"
        case .year: "an"
        }
    }
}
