import CatalogueModel
import Hummingbird

/// What the service is, for whom, and where to start.
struct HomePage {
    let site: Site
    let catalogue: CompiledCatalogue

    func response() -> Response {
        let messages = site.messages
        let providers = Set(catalogue.operations.map(\.provider.id)).count
        let figures = [
            messages.count("home.apis", catalogue.apis.count),
            messages.count("home.operations", catalogue.operations.count),
            messages.count("home.providers", providers),
        ]
        return site.page(
            "home", title: messages.text("home.pageTitle"), section: .home,
            [
                "figures": figures.map { figure -> Row in
                    let parts = figure.split(separator: " ", maxSplits: 1).map(String.init)
                    return ["figure": parts.first, "figureText": parts.last]
                },
                "firstCall": firstCall, "isUnstyled": site.assets.dsfrPath == nil,
            ])
    }

    /// A first call with the demonstration token, ready to paste.
    private var firstCall: String? {
        guard let sandbox = site.options.sandbox else { return nil }
        let candidates = catalogue.operations.filter { $0.deprecated == nil && $0.identity == .parameters }
        let operation = candidates.first { $0.api.id == "quotient-familial" } ?? candidates.first
        guard let operation else { return nil }
        let example = CallExample(operation, subject: sandbox.subjects(for: operation).first)
        return "JETON='\(sandbox.token)'\n\n" + example.curl(publicURL: site.options.publicURL, token: "$JETON")
    }
}
