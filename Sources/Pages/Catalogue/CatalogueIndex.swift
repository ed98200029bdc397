import CatalogueModel
import Foundation
import Synchronization

/// The catalogue as it is searched: one entry an API, with all its words folded once.
final class CatalogueIndex: Sendable {
    struct Entry: Sendable {
        let api: APIDescription
        let operations: [APIOperation]
        let provider: String
        let takesFranceConnect: Bool
        fileprivate let title: String
        fileprivate let words: String
    }

    let entries: [Entry]

    init(_ catalogue: CompiledCatalogue, _ messages: Messages) {
        entries = catalogue.apis.map { api in
            let operations = catalogue.operations(of: api.id)
            let provider = catalogue.providers[api.provider]?.title ?? api.provider
            var words = [api.title, api.summary, provider, api.id, api.audience] + api.keywords
            words += operations.map(\.route) + api.scopes.map(\.name)
            var fields = Set<String>()
            for operation in operations { Self.collect(operation.answer.data, into: &fields) }
            words += fields.sorted()
            return Entry(
                api: api, operations: operations, provider: provider,
                takesFranceConnect: operations.contains(where: \.takesFranceConnect), title: Self.folded(api.title),
                words: Self.folded(words.joined(separator: "\n")))
        }.sorted { $0.title < $1.title }
    }

    /// The entries that hold every word of the query and pass its filters; those with a word in their title first.
    func search(_ query: CatalogueQuery) -> [Entry] {
        let words = Self.folded(query.text).split(whereSeparator: { $0.isWhitespace })
        let found = entries.filter { entry in
            query.passes(entry) && words.allSatisfy { entry.words.contains($0) }
        }
        func isNamed(_ entry: Entry) -> Bool { words.contains { entry.title.contains($0) } }
        return found.filter(isNamed) + found.filter { !isNamed($0) }
    }

    /// Without case, accents and typographic apostrophes.
    static func folded(_ text: String) -> String {
        text.replacingOccurrences(of: "’", with: "'")
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
