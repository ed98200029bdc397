import Foundation

/// The words under which an API is found, without case and accents.
public struct SearchWords: Sendable {
    private let title: String
    private let all: String

    public init(_ api: APIDescription, in catalogue: CompiledCatalogue) {
        let operations = catalogue.operations(of: api.id)
        var words = [api.title, api.summary, catalogue.providers[api.provider]?.title ?? api.provider]
        words += [api.id, api.audience] + api.keywords + operations.map(\.route) + api.scopes.map(\.name)
        words += catalogue.editorial.themes.filter { api.themes.contains($0.id) }.map(\.title)
        words += api.questions.map(\.question)
        var fields = Set<String>()
        for operation in operations { Self.collect(operation.answer.data, into: &fields) }
        title = Self.folded(api.title)
        all = Self.folded((words + fields.sorted()).joined(separator: "\n"))
    }

    /// The words of a search.
    public static func words(_ text: String) -> [String] {
        folded(text).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// True where the API has each of those words somewhere; of none, always.
    public func hold(_ words: [String]) -> Bool { words.allSatisfy { all.contains($0) } }

    /// True where one of those words is in the title.
    public func isNamed(_ words: [String]) -> Bool { words.contains { title.contains($0) } }

    /// What titles are sorted by.
    public var sortKey: String { title }

    /// Without case, accents, ligatures and typographic apostrophes.
    public static func folded(_ text: String) -> String {
        text.replacingOccurrences(of: "’", with: "'").replacingOccurrences(of: "œ", with: "oe")
            .replacingOccurrences(of: "Œ", with: "oe")
            .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    /// Names and meanings of the fields, at any depth.
    private static func collect(_ structure: Structure, into words: inout Set<String>) {
        for field in structure.fields {
            words.insert(field.key)
            words.insert(field.key.replacingOccurrences(of: "_", with: " "))
            words.insert(field.meaning)
            switch field.value {
            case .leaf, .values: break
            case .object(_, let inner), .list(_, let inner, _): collect(inner, into: &words)
            case .choice(let choices): for choice in choices { collect(choice.structure, into: &words) }
            }
        }
    }
}
