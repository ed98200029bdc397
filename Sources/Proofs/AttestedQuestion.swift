import CatalogueModel
import Documents
import Values

/// Whom or what a call asked about, as people read it.
public enum AttestedQuestion {
    private static let labels: [(slot: String, label: String)] = [
        ("nomNaissance", "Nom de naissance"), ("nomUsage", "Nom d'usage"), ("prenoms", "Prénoms"),
        ("sexeEtatCivil", "Sexe à l'état civil"), ("nomCommuneNaissance", "Commune de naissance"),
        ("codeCogInseeCommuneNaissance", "Commune de naissance (code INSEE)"),
        ("codeCogInseeDepartementNaissance", "Département de naissance (code INSEE)"),
        ("codeCogInseePaysNaissance", "Pays de naissance (code INSEE)"),
    ]
    private static let birth = ["anneeDateNaissance", "moisDateNaissance", "jourDateNaissance"]

    /// - Parameter values: those of the operation's slots.
    public static func rows(_ operation: APIOperation, _ values: [JSON?]) -> [Report.Row] {
        func value(_ name: String) -> JSON? {
            operation.slots.firstIndex(of: name).flatMap { values.indices.contains($0) ? values[$0] : nil }
        }
        var rows = labels.compactMap { slot, label in value(slot).flatMap(text).map { Report.Row(label, $0) } }
        let parts = birth.map { value($0)?.int ?? 0 }
        if parts[0] > 0 {
            let date = CivilDate(year: parts[0], month: parts[1], day: parts[1] == 0 ? 0 : parts[2])
            rows.insert(Report.Row("Date de naissance", AttestedAnswer.text(date)), at: min(rows.count, place(rows)))
        }
        let told = Set(labels.map(\.slot) + birth)
        for (index, slot) in operation.slots.enumerated() where !told.contains(slot) {
            guard values.indices.contains(index), let words = values[index].flatMap(text) else { continue }
            let parameter = operation.parameters.first { $0.slot == index }
            // What follows a colon tells a caller how to write the parameter.
            let meaning = parameter?.meaning.split(separator: " :").first.map(String.init)
            rows.append(Report.Row(meaning ?? slot, words))
        }
        return rows
    }

    /// After the names.
    private static func place(_ rows: [Report.Row]) -> Int {
        (rows.lastIndex { $0.label.hasPrefix("Nom ") || $0.label == "Prénoms" } ?? -1) + 1
    }

    private static func text(_ value: JSON) -> String? {
        if let items = value.items { return items.isEmpty ? nil : items.compactMap(\.text).joined(separator: ", ") }
        return value.isBlank ? nil : value.text
    }
}
