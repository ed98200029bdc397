import CatalogueModel
import Hummingbird

/// The list of the APIs, searched and filtered.
struct CataloguePage {
    let site: Site
    let index: CatalogueIndex

    func response(_ query: CatalogueQuery) -> Response {
        let messages = site.messages
        let found = index.search(query)
        let count = messages.count("catalogue.results", found.count)
        let title = query.isEmpty ? messages.text("catalogue.title") : "\(messages.text("catalogue.title")) : \(count)"
        return site.page(
            "catalogue", title: title, section: .catalogue,
            [
                "count": count, "query": query.text, "isFiltered": !query.isEmpty, "isEmpty": found.isEmpty,
                "bouquets": bouquets(query), "accesses": accesses(query), "franceConnect": query.franceConnect,
                "apis": found.map(card),
            ])
    }

    private func card(_ entry: CatalogueIndex.Entry) -> Row {
        let wording = Wording(messages: site.messages)
        return [
            "cardTitle": entry.api.title, "cardPath": "/catalogue/\(entry.api.id)", "cardText": entry.api.summary,
            "cardProvider": entry.provider, "badges": wording.badges(entry.api, entry.operations),
        ]
    }

    private func bouquets(_ query: CatalogueQuery) -> [Row] {
        let served = Set(index.entries.map(\.api.bouquet))
        return APIDescription.Bouquet.allCases.filter(served.contains).map { bouquet in
            option(bouquet.rawValue, "bouquet.\(bouquet.rawValue)", bouquet == query.bouquet)
        }
    }

    private func accesses(_ query: CatalogueQuery) -> [Row] {
        CatalogueQuery.Access.allCases.map { option($0.rawValue, "access.\($0.rawValue)", $0 == query.access) }
    }

    private func option(_ value: String, _ message: String, _ isSelected: Bool) -> Row {
        ["optionValue": value, "optionText": site.messages.text(message), "optionIsSelected": isSelected]
    }
}
