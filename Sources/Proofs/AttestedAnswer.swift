import CatalogueModel
import Documents
import Foundation
import Values

/// The fields of an answer as people read them, with the labels that the catalogue gives them.
///
/// Addresses are left out: they open documents, and a proof lives longer than they do.
public struct AttestedAnswer {
    private var sections: [Attestation.Section] = []

    /// The sections of an answer in the envelope of v3 and later.
    public static func sections(_ plan: AnswerPlan, _ body: JSON) -> [Attestation.Section] {
        var answer = AttestedAnswer()
        let title = "Ce qui a été répondu"
        guard plan.collection != nil else {
            let data = body["data"] ?? .null
            answer.add(fields(plan.data, data), data, title, level: 1)
            return answer.sections
        }
        let items = body["data"]?.items ?? []
        let count = items.isEmpty ? "Aucun élément" : String(items.count)
        answer.sections.append(.init(title: title, level: 1, rows: [Report.Row("Nombre d'éléments", count)]))
        for (index, item) in items.enumerated() {
            let data = item["data"] ?? .null
            answer.add(fields(plan.data, data), data, "Élément \(index + 1) sur \(items.count)", level: 2)
        }
        return answer.sections
    }

    private mutating func add(_ fields: [Field], _ object: JSON, _ title: String, level: Int) {
        let place = sections.count
        sections.append(.init(title: title, level: level, rows: []))
        for member in object.members ?? [] {
            guard let field = fields.first(where: { $0.key == member.key }) else { continue }
            let label = Self.label(field)
            if let text = Self.text(field, member.value) {
                sections[place].rows.append(Report.Row(label, text))
            } else {
                descend(field, member.value, label, level + 1)
            }
        }
        if sections.count == place + 1, sections[place].rows.isEmpty { sections[place].rows = [Self.nothing] }
    }

    private mutating func descend(_ field: Field, _ value: JSON, _ label: String, _ level: Int) {
        switch field.value {
        case .object(_, let inner): add(Self.fields(inner, value), value, label, level: level)
        case .choice(let choices): add(Self.fields(choices, value), value, label, level: level)
        case .list(_, let inner, _):
            let items = value.items ?? []
            for (index, item) in items.enumerated() {
                let title = items.count == 1 ? label : "\(label) : \(index + 1) sur \(items.count)"
                add(Self.fields(inner, item), item, title, level: level)
            }
        case .leaf, .values: break
        }
    }

    private static func label(_ field: Field) -> String {
        let meaning = field.meaning.isEmpty ? field.key : field.meaning
        // Callers are told how a day is written; here it is a date.
        for hint in [", en secondes", ", 00 pour"] {
            if let range = meaning.firstRange(of: hint) { return String(meaning[..<range.lowerBound]) }
        }
        return meaning
    }

    private static let nothing = Report.Row("Contenu", "Aucune information")

    /// The fields that describe an object; of several forms, those of the one that it has.
    private static func fields(_ structure: Structure, _ object: JSON) -> [Field] {
        structure.choices.isEmpty ? structure.fields : fields(structure.choices, object)
    }

    /// Those of the form whose keys are the object's, else of the first that has them all.
    private static func fields(_ choices: [Field.Choice], _ object: JSON) -> [Field] {
        let keys = Set(object.members?.map(\.key) ?? [])
        let forms = choices.map(\.structure.fields)
        return forms.first { Set($0.map(\.key)) == keys } ?? forms.first { keys.isSubset(of: $0.map(\.key)) } ?? []
    }

    /// What to write of a value that stands on one row; nil for what takes a section, or is left out.
    private static func text(_ field: Field, _ value: JSON) -> String? {
        switch field.value {
        case .leaf(let leaf, _):
            if let seconds = value.int, field.isEpoch {
                return Paris.date(at: Date(timeIntervalSince1970: Double(seconds))).french
            }
            return [.link, .proxied].contains(leaf) ? nil : text(leaf, value)
        case .values(let leaf, _):
            if [.link, .proxied].contains(leaf) { return nil }
            let items = value.items ?? []
            return items.isEmpty ? "Aucun" : items.map { text(leaf, $0) }.joined(separator: ", ")
        case .list: return value.items?.isEmpty ?? true ? (value == .null ? unknown : "Aucun") : nil
        case .object, .choice: return value.members?.allSatisfy { $0.value == .null } ?? true ? unknown : nil
        }
    }

    private static let unknown = "Non renseigné"

    private static func text(_ leaf: Field.Leaf, _ value: JSON) -> String {
        switch (leaf, value) {
        case (_, .null): return unknown
        case (_, .bool(let holds)): return holds ? "Oui" : "Non"
        case (_, .decimal(let number)): return number.replacing(".", with: ",")
        case (.date, .string(let text)): return CivilDate(text).map(self.text) ?? text
        default: return value.isBlank ? unknown : value.text ?? unknown
        }
    }

    /// A date of which month or day may be unknown.
    static func text(_ date: CivilDate) -> String {
        if date.month == 0 { return "\(date.year) (mois et jour inconnus)" }
        if date.day == 0 { return "\(CivilDate.padded(date.month, 2))/\(date.year) (jour inconnu)" }
        return date.french
    }
}
