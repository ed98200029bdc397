import CatalogueModel
import Hummingbird
import ProviderHealth

/// The public pages: the catalogue, the descriptions for machines, the errors, the try-it form.
public struct Pages: Sendable {
    private let site: Site
    private let catalogue: @Sendable () -> CompiledCatalogue
    private let status: any StatusReporting
    private let trying: (any CallTrying)?
    private let cache = SnapshotCache()

    /// - Parameters:
    ///   - catalogue: gives the catalogue served now; each page takes it once.
    ///   - status: tells how the providers are.
    ///   - trying: puts the calls of the try-it form; nil: there is no such form.
    /// - Throws: where a template or a message is missing.
    public init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, status: any StatusReporting,
        trying: (any CallTrying)?
    ) throws {
        try self.init(options: options, catalogue: catalogue, status: status, trying: trying, missing: nil)
    }

    init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, status: any StatusReporting,
        trying: (any CallTrying)?, missing: MissingNames?
    ) throws {
        site = try Site(options: options, missing: missing)
        self.catalogue = catalogue
        self.status = status
        self.trying = trying
    }

    /// Adds the pages. Every route added to `router` afterwards, and every unknown address, goes through their
    /// guard too: other rooms' routes come first.
    public func addRoutes(to router: Router<BasicRequestContext>) {
        router.add(middleware: PageGuard(site: site))
        page("/", router) { _, _ in HomePage(site: site, catalogue: catalogue()).response() }
        page("/catalogue", router) { request, _ in
            let index = cache.index(of: catalogue(), site.messages)
            return CataloguePage(site: site, index: index).response(CatalogueQuery(FormFields(request.uri.query ?? "")))
        }
        page("/catalogue/:api", router) { _, context in
            let api = APIPage(site: site, catalogue: catalogue(), canTry: canTry)
            return try api.response(context.parameters.get("api") ?? "")
        }
        page("/erreurs", router) { _, _ in ErrorsPage(site: site).response(catalogue().errors) }
        let errors = ErrorsDocuments(site: site, cache: cache)
        page("/errors", router) { request, _ in errors.negotiated(request, catalogue()) }
        page("/api/errors", router) { request, _ in errors.document(.particulier, request, catalogue()) }
        for text in TextPage.allCases { page("/\(text.rawValue)", router) { _, _ in text.response(site) } }
        addStatus(to: router)
        addDocuments(to: router)
        addFiles(to: router)
        addTrying(to: router)
    }

    private var canTry: Bool { trying != nil && site.options.sandbox != nil }

    private func addStatus(to router: Router<BasicRequestContext>) {
        let cache = StatusCache()
        page("/etat", router) { _, _ in cache.response("") { statusPage.response() } }
        page("/etat/:provider", router) { _, context in
            let provider = context.parameters.get("provider") ?? ""
            return try cache.response("/" + provider) { try statusPage.response(provider: provider) }
        }
        page("/etat.json", router) { _, _ in cache.response(".json") { statusDocuments.json } }
        page("/etat.atom", router) { _, _ in cache.response(".atom") { statusDocuments.atom } }
    }

    private var statusPage: StatusPage { StatusPage(site: site, report: status.report(), catalogue: catalogue()) }
    private var statusDocuments: StatusDocuments { StatusDocuments(site: site, report: status.report()) }

    private func addDocuments(to router: Router<BasicRequestContext>) {
        let documents = OpenAPIPages(site: site, cache: cache)
        page("/openapi", router) { _, _ in documents.list(catalogue()) }
        page("/openapi/:document", router) { _, context in
            try documents.document(named: context.parameters.get("document") ?? "", catalogue())
        }
        for (path, part) in OpenAPIPages.aliases {
            page(path, router) { _, _ in try documents.yaml(part, catalogue()) }
        }
    }

    private func addFiles(to router: Router<BasicRequestContext>) {
        page("/dsfr/**", router) { _, context in
            try await site.assets.dsfrFile(context.parameters.getCatchAll(), context)
        }
        page("/static/**", router) { _, context in
            try await site.assets.ownFile(context.parameters.getCatchAll(), context)
        }
    }

    private func addTrying(to router: Router<BasicRequestContext>) {
        guard let trying, let sandbox = site.options.sandbox else { return }
        let page = TryPage(site: site, catalogue: catalogue, sandbox: sandbox, trying: trying)
        let form: Handler = { request, context in try page.form(request, context) }
        router.get("/catalogue/:api/essayer", use: form)
        router.head("/catalogue/:api/essayer", use: form)
        router.post("/catalogue/:api/essayer") { request, context in try await page.answer(request, context) }
        refuse([.put, .patch, .delete], at: "/catalogue/:api/essayer", allowing: "GET, HEAD, POST", router)
    }

    private typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// A page that is only read.
    private func page(_ path: RouterPath, _ router: Router<BasicRequestContext>, use handler: @escaping Handler) {
        router.get(path, use: handler)
        router.head(path, use: handler)
        refuse([.post, .put, .patch, .delete], at: path, allowing: "GET, HEAD", router)
    }

    private func refuse(
        _ methods: [HTTPRequest.Method], at path: RouterPath, allowing allowed: String,
        _ router: Router<BasicRequestContext>
    ) {
        for method in methods {
            router.on(path, method: method) { _, _ -> Response in throw MethodRefused(allowed: allowed) }
        }
    }
}
