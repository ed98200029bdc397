import CatalogueModel
import Values

/// One thing that changed, in the service or in an API.
struct NewsEntry: Sendable {
    /// Told by the catalogue's files; never changes once published.
    let id: String
    let date: CivilDate
    let title: String
    let text: String
    /// The page that it is about; nil for the service as a whole.
    let path: String?

    /// All of them, the latest first.
    static func all(_ catalogue: CompiledCatalogue) -> [NewsEntry] {
        let own = catalogue.editorial.news.map {
            NewsEntry(id: $0.id, date: $0.date, title: $0.title, text: $0.text, path: nil)
        }
        let ofAPIs = catalogue.apis.flatMap { api in
            api.history.map {
                NewsEntry(
                    id: "\(api.id)-\($0.date)", date: $0.date, title: api.title, text: $0.text,
                    path: "/catalogue/\(api.id)")
            }
        }
        return (own + ofAPIs).sorted { ($0.date, $0.id) > ($1.date, $1.id) }
    }
}
