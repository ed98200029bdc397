import CatalogueModel
import Hummingbird
import ProviderHealth

extension Pages {
    func addStatus(to router: Router<BasicRequestContext>) {
        guard let status else { return }
        let cache = StatusCache()
        @Sendable func statusPage() -> StatusPage {
            StatusPage(site: site, report: status.report(), catalogue: catalogue())
        }
        @Sendable func documents() -> StatusDocuments { StatusDocuments(site: site, report: status.report()) }
        page("/etat", router) { _, _ in cache.response("") { statusPage().response() } }
        page("/etat/:provider", router) { _, context in
            let provider = context.parameters.get("provider") ?? ""
            return try cache.response("/" + provider) { try statusPage().response(provider: provider) }
        }
        page("/etat.json", router) { _, _ in cache.response(".json") { documents().json } }
        page("/etat.atom", router) { _, _ in cache.response(".atom") { documents().atom } }
    }

    /// How a provider is doing now; nil where nothing is known.
    func statusLine(_ provider: String, _ catalogue: CompiledCatalogue) -> StatusLine? {
        guard let status, let present = catalogue.providers[provider].flatMap({ status.present($0, $0.id) }) else {
            return nil
        }
        return StatusLine(present, StatusWording(messages: site.messages))
    }
}
