import CatalogueModel
import Hummingbird

/// The public pages: the catalogue, the descriptions for machines, the errors, the try-it form.
public struct Pages: Sendable {
    private let site: Site
    private let catalogue: @Sendable () -> CompiledCatalogue
    private let trying: (any CallTrying)?
    private let proofs: (any ProofChecking)?
    private let cache = SnapshotCache()

    /// - Parameters:
    ///   - catalogue: gives the catalogue served now; each page takes it once.
    ///   - trying: puts the calls of the try-it form; nil: there is no such form.
    ///   - proofs: checks codes of attestations; nil: there is no such page.
    /// - Throws: where a template or a message is missing.
    public init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, trying: (any CallTrying)?,
        proofs: (any ProofChecking)?
    ) throws {
        try self.init(options: options, catalogue: catalogue, trying: trying, proofs: proofs, missing: nil)
    }

    init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, trying: (any CallTrying)?,
        proofs: (any ProofChecking)?, missing: MissingNames?
    ) throws {
        site = try Site(options: options, missing: missing)
        self.catalogue = catalogue
        self.trying = trying
        self.proofs = proofs
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
        for text in TextPage.allCases { page("/\(text.rawValue)", router) { _, _ in text.response(site) } }
        addDocuments(to: router)
        addFiles(to: router)
        addTrying(to: router)
        addVerification(to: router)
    }

    private var canTry: Bool { trying != nil && site.options.sandbox != nil }

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
        form("/catalogue/:api/essayer", router) { request, context in
            try page.form(request, context)
        } answer: { request, context in
            try await page.answer(request, context)
        }
    }

    private func addVerification(to router: Router<BasicRequestContext>) {
        guard let proofs else { return }
        let page = VerificationPage(site: site, checking: proofs)
        form("/attestations/verification/:token", router) { _, context in
            try page.form(context)
        } answer: { request, context in
            try await page.answer(request, context)
        }
    }

    private typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// A page that is only read.
    private func page(_ path: RouterPath, _ router: Router<BasicRequestContext>, use handler: @escaping Handler) {
        router.get(path, use: handler)
        router.head(path, use: handler)
        refuse([.post, .put, .patch, .delete], at: path, allowing: "GET, HEAD", router)
    }

    /// A page with a form that is sent to its own address.
    private func form(
        _ path: RouterPath, _ router: Router<BasicRequestContext>, use form: @escaping Handler,
        answer: @escaping Handler
    ) {
        router.get(path, use: form)
        router.head(path, use: form)
        router.post(path, use: answer)
        refuse([.put, .patch, .delete], at: path, allowing: "GET, HEAD, POST", router)
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
