import HTTPTypes
import Hummingbird

/// Adds the security headers to every answer and turns faults into pages in plain words.
struct PageGuard: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = self.response(to: error, request, context)
        }
        for field in Self.headers { response.headers[field.name] = field.value }
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// No script, nothing from elsewhere, no frame (CSP Level 3); no address of ours leaves with a link.
    private static let headers: HTTPFields = {
        var fields = HTTPFields()
        for (name, value) in [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
                    + "base-uri 'none'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    private func response(to error: any Error, _ request: Request, _ context: BasicRequestContext) -> Response {
        let fault = error as? any HTTPResponseError
        let status = fault?.status ?? .internalServerError
        if status.code >= 500 {
            context.logger.error("a page failed", metadata: ["error": "\(type(of: error))"])
        }
        var response: Response
        if request.headers[.accept]?.contains("text/html") == true {
            response = site.errorPage(status)
        } else {
            let text = ByteBuffer(string: site.messages.text("fault.\(Site.faultName(status)).title") + "\n")
            response = Response(
                status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: .init(byteBuffer: text))
        }
        if let allowed = (error as? MethodRefused)?.allowed { response.headers[.allow] = allowed }
        return response
    }
}

/// The address exists but not for that method.
struct MethodRefused: HTTPResponseError {
    let allowed: String
    var status: HTTPResponse.Status { .methodNotAllowed }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        Response(status: status, headers: [.allow: allowed])
    }
}

extension Site {
    /// The name of the texts for that fault.
    static func faultName(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 403: "forbidden"
        case 404, 410: "notFound"
        case 405: "method"
        case 413: "tooLarge"
        case 429: "tooMany"
        case 400..<500: "refused"
        default: "internal"
        }
    }

    /// A page that says in plain words what went wrong and how to go on.
    func errorPage(_ status: HTTPResponse.Status) -> Response {
        let name = "fault.\(Self.faultName(status))"
        return page(
            "fault", title: messages.text("\(name).title"),
            [
                "faultTitle": messages.text("\(name).title"), "faultText": messages.text("\(name).text"),
                "faultStatus": String(status.code),
            ], status: status)
    }
}
