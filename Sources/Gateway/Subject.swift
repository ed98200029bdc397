import CatalogueModel
import Foundation
import Values

/// Whom a call asks about, in one form whatever the version and the modality.
public struct Subject {
    /// A valid SIREN or SIRET.
    let company: String?
    /// The bytes that stand for a person: the same ones each time, before they become a pseudonym.
    package let person: [UInt8]?

    package init(_ operation: APIOperation, _ values: [JSON?]) {
        // A parameter may take several kinds of number (siret_or_eori); a French EORI number is FR and a SIRET.
        company = operation.companySlots.lazy.compactMap { values[$0].map(Self.canonical) }
            .map { $0.hasPrefix("FR") ? String($0.dropFirst(2)) : $0 }
            .first { CompanyNumber.isSiret($0) || CompanyNumber.isSiren($0) }
        person = Self.person { place in
            operation.personSlots[place].flatMap { values[$0] }.map(Self.canonical) ?? ""
        }
    }

    /// The bytes that stand for a person whose identity is told by the names of parameters; nil where nothing is.
    public static func person(_ values: [String: String]) -> [UInt8]? {
        person { place in canonical(.string(values[PersonIdentity.parameters[place]] ?? "")) }
    }

    /// - Parameter value: what is told at a place of ``PersonIdentity/parameters``.
    private static func person(_ value: (Int) -> String) -> [UInt8]? {
        let student = value(PersonIdentity.student)
        guard student.isEmpty else { return Array("INE|\(student)".utf8) }
        // A date given whole (v2) counts as its parts.
        let whole = value(PersonIdentity.birthDate)
        let date = whole.isEmpty ? nil : CivilDate(whole)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        var isKnown = false
        for place in PersonIdentity.civil {
            let part =
                switch (date, place) {
                case (let date?, PersonIdentity.birthYear): String(date.year)
                case (let date?, PersonIdentity.birthYear + 1): String(date.month)
                case (let date?, PersonIdentity.birthYear + 2): String(date.day)
                default: value(place)
                }
            if place > PersonIdentity.civil.lowerBound { bytes.append(UInt8(ascii: "|")) }
            if !part.isEmpty { isKnown = true }
            bytes.append(contentsOf: part.utf8)
        }
        return isKnown ? bytes : nil
    }

    /// Capitals without accents; numbers without leading zeros, unless they are codes.
    private static func canonical(_ value: JSON) -> String {
        let text = value.items?.compactMap(\.text).joined(separator: " ") ?? value.text ?? ""
        if text.utf8.count <= 2, let number = Int(text) { return String(number) }
        if text.isInCapitals { return text }
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.uppercased() }
        return text.folding(options: .diacriticInsensitive, locale: nil).uppercased()
    }
}
