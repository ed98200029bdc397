import CatalogueModel
import Foundation
import Values

/// Whom a call asks about, in one form whatever the version and the modality.
public struct Subject {
    /// A valid SIREN or SIRET.
    let company: String?
    /// The bytes that stand for a person: the same ones each time, before they become a pseudonym.
    let person: [UInt8]?

    init(_ operation: APIOperation, _ values: [JSON?]) {
        func value(_ name: String) -> String {
            guard let slot = operation.slots.firstIndex(of: name), let value = values[slot] else { return "" }
            return Self.canonical(value)
        }
        // A parameter may take several kinds of number (siret_or_eori); a French EORI number is FR and a SIRET.
        let names = operation.slots.filter { $0.hasPrefix("siret") || $0.hasPrefix("siren") }
        let numbers = names.map(value).map { $0.hasPrefix("FR") ? String($0.dropFirst(2)) : $0 }
        company = numbers.first { CompanyNumber.isSiret($0) || CompanyNumber.isSiren($0) }
        person = Self.person(value)
    }

    /// The bytes that stand for a person whose identity is told by the names of parameters; nil where nothing is.
    public static func person(_ values: [String: String]) -> [UInt8]? {
        person { name in canonical(.string(values[name] ?? "")) }
    }

    private static func person(_ value: (String) -> String) -> [UInt8]? {
        let student = value("ine")
        // A date given whole (v2) counts as its parts.
        let date = CivilDate(value("dateNaissance"))
        let whole = [
            "anneeDateNaissance": date?.year, "moisDateNaissance": date?.month, "jourDateNaissance": date?.day,
        ]
        let parts = FranceConnectIdentity.parameters.map { name in
            whole[name]?.flatMap { $0 }.map(String.init) ?? value(name)
        }
        let identity = student.isEmpty ? parts : ["INE", student]
        return identity.allSatisfy(\.isEmpty) ? nil : Array(identity.joined(separator: "|").utf8)
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
