import CatalogueModel
import Values

/// The fields of an answer as the rows of one table, parents before children.
struct FieldRows {
    let wording: Wording

    func rows(_ plan: AnswerPlan) -> [Row] {
        guard plan.hasEnvelope else { return rows(plan.data, under: "", depth: 0) }
        let parts = [("data", plan.data), ("links", plan.links), ("meta", plan.meta)].filter { !$0.1.fields.isEmpty }
        return parts.flatMap { name, structure in
            [row(name, under: "", depth: 0, type: "object", meaning: wording.messages.text("envelope.\(name)"))]
                + rows(structure, under: "\(name).", depth: 1)
        }
    }

    /// The dotted paths of the fields that each scope opens.
    static func pathsByScope(_ plan: AnswerPlan) -> [String: [String]] {
        var paths: [String: [String]] = [:]
        collect(plan.data, under: "", into: &paths)
        return paths
    }

    private static func collect(_ structure: Structure, under parent: String, into paths: inout [String: [String]]) {
        for field in structure.fields {
            let path = parent + field.key
            if let scope = field.scopeName { paths[scope, default: []].append(path) }
            switch field.value {
            case .leaf, .values: break
            case .object(_, let inner): collect(inner, under: "\(path).", into: &paths)
            case .list(_, let inner, _): collect(inner, under: "\(path)[].", into: &paths)
            case .choice(let choices):
                for choice in choices {
                    if let scope = choice.scopeName { paths[scope, default: []].append(path) }
                    collect(choice.structure, under: "\(path).", into: &paths)
                }
            }
        }
    }

    private func rows(_ structure: Structure, under parent: String, depth: Int) -> [Row] {
        structure.fields.flatMap { rows($0, under: parent, depth: depth) }
    }

    private func rows(_ field: Field, under parent: String, depth: Int) -> [Row] {
        func head(_ type: String) -> Row {
            row(
                field.key, under: parent, depth: depth, type: type, meaning: field.meaning, scope: field.scopeName,
                among: field.among)
        }
        let path = "\(parent)\(field.key)"
        switch field.value {
        case .leaf(let leaf, _): return [head(leaf.rawValue)]
        case .values: return [head("values")]
        case .object(_, let inner): return [head("object")] + rows(inner, under: "\(path).", depth: depth + 1)
        case .list(_, let inner, _): return [head("list")] + rows(inner, under: "\(path)[].", depth: depth + 1)
        case .choice(let choices):
            return [head("choice")]
                + choices.enumerated().flatMap { offset, choice in
                    [form(offset + 1, choice, depth + 1)] + rows(choice.structure, under: "\(path).", depth: depth + 2)
                }
        }
    }

    /// A line before the fields of one of the forms that an object may take.
    private func form(_ number: Int, _ choice: Field.Choice, _ depth: Int) -> Row {
        let name = wording.messages.text("type.form", ["n": String(number)])
        return row(name, under: "", depth: depth, type: "object", meaning: "", scope: choice.scopeName)
    }

    private func row(
        _ key: String, under parent: String, depth: Int, type: String, meaning: String, scope: String? = nil,
        among: [JSON] = []
    ) -> Row {
        [
            "fieldKey": key, "fieldParent": parent, "fieldDepth": String(min(depth, 6)),
            "fieldType": wording.messages.text("type.\(type)"), "fieldMeaning": meaning, "fieldScope": scope,
            "fieldAmong": wording.list(among),
        ]
    }
}
