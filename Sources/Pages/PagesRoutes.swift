import CatalogueModel
import Hummingbird

extension Pages {
    func addCatalogue(to router: Router<BasicRequestContext>) {
        page("/catalogue", router) { request, _ in
            let index = cache.index(of: catalogue(), site.messages)
            return CataloguePage(site: site, index: index).response(FormFields(request.uri.query ?? ""))
        }
        page("/catalogue/:api", router) { _, context in
            let catalogue = catalogue()
            guard let api = context.parameters.get("api").flatMap(catalogue.api) else { throw HTTPError(.notFound) }
            let status = statusLine(api.provider, catalogue)
            return APIPage(site: site, catalogue: catalogue, canTry: canTry, status: status).response(api)
        }
        page("/fournisseurs", router) { _, _ in ProviderPages(site: site, catalogue: catalogue()).list() }
        page("/fournisseurs/:provider", router) { _, context in
            let catalogue = catalogue()
            guard let provider = context.parameters.get("provider").flatMap({ catalogue.providers[$0] }) else {
                throw HTTPError(.notFound)
            }
            let status = statusLine(provider.id, catalogue)
            return ProviderPages(site: site, catalogue: catalogue).response(provider, status: status)
        }
    }

    func addEditorial(to router: Router<BasicRequestContext>) {
        page("/cas-usages", router) { _, _ in UseCasePages(site: site, catalogue: catalogue()).list() }
        page("/cas-usages/:usage", router) { _, context in
            let (catalogue, id) = (catalogue(), context.parameters.get("usage"))
            guard let useCase = catalogue.editorial.useCases.first(where: { $0.id == id }) else {
                throw HTTPError(.notFound)
            }
            return UseCasePages(site: site, catalogue: catalogue).response(useCase)
        }
        page("/nouveautes", router) { _, _ in NewsPages(site: site, catalogue: catalogue()).page() }
        page("/nouveautes.atom", router) { _, _ in NewsPages(site: site, catalogue: catalogue()).feed() }
        page("/developpeurs", router) { _, _ in DevelopersPage(site: site, catalogue: catalogue()).response() }
    }

    func addData(to router: Router<BasicRequestContext>) {
        page("/donnees", router) { request, _ in
            let wanted = FormFields(request.uri.query ?? "")["etat"]
            let map = DataMapPage(site: site, catalogue: catalogue(), takesRequests: requests != nil)
            return map.response(wanted: wanted, counts: try await requests?.counts() ?? [:])
        }
        guard let requests else { return }
        let page = DataRequestPage(site: site, catalogue: catalogue, requests: requests)
        form("/donnees/:datum/demander", router, show: page.form, answer: page.send)
    }

    func addDocuments(to router: Router<BasicRequestContext>) {
        let documents = OpenAPIPages(site: site, cache: cache)
        page("/openapi", router) { _, _ in documents.list(catalogue()) }
        page("/openapi/:document", router) { _, context in
            try documents.document(named: context.parameters.get("document") ?? "", catalogue())
        }
        for (path, part) in OpenAPIPages.aliases {
            page(path, router) { _, _ in try documents.yaml(part, catalogue()) }
        }
    }

    func addFiles(to router: Router<BasicRequestContext>) {
        page("/dsfr/**", router) { _, context in
            try await site.assets.dsfrFile(context.parameters.getCatchAll(), context)
        }
        page("/static/**", router) { _, context in
            try await site.assets.ownFile(context.parameters.getCatchAll(), context)
        }
    }

    func addTrying(to router: Router<BasicRequestContext>) {
        guard let trying, let sandbox = site.options.sandbox else { return }
        let page = TryPage(site: site, catalogue: catalogue, sandbox: sandbox, trying: trying)
        form("/catalogue/:api/essayer", router, show: page.form, answer: page.answer)
    }

    func addVerification(to router: Router<BasicRequestContext>) {
        guard let proofs else { return }
        let page = VerificationPage(site: site, checking: proofs)
        form("/attestations/verification/:token", router, show: page.form, answer: page.answer)
    }

    func addExplaining(to router: Router<BasicRequestContext>) {
        guard let explaining else { return }
        let page = ExplainPage(site: site, explaining: explaining)
        form("/explain", router, show: page.form, answer: page.answer)
    }

    typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    /// A page that is only read.
    func page(_ path: RouterPath, _ router: Router<BasicRequestContext>, use handler: @escaping Handler) {
        router.get(path, use: handler)
        router.head(path, use: handler)
        refuse([.post, .put, .patch, .delete], at: path, allowing: "GET, HEAD", router)
    }

    /// A page with a form that is sent to its own address.
    private func form(
        _ path: RouterPath, _ router: Router<BasicRequestContext>, show: @escaping Handler, answer: @escaping Handler
    ) {
        router.get(path, use: show)
        router.head(path, use: show)
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
