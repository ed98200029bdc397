import Foundation
import Mustache
import Values

/// The texts of the pages in one language, by dotted name; templates read them as `{{t.name}}`.
struct Messages: MustacheParent, Sendable {
    private let tree: JSON

    /// Reads `messages.fr.json` and each `messages.fr.<part>.json` beside it: one table.
    /// - Throws: where two files have one name at their top.
    init(folder: URL) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        var members: [JSON.Member] = []
        for name in names where name.hasPrefix("messages.fr.") && name.hasSuffix(".json") {
            let table = try JSON(parsing: [UInt8](Data(contentsOf: folder.appending(path: name))))
            for member in table.members ?? [] {
                guard !members.contains(where: { $0.key == member.key }) else {
                    throw TemplateFault(faults: ["\(name): '\(member.key)' is in another file too"])
                }
                members.append(member)
            }
        }
        tree = .object(members)
    }

    private init(tree: JSON) { self.tree = tree }

    func child(named name: String) -> Any? {
        switch tree[name] {
        case .string(let text): text
        case .object(let members): Messages(tree: .object(members))
        default: nil
        }
    }

    /// True where that dotted name leads to a text.
    func has(_ name: String) -> Bool { find(name) != nil }

    /// The text of that dotted name, with each `{word}` replaced; the name itself where there is none.
    func text(_ name: String, _ values: [String: String] = [:]) -> String {
        guard var text = find(name) else { return name }
        for (word, value) in values { text = text.replacingOccurrences(of: "{\(word)}", with: value) }
        return text
    }

    /// The text for that many things; in French none and one are singular.
    func count(_ name: String, _ number: Int) -> String {
        text("\(name).\(number < 2 ? "one" : "many")", ["n": number == 0 ? self.text("none") : String(number)])
    }

    private func find(_ name: String) -> String? {
        var node = tree
        for part in name.split(separator: ".") {
            guard let next = node[String(part)] else { return nil }
            node = next
        }
        guard case .string(let text) = node else { return nil }
        return text
    }
}
