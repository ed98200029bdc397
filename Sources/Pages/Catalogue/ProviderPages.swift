import CatalogueModel
import Hummingbird

/// Who holds the data.
struct ProviderPages {
    let site: Site
    let catalogue: CompiledCatalogue

    private var messages: Messages { site.messages }
    private var wording: Wording { Wording(messages: site.messages) }

    /// Those that have an API, by title.
    func list() -> Response {
        let served = catalogue.providers.values.filter { provider in
            catalogue.apis.contains { $0.provider == provider.id }
        }.sorted { ($0.title.lowercased(), $0.id) < ($1.title.lowercased(), $1.id) }
        return site.page(
            "providers", title: messages.text("providers.title"), section: .catalogue,
            [
                "providers": served.map { provider in
                    [
                        "providerTitle": provider.title, "providerPath": "/fournisseurs/\(provider.id)",
                        "providerText": provider.about,
                        "providerCount": messages.count("catalogue.results", apis(provider).count),
                    ] as Row
                }
            ])
    }

    func response(_ provider: ProviderDescription, status: StatusLine?) -> Response {
        let cards = APICards(site: site)
        let maintenances = provider.maintenances.windows.compactMap(maintenance)
        return site.page(
            "provider", title: provider.title, section: .catalogue,
            [
                "providerTitle": provider.title, "providerName": Wording.shortName(provider),
                "providerText": provider.about, "statusText": status?.text,
                "statusPath": "/etat/\(provider.id)", "statusStyle": status.map { "uf-status-\($0.level.rawValue)" },
                "maintenances": maintenances.map { ["maintenance": $0] as Row },
                "hasMaintenance": !maintenances.isEmpty,
                "errorNumbers": errorNumbers(provider),
                "apiCount": String(apis(provider).count),
                "apis": apis(provider).map { cards.row($0, catalogue.operations(of: $0.id), nil) },
            ])
    }

    /// When it is closed, with the APIs where it is not for all.
    private func maintenance(_ window: MaintenanceWindow) -> String? {
        guard let time = wording.maintenance(window, at: site.options.clock.now()) else { return nil }
        let closed = catalogue.apis.filter { window.apis.contains($0.id) }.map(\.title)
        return closed.isEmpty
            ? time : messages.text("providers.maintenanceOf", ["time": time, "apis": closed.joined(separator: ", ")])
    }

    private func apis(_ provider: ProviderDescription) -> [APIDescription] {
        catalogue.apis.filter { $0.provider == provider.id }.sorted { $0.title < $1.title }
    }

    /// The two digits by which its errors begin, and the name that they bear: an API may have its own.
    private func errorNumbers(_ provider: ProviderDescription) -> [Row] {
        let operations = catalogue.operations.filter { $0.provider.id == provider.id }
        let numbers = Dictionary(
            operations.map { ($0.errorPrefix, $0.errorProvider) } + [(provider.errorPrefix, provider.errorProvider)],
            uniquingKeysWith: { first, _ in first })
        return numbers.sorted { $0.key < $1.key }.map { ["errorNumber": $0.key, "errorName": $0.value] }
    }
}
