import CatalogueModel
import Hummingbird
import ProviderHealth

/// The public pages: the catalogue and what surrounds it, the descriptions for machines, the forms.
public struct Pages: Sendable {
    let site: Site
    let catalogue: @Sendable () -> CompiledCatalogue
    let trying: (any CallTrying)?
    let requests: (any DataRequesting)?
    let status: (any StatusReporting)?
    let proofs: (any ProofChecking)?
    let explaining: (any CallExplaining)?
    let cache = SnapshotCache()

    /// - Parameters:
    ///   - catalogue: gives the catalogue served now; each page takes it once.
    ///   - trying: puts the calls of the try-it form; nil: there is no such form.
    ///   - requests: keeps the requests for data; nil: none can be made.
    ///   - status: tells how providers are doing; nil: no page tells it.
    ///   - proofs: checks codes of attestations; nil: there is no such page.
    ///   - explaining: explains refusals to callers; nil: there is no such page.
    /// - Throws: where a template or a message is missing.
    public init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, trying: (any CallTrying)?,
        requests: (any DataRequesting)? = nil, status: (any StatusReporting)? = nil,
        proofs: (any ProofChecking)? = nil, explaining: (any CallExplaining)? = nil
    ) throws {
        try self.init(
            options: options, catalogue: catalogue, trying: trying, requests: requests, status: status, proofs: proofs,
            explaining: explaining, missing: nil)
    }

    init(
        options: PagesOptions, catalogue: @escaping @Sendable () -> CompiledCatalogue, trying: (any CallTrying)?,
        requests: (any DataRequesting)?, status: (any StatusReporting)?, proofs: (any ProofChecking)?,
        explaining: (any CallExplaining)? = nil, missing: MissingNames?
    ) throws {
        site = try Site(options: options, hasStatus: status != nil, explains: explaining != nil, missing: missing)
        self.catalogue = catalogue
        self.trying = trying
        self.requests = requests
        self.status = status
        self.proofs = proofs
        self.explaining = explaining
    }

    /// Adds the pages. Every route added to `router` afterwards, and every unknown address, goes through their
    /// guard too: other rooms' routes come first.
    public func addRoutes(to router: Router<BasicRequestContext>) {
        router.add(middleware: PageGuard(site: site))
        page("/", router) { _, _ in
            HomePage(site: site, catalogue: catalogue(), statusPath: status == nil ? "/health" : "/etat").response()
        }
        addCatalogue(to: router)
        addEditorial(to: router)
        addStatus(to: router)
        addData(to: router)
        page("/erreurs", router) { _, _ in ErrorsPage(site: site).response(catalogue().errors) }
        let errors = ErrorsDocuments(site: site, cache: cache)
        page("/errors", router) { request, _ in errors.negotiated(request, catalogue()) }
        page("/api/errors", router) { request, _ in errors.document(.particulier, request, catalogue()) }
        for text in TextPage.allCases { page("/\(text.rawValue)", router) { _, _ in text.response(site) } }
        addDocuments(to: router)
        addFiles(to: router)
        addTrying(to: router)
        addVerification(to: router)
        addExplaining(to: router)
    }

    var canTry: Bool { trying != nil && site.options.sandbox != nil }
}
