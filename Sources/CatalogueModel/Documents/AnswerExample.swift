import Values

extension APIOperation {
    /// An answer with every key, made of the catalogue's own examples where a key has the name of a parameter.
    public var exampleAnswer: JSON {
        let known = Dictionary(
            parameters.compactMap { parameter in parameter.example.map { (Self.folded(parameter.plainName), $0) } },
            uniquingKeysWith: { first, _ in first })
        let maker = ExampleMaker(known: known)
        let data = maker.object(answer.data)
        guard answer.hasEnvelope else { return data }
        let one: JSON = ["data": data, "links": maker.object(answer.links), "meta": maker.object(answer.meta)]
        guard let collection = answer.collection else { return one }
        return ["data": [one], "links": maker.object(collection.links), "meta": maker.object(collection.meta)]
    }

    /// `nom_naissance` and `nomNaissance` are one name.
    static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "_" } }
}

/// Makes up values of the stated types.
private struct ExampleMaker {
    let known: [String: JSON]

    func object(_ structure: Structure) -> JSON {
        .object(structure.fields.map { JSON.Member($0.key, value(of: $0)) })
    }

    private func value(of field: Field) -> JSON {
        if let first = field.among.first { return first }
        switch field.value {
        case .leaf(let leaf, _): return example(leaf, field.key)
        case .object(_, let structure): return object(structure)
        case .list(_, let structure, _): return [object(structure)]
        case .values(let leaf, _): return [example(leaf, field.key)]
        case .choice(let choices): return choices.first.map { object($0.structure) } ?? .object([])
        }
    }

    private func example(_ leaf: Field.Leaf, _ key: String) -> JSON {
        let named = known[APIOperation.folded(key)]
        switch leaf {
        case .integer: return named?.int.map(JSON.integer) ?? 1
        case .number: return named?.int.map(JSON.integer) ?? .decimal("12.5")
        case .boolean: return true
        case .date: return "2026-01-31"
        case .link, .proxied: return "https://…"
        case .text: return .string((named?.items?.compactMap(\.text).joined(separator: " ") ?? named?.text) ?? "…")
        }
    }
}
