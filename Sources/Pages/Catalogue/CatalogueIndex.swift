import CatalogueModel

/// The catalogue as it is searched: one entry an API, with all its words folded once.
final class CatalogueIndex: Sendable {
    struct Entry: Sendable {
        let api: APIDescription
        let operations: [APIOperation]
        let provider: String
        /// What each filter may ask of it.
        let values: [CatalogueFacet: Set<String>]
        fileprivate let words: SearchWords
    }

    let entries: [Entry]
    /// The values that each filter offers, with their titles, in the order of the page.
    let options: [CatalogueFacet: [Editorial.Label]]

    init(_ catalogue: CompiledCatalogue, _ messages: Messages) {
        let maker = EntryMaker(catalogue: catalogue)
        entries = catalogue.apis.map(maker.entry).sorted { $0.words.sortKey < $1.words.sortKey }
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
        let words = SearchWords.words(query.text)
        let found = entries.filter { query.passes($0, aside: aside) && $0.words.hold(words) }
        return found.filter { $0.words.isNamed(words) } + found.filter { !$0.words.isNamed(words) }
    }

    /// How many APIs each value of a filter would leave, the other filters being as they are.
    func counts(_ facet: CatalogueFacet, _ query: CatalogueQuery) -> [String: Int] {
        search(query, aside: facet).reduce(into: [:]) { counts, entry in
            for value in entry.values[facet] ?? [] { counts[value, default: 0] += 1 }
        }
    }
}

/// Gathers what is known of an API to be searched.
private struct EntryMaker {
    let catalogue: CompiledCatalogue

    func entry(_ api: APIDescription) -> CatalogueIndex.Entry {
        let operations = catalogue.operations(of: api.id)
        return CatalogueIndex.Entry(
            api: api, operations: operations, provider: catalogue.providers[api.provider]?.title ?? api.provider,
            values: values(api, operations), words: SearchWords(api, in: catalogue))
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
}
