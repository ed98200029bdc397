import CatalogueModel

/// A filter of the catalogue; its raw value is its name in addresses.
enum CatalogueFacet: String, CaseIterable, Sendable {
    case bouquet
    case theme
    case audience = "public"
    case provider = "fournisseur"
    case access = "acces"

    static let open = "ouvert"
    static let restricted = "restreint"
    static let franceConnect = "franceconnect"

    /// Every value that the filter may take, with its title.
    func labels(_ catalogue: CompiledCatalogue, _ messages: Messages) -> [Editorial.Label] {
        switch self {
        case .bouquet:
            APIDescription.Bouquet.allCases.map { label($0.rawValue, "bouquet", messages) }
        case .theme: catalogue.editorial.themes
        case .audience: catalogue.editorial.audiences
        case .provider:
            catalogue.providers.values.map { Editorial.Label(id: $0.id, title: Wording.shortName($0)) }
                .sorted { ($0.title.lowercased(), $0.id) < ($1.title.lowercased(), $1.id) }
        case .access: [Self.open, Self.restricted, Self.franceConnect].map { label($0, "access", messages) }
        }
    }

    private func label(_ id: String, _ names: String, _ messages: Messages) -> Editorial.Label {
        Editorial.Label(id: id, title: messages.text("\(names).\(id)"))
    }
}

/// What a visitor looks for. The whole of it is in the address, which can be shared.
struct CatalogueQuery: Sendable {
    private(set) var text: String
    private(set) var filters: [CatalogueFacet: String] = [:]

    /// - Parameter index: values that no API has are left out, so that an address that has aged still finds something.
    init(_ fields: FormFields, index: CatalogueIndex) {
        text = String((fields["q"] ?? "").prefix(100))
        for facet in CatalogueFacet.allCases {
            guard let value = fields[facet.rawValue] else { continue }
            if index.options[facet]?.contains(where: { $0.id == value }) == true { filters[facet] = value }
        }
    }

    var isEmpty: Bool { text.isEmpty && filters.isEmpty }

    /// The same without that filter.
    func without(_ facet: CatalogueFacet) -> CatalogueQuery {
        var query = self
        query.filters[facet] = nil
        return query
    }

    /// The same without words.
    var withoutText: CatalogueQuery {
        var query = self
        query.text = ""
        return query
    }

    /// Its address.
    var path: String {
        let pairs =
            (text.isEmpty ? [] : [("q", text)])
            + CatalogueFacet.allCases.compactMap { facet in filters[facet].map { (facet.rawValue, $0) } }
        guard !pairs.isEmpty else { return "/catalogue" }
        return "/catalogue?" + pairs.map { "\($0)=\(FormFields.encoded($1))" }.joined(separator: "&")
    }

    func passes(_ entry: CatalogueIndex.Entry, aside: CatalogueFacet?) -> Bool {
        filters.allSatisfy { facet, value in facet == aside || entry.values[facet]?.contains(value) == true }
    }
}
