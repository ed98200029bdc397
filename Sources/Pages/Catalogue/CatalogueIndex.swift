import CatalogueModel
import Synchronization

/// The catalogue as it is searched: one entry an API, with all its words folded once.
final class CatalogueIndex: Sendable {
    struct Entry: Sendable {
        let api: APIDescription
        let operations: [APIOperation]
        let provider: String
        let takesFranceConnect: Bool
        fileprivate let words: SearchWords
    }

    let entries: [Entry]

    init(_ catalogue: CompiledCatalogue, _ messages: Messages) {
        entries = catalogue.apis.map { api in
            let operations = catalogue.operations(of: api.id)
            return Entry(
                api: api, operations: operations, provider: catalogue.providers[api.provider]?.title ?? api.provider,
                takesFranceConnect: operations.contains(where: \.takesFranceConnect),
                words: SearchWords(api, in: catalogue))
        }.sorted { $0.words.sortKey < $1.words.sortKey }
    }

    /// The entries that hold every word of the query and pass its filters; those with a word in their title first.
    func search(_ query: CatalogueQuery) -> [Entry] {
        let words = SearchWords.words(query.text)
        let found = entries.filter { query.passes($0) && $0.words.hold(words) }
        return found.filter { $0.words.isNamed(words) } + found.filter { !$0.words.isNamed(words) }
    }
}

/// What a visitor looks for.
struct CatalogueQuery: Sendable {
    enum Access: String, CaseIterable { case open = "ouvert", restricted = "restreint" }

    let text: String
    let bouquet: APIDescription.Bouquet?
    let access: Access?
    let franceConnect: Bool

    init(_ fields: FormFields) {
        text = String((fields["q"] ?? "").prefix(100))
        bouquet = fields["bouquet"].flatMap(APIDescription.Bouquet.init)
        access = fields["acces"].flatMap(Access.init)
        franceConnect = fields["franceconnect"] != nil
    }

    var isEmpty: Bool { text.isEmpty && bouquet == nil && access == nil && !franceConnect }

    fileprivate func passes(_ entry: CatalogueIndex.Entry) -> Bool {
        (bouquet.map { $0 == entry.api.bouquet } ?? true)
            && (access.map { ($0 == .open) == entry.api.isOpen } ?? true)
            && (!franceConnect || entry.takesFranceConnect)
    }
}
