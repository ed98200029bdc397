import CatalogueModel
import Hummingbird

/// What the service is, for whom, and where to start.
struct HomePage {
    let site: Site
    let catalogue: CompiledCatalogue
    /// Address of the page of the service's state.
    let statusPath: String

    func response() -> Response {
        let messages = site.messages
        let providers = Set(catalogue.operations.map(\.provider.id)).count
        let figures = [
            messages.count("home.apis", catalogue.apis.count),
            messages.count("home.providers", providers),
            messages.count("home.useCases", catalogue.editorial.useCases.count),
        ]
        return site.page(
            "home", title: messages.text("home.pageTitle"), section: .home,
            [
                "figures": figures.map { figure -> Row in
                    let parts = figure.split(separator: " ", maxSplits: 1).map(String.init)
                    return ["figure": parts.first, "figureText": parts.last]
                },
                "themes": themes, "firstCall": firstCall, "isUnstyled": site.assets.dsfrPath == nil,
                "statusPath": statusPath,
            ])
    }

    /// The themes that have an API.
    private var themes: [Row] {
        let used = Set(catalogue.apis.flatMap(\.themes))
        return catalogue.editorial.themes.filter { used.contains($0.id) }.map {
            ["themeTitle": $0.title, "themePath": "/catalogue?theme=\($0.id)"]
        }
    }

    /// A first call with the demonstration token, ready to paste.
    private var firstCall: String? {
        guard let sandbox = site.options.sandbox, let operation = CallExample.first(catalogue) else { return nil }
        let example = CallExample(operation, subject: sandbox.subjects(for: operation).first)
        return "JETON='\(sandbox.token)'\n\n" + example.curl(publicURL: site.options.publicURL, token: "$JETON")
    }
}
