import Values

/// Compares two answers: the order of members, the hosts of links and free texts aside.
enum AnswerComparison {
    /// The first difference with its place; nil where there is none.
    static func difference(_ actual: JSON, _ expected: JSON, at path: String) -> String? {
        if expected == "(texte libre)", actual.text != nil { return nil }
        switch (actual, expected) {
        case (.object(let mine), .object(let theirs)):
            let (names, wanted) = (Set(mine.map(\.key)), Set(theirs.map(\.key)))
            guard names == wanted else {
                let missing = wanted.subtracting(names).sorted()
                let extra = names.subtracting(wanted).sorted()
                return "\(path): clés manquantes \(missing), en trop \(extra)"
            }
            for member in theirs {
                let found = actual[member.key] ?? .null
                if let difference = difference(found, member.value, at: path + "/" + member.key) { return difference }
            }
            return nil
        case (.array(let mine), .array(let theirs)):
            guard mine.count == theirs.count else { return "\(path): \(mine.count) éléments, attendu \(theirs.count)" }
            for (position, pair) in zip(mine, theirs).enumerated() {
                if let difference = difference(pair.0, pair.1, at: path + "/\(position)") { return difference }
            }
            return nil
        case (.string(let mine), .string(let theirs)) where theirs.hasPrefix("http") && mine.hasPrefix("http"):
            return self.path(mine) == self.path(theirs) ? nil : "\(path): \(mine), attendu \(theirs)"
        default:
            return actual.matches(expected) ? nil : "\(path): \(actual.serialized), attendu \(expected.serialized)"
        }
    }

    private static func path(_ url: String) -> Substring {
        let afterScheme = url.drop { $0 != ":" }.dropFirst(3)
        return afterScheme.drop { $0 != "/" }
    }
}
