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

    /// - Parameter scopes: those that the objects around already ask for.
    private func rows(_ structure: Structure, under parent: String, depth: Int, scopes: [String] = []) -> [Row] {
        structure.fields.flatMap { rows($0, under: parent, depth: depth, scopes: scopes) }
    }

    private func rows(_ field: Field, under parent: String, depth: Int, scopes: [String]) -> [Row] {
        let scopes = Self.scopes(scopes, field.scopeName)
        func head(_ type: String) -> Row {
            row(
                field.key, under: parent, depth: depth, type: type, meaning: field.meaning, scopes: scopes,
                among: field.among)
        }
        func inner(_ structure: Structure, _ mark: String = "") -> [Row] {
            rows(structure, under: "\(parent)\(field.key)\(mark).", depth: depth + 1, scopes: scopes)
        }
        switch field.value {
        case .leaf(let leaf, _): return [head(leaf.rawValue)]
        case .values: return [head("values")]
        case .object(_, let structure): return [head("object")] + inner(structure)
        case .list(_, let structure, _): return [head("list")] + inner(structure, "[]")
        case .choice(let choices):
            return [head("choice")]
                + choices.enumerated().flatMap { offset, choice in
                    form(offset + 1, choice, under: "\(parent)\(field.key).", depth: depth + 1, scopes: scopes)
                }
        }
    }

    /// One of the forms that an object may take: a line that says so, then its fields.
    private func form(
        _ number: Int, _ choice: Field.Choice, under parent: String, depth: Int, scopes: [String]
    ) -> [Row] {
        let name = wording.messages.text("type.form", ["n": String(number)])
        let scopes = Self.scopes(scopes, choice.scopeName)
        return [row(name, under: "", depth: depth, type: "object", meaning: "", scopes: scopes)]
            + rows(choice.structure, under: parent, depth: depth + 1, scopes: scopes)
    }

    private static func scopes(_ scopes: [String], _ own: String?) -> [String] {
        own.map { scopes.contains($0) ? scopes : scopes + [$0] } ?? scopes
    }

    private func row(
        _ key: String, under parent: String, depth: Int, type: String, meaning: String, scopes: [String] = [],
        among: [JSON] = []
    ) -> Row {
        [
            "fieldKey": key, "fieldParent": parent, "fieldDepth": String(min(depth, 6)),
            "fieldType": wording.messages.text("type.\(type)"), "fieldMeaning": meaning,
            "fieldScopes": scopes.map { ["fieldScope": $0] as Row }, "fieldAmong": wording.list(among),
        ]
    }
}
