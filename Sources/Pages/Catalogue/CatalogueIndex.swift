import CatalogueModel
import Foundation

/// The catalogue as it is searched: one entry an API, with all its words folded once.
final class CatalogueIndex: Sendable {
    struct Entry: Sendable {
        let api: APIDescription
        let operations: [APIOperation]
        let provider: String
        /// What each filter may ask of it.
        let values: [CatalogueFacet: Set<String>]
        fileprivate let title: String
        fileprivate let words: String
    }

    let entries: [Entry]
    /// The values that each filter offers, with their titles, in the order of the page.
    let options: [CatalogueFacet: [Editorial.Label]]

    init(_ catalogue: CompiledCatalogue, _ messages: Messages) {
        let maker = EntryMaker(catalogue: catalogue)
        entries = catalogue.apis.map(maker.entry).sorted { $0.title < $1.title }
        let entries = entries
        options = Dictionary(
            uniqueKeysWithValues: CatalogueFacet.allCases.map { facet in
                let used = entries.reduce(into: Set<String>()) { $0.formUnion($1.values[facet] ?? []) }
                return (facet, facet.labels(catalogue, messages).filter { used.contains($0.id) })
            })
    }

    /// The entries that hold every word of the query and pass its filters; those with a word in their title first.
    /// - Parameter aside: a filter that does not count.
    func search(_ query: CatalogueQuery, aside: CatalogueFacet? = nil) -> [Entry] {
        let words = Self.folded(query.text).split(whereSeparator: { $0.isWhitespace })
        let found = entries.filter { entry in
            query.passes(entry, aside: aside) && words.allSatisfy { entry.words.contains($0) }
        }
        func isNamed(_ entry: Entry) -> Bool { words.contains { entry.title.contains($0) } }
        return found.filter(isNamed) + found.filter { !isNamed($0) }
    }

    /// How many APIs each value of a filter would leave, the other filters being as they are.
    func counts(_ facet: CatalogueFacet, _ query: CatalogueQuery) -> [String: Int] {
        search(query, aside: facet).reduce(into: [:]) { counts, entry in
            for value in entry.values[facet] ?? [] { counts[value, default: 0] += 1 }
        }
    }

    /// Without case, accents, ligatures and typographic apostrophes.
    static func folded(_ text: String) -> String {
        text.replacingOccurrences(of: "’", with: "'").replacingOccurrences(of: "œ", with: "oe")
            .replacingOccurrences(of: "Œ", with: "oe")
            .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }
}

/// Gathers what is known of an API to be searched.
private struct EntryMaker {
    let catalogue: CompiledCatalogue

    func entry(_ api: APIDescription) -> CatalogueIndex.Entry {
        let operations = catalogue.operations(of: api.id)
        let provider = catalogue.providers[api.provider]?.title ?? api.provider
        let themes = catalogue.editorial.themes.filter { api.themes.contains($0.id) }
        var words = [api.title, api.summary, provider, api.id, api.audience] + api.keywords + themes.map(\.title)
        words += operations.map(\.route) + api.scopes.map(\.name) + api.questions.map(\.question)
        var fields = Set<String>()
        for operation in operations { Self.collect(operation.answer.data, into: &fields) }
        words += fields.sorted()
        return CatalogueIndex.Entry(
            api: api, operations: operations, provider: provider, values: values(api, operations),
            title: CatalogueIndex.folded(api.title), words: CatalogueIndex.folded(words.joined(separator: "\n")))
    }

    private func values(_ api: APIDescription, _ operations: [APIOperation]) -> [CatalogueFacet: Set<String>] {
        var access: Set = [api.isOpen ? CatalogueFacet.open : CatalogueFacet.restricted]
        if operations.contains(where: \.takesFranceConnect) { access.insert(CatalogueFacet.franceConnect) }
        return [
            .bouquet: [api.bouquet.rawValue], .provider: [api.provider], .access: access, .theme: Set(api.themes),
            .audience: audiences(api),
        ]
    }

    /// Those of the use cases that the API serves; every one for an open API.
    private func audiences(_ api: APIDescription) -> Set<String> {
        if api.isOpen { return Set(catalogue.editorial.audiences.map(\.id)) }
        let uses = catalogue.editorial.uses(of: api.id).filter { $0.use.kind != .forbidden }
        return Set(uses.flatMap(\.useCase.audiences))
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
