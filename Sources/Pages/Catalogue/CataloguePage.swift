import CatalogueModel
import Hummingbird

/// The list of the APIs, searched and filtered.
struct CataloguePage {
    let site: Site
    let index: CatalogueIndex

    private var messages: Messages { site.messages }

    func response(_ fields: FormFields) -> Response {
        let query = CatalogueQuery(fields, index: index)
        let found = index.search(query)
        let count = messages.count("catalogue.results", found.count)
        let title = query.isEmpty ? messages.text("catalogue.title") : "\(messages.text("catalogue.title")) : \(count)"
        let cards = APICards(site: site)
        return site.page(
            "catalogue", title: title, section: .catalogue,
            [
                "count": count, "query": query.text, "isFiltered": !query.isEmpty, "isEmpty": found.isEmpty,
                "facets": CatalogueFacet.allCases.map { facet($0, query) }, "chosen": chosen(query),
                "hasChosen": !query.filters.isEmpty,
                "ways": found.isEmpty ? ways(query) : [],
                "apis": found.map { cards.row($0.api, $0.operations, $0.provider) },
            ])
    }

    /// A filter with its values and how many APIs each leaves.
    private func facet(_ facet: CatalogueFacet, _ query: CatalogueQuery) -> Row {
        let counts = index.counts(facet, query)
        let options = (index.options[facet] ?? []).compactMap { label -> Row? in
            let isChosen = query.filters[facet] == label.id
            guard let count = counts[label.id] ?? (isChosen ? 0 : nil) else { return nil }
            return [
                "optionValue": label.id, "optionText": "\(label.title) (\(count))", "optionIsSelected": isChosen,
            ]
        }
        return [
            "facetName": facet.rawValue, "facetLabel": messages.text("facet.\(facet.rawValue)"), "options": options,
        ]
    }

    /// The filters in use, each with the address that is without it.
    private func chosen(_ query: CatalogueQuery) -> [Row] {
        CatalogueFacet.allCases.compactMap { facet in
            guard let value = query.filters[facet] else { return nil }
            return ["chosenText": title(facet, value), "chosenPath": query.without(facet).path]
        }
    }

    /// Ways out of a search that finds nothing: less of it, where that finds something.
    private func ways(_ query: CatalogueQuery) -> [Row] {
        var ways: [(String, CatalogueQuery)] = CatalogueFacet.allCases.compactMap { facet in
            query.filters[facet].map {
                (messages.text("catalogue.without", ["filter": title(facet, $0)]), query.without(facet))
            }
        }
        if !query.text.isEmpty, !query.filters.isEmpty {
            ways.append((messages.text("catalogue.withoutText", ["text": query.text]), query.withoutText))
        }
        return ways.compactMap { text, query in
            let count = index.search(query).count
            guard count > 0 else { return nil }
            return [
                "wayText": text, "wayPath": query.path, "wayCount": messages.count("catalogue.results", count),
            ]
        }
    }

    private func title(_ facet: CatalogueFacet, _ value: String) -> String {
        index.options[facet]?.first { $0.id == value }?.title ?? value
    }
}

/// APIs as cards, the same on every page.
struct APICards {
    let site: Site

    func row(_ api: APIDescription, _ operations: [APIOperation], _ provider: String?) -> Row {
        let wording = Wording(messages: site.messages)
        return [
            "cardTitle": api.title, "cardPath": "/catalogue/\(api.id)", "cardText": api.summary,
            "cardProvider": provider, "badges": wording.badges(api, operations),
        ]
    }
}
