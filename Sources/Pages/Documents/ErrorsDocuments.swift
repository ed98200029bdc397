import CatalogueModel
import Hummingbird

/// The errors for machines, and the choice between them and the page for people.
struct ErrorsDocuments {
    let site: Site
    let cache: SnapshotCache

    /// `/errors` : the page for browsers, else the errors of the bouquet.
    func negotiated(_ request: Request, _ catalogue: CompiledCatalogue) -> Response {
        var response =
            switch Preference(accept: request.headers[.accept]) {
            case .page: ErrorsPage(site: site).response(catalogue.errors)
            case .json: document(.entreprise, request, catalogue)
            }
        response.headers[.vary] = "Accept"
        return response
    }

    /// The errors of a bouquet, or with `?operation_id=` those of one operation; none where it has no such operation.
    func document(_ bouquet: APIDescription.Bouquet, _ request: Request, _ catalogue: CompiledCatalogue) -> Response {
        let body =
            if let operation = FormFields(request.uri.query ?? "")["operation_id"] {
                ByteBuffer(bytes: ErrorsDocument(bouquet, operation: operation, of: catalogue).json.bytes)
            } else {
                cache.errors(bouquet, of: catalogue)
            }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-cache", .accessControlAllowOrigin: "*"],
            body: ResponseBody(byteBuffer: body))
    }
}
