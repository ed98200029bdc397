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
        func value(_ name: String) -> String {
            guard let slot = operation.slots.firstIndex(of: name), let value = values[slot] else { return "" }
            return Self.canonical(value)
        }
        // A parameter may take several kinds of number (siret_or_eori); a French EORI number is FR and a SIRET.
        var company: String?
        for (slot, name) in operation.slots.enumerated() where name.hasPrefix("sire") && company == nil {
            guard name.hasPrefix("siret") || name.hasPrefix("siren"), let value = values[slot] else { continue }
            let text = Self.canonical(value)
            let number = text.hasPrefix("FR") ? String(text.dropFirst(2)) : text
            if CompanyNumber.isSiret(number) || CompanyNumber.isSiren(number) { company = number }
        }
        self.company = company
        person = Self.person(value)
    }

    /// The bytes that stand for a person whose identity is told by the names of parameters; nil where nothing is.
    public static func person(_ values: [String: String]) -> [UInt8]? {
        person { name in canonical(.string(values[name] ?? "")) }
    }

    private static func person(_ value: (String) -> String) -> [UInt8]? {
        let student = value("ine")
        guard student.isEmpty else { return Array("INE|\(student)".utf8) }
        // A date given whole (v2) counts as its parts.
        let whole = value("dateNaissance")
        let date = whole.isEmpty ? nil : CivilDate(whole)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        var isKnown = false
        for (place, name) in FranceConnectIdentity.parameters.enumerated() {
            let part =
                switch (date, name) {
                case (let date?, "anneeDateNaissance"): String(date.year)
                case (let date?, "moisDateNaissance"): String(date.month)
                case (let date?, "jourDateNaissance"): String(date.day)
                default: value(name)
                }
            if place > 0 { bytes.append(UInt8(ascii: "|")) }
            if !part.isEmpty { isKnown = true }
            bytes.append(contentsOf: part.utf8)
        }
        return isKnown ? bytes : nil
    }

    /// Capitals without accents; numbers without leading zeros, unless they are codes.
    private static func canonical(_ value: JSON) -> String {
        let text = value.items?.compactMap(\.text).joined(separator: " ") ?? value.text ?? ""
        if text.utf8.count <= 2, let number = Int(text) { return String(number) }
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(decoding: text.utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
        }
        return text.folding(options: .diacriticInsensitive, locale: nil).uppercased()
    }
}
