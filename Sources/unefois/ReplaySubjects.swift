import CatalogueModel
import Foundation
import Values

/// The questions of entries that leave them to the recorded answer: « (num_immat du fichier) » is the text of that
/// element, and the person who asks is the first that the register of vehicles names in it.
struct ReplaySubjects {
    private static let pending = " du fichier)"

    private let document: JSON

    /// Nil for an entry whose question is written out.
    init?(_ entry: ReplayIndex.Entry, folder: URL) {
        guard entry.parameters.contains(where: { Self.element(of: $0.value) != nil }),
            let bytes = try? ReplayIndex.body(folder.appending(path: entry.file)),
            let document = try? XMLReader.json(bytes)
        else { return nil }
        self.document = document
    }

    private static func element(of value: JSON) -> String? {
        guard let text = value.text, text.hasPrefix("("), text.hasSuffix(pending) else { return nil }
        return String(text.dropFirst().dropLast(pending.count))
    }

    /// The parameters written out, and the identity that FranceConnect must give.
    func parameters(_ given: [(name: String, value: JSON)]) -> [(name: String, value: JSON)] {
        let known = given.compactMap { pair -> (name: String, value: JSON)? in
            guard !pair.name.contains(" ") else { return nil }
            return (pair.name, Self.element(of: pair.value).flatMap { first($0, in: document) } ?? pair.value)
        }
        return known + identity
    }

    /// A company's car names nobody: anyone may ask, and is refused.
    private var identity: [(name: String, value: JSON)] {
        let people = all("identite_personne", in: document)
        let person = people.first { $0["flag_pers_physique"] == "oui" } ?? ["nom_naiss": "PERSONNE AUTRE"]
        var names = (person["nom_naiss"]?.text ?? "").split(separator: " ").map(String.init)
        let family: String
        if let firstNames = person["prenom"]?.text {
            family = names.joined(separator: " ")
            names = firstNames.split(separator: " ").map(String.init)
        } else {
            family = names.first ?? ""
            names = Array(names.dropFirst())
        }
        let born = (person["date_naissance"]?.text ?? "1980-01-01").split(separator: "-").map {
            JSON.string(String($0))
        }
        return [("nomNaissance", .string(family)), ("prenoms", .array(names.map(JSON.string)))]
            + zip(["anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"], born).map { ($0, $1) }
    }

    private func first(_ name: String, in value: JSON) -> JSON? { all(name, in: value).first }

    private func all(_ name: String, in value: JSON) -> [JSON] {
        if let items = value.items { return items.flatMap { all(name, in: $0) } }
        return (value.members ?? []).flatMap { member in
            member.key == name ? member.value.items ?? [member.value] : all(name, in: member.value)
        }
    }
}
