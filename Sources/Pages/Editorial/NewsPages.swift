import CatalogueModel
import Hummingbird
import Values

/// What changed, for people and for feed readers.
struct NewsPages {
    let site: Site
    let catalogue: CompiledCatalogue

    private var wording: Wording { Wording(messages: site.messages) }

    func page() -> Response {
        let entries = NewsEntry.all(catalogue)
        let years = Dictionary(grouping: entries) { $0.date.year }.sorted { $0.key > $1.key }
        return site.page(
            "news", title: site.messages.text("news.title"), section: .news,
            [
                "years": years.map { year, entries in
                    ["year": String(year), "entries": entries.map(row)] as Row
                }
            ])
    }

    private func row(_ entry: NewsEntry) -> Row {
        [
            "entryID": entry.id, "entryDate": wording.date(entry.date), "entryTime": entry.date.description,
            "entryTitle": entry.title, "entryText": entry.text, "entryPath": entry.path,
        ]
    }

    /// The same as an Atom feed.
    func feed() -> Response {
        let feed = AtomFeed(
            title: "\(site.messages.text("service")) – \(site.messages.text("news.title"))",
            author: site.messages.text("service"),
            publicURL: site.options.publicURL, entries: NewsEntry.all(catalogue))
        return Response(
            status: .ok, headers: [.contentType: "application/atom+xml; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: feed.xml)))
    }
}
