import Documents
import HTTPTypes
import Hummingbird
import Proofs
import Values

/// Where anybody who holds an attestation checks it: the code printed on it shows what was attested.
///
/// The form needs no ticket: it changes nothing, and nobody is signed in.
struct VerificationPage {
    let site: Site
    let checking: any ProofChecking

    private static let largestForm = 1024

    /// The form. Nothing is looked up: an address tells nobody whether there is such a proof.
    func form(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        page(try token(context), outcome: nil, attestation: nil, status: .ok)
    }

    /// The form, carried out.
    func answer(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let token = try token(context)
        let body = try await request.body.collect(upTo: Self.largestForm)
        let code = FormFields(String(buffer: body))["code"] ?? ""
        switch await checking.check(token: token, code: code) {
        case .verdict(.authentic(let attestation)):
            return page(token, outcome: "authentic", attestation: attestation, status: .ok)
        case .verdict(.wrongCode):
            return page(token, outcome: "wrongCode", attestation: nil, status: .unprocessableContent)
        case .verdict(.altered): return page(token, outcome: "altered", attestation: nil, status: .conflict)
        case .verdict(.unknown): return page(token, outcome: "unknown", attestation: nil, status: .notFound)
        case .unavailable: return page(token, outcome: "unavailable", attestation: nil, status: .serviceUnavailable)
        case .tooMany(let seconds):
            var response = page(token, outcome: "tooMany", attestation: nil, status: .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func token(_ context: BasicRequestContext) throws -> String {
        guard let token = context.parameters.get("token"), token.utf8.count == 22, Base64URL.decode(token) != nil else {
            throw HTTPError(.notFound)
        }
        return token
    }

    private func page(
        _ token: String, outcome: String?, attestation: Attestation?, status: HTTPResponse.Status
    ) -> Response {
        let messages = site.messages
        let title = messages.text("proof.title")
        let result = outcome.map { outcome -> Row in
            let style =
                outcome == "authentic" ? "success" : outcome == "tooMany" || outcome == "unavailable" ? "info" : "error"
            return [
                "resultStyle": "fr-alert--\(style)", "resultTitle": messages.text("proof.\(outcome).title"),
                "resultText": messages.text("proof.\(outcome).text"),
            ]
        }
        var response = site.page(
            "verification", title: outcome.map { "\(messages.text("proof.\($0).title")) – \(title)" } ?? title,
            [
                "results": result.map { [$0] } ?? [Row](), "action": "/attestations/verification/\(token)",
                "asksCode": attestation == nil, "codeIsWrong": outcome == "wrongCode",
                "attestations": attestation.map { [row($0)] } ?? [Row](),
            ], status: status)
        response.headers[.cacheControl] = "no-store"
        if let name = HTTPField.Name("X-Robots-Tag") { response.headers[name] = "noindex, nofollow" }
        return response
    }

    private func row(_ attestation: Attestation) -> Row {
        [
            "attestedTitle": attestation.title, "attestedSpecimen": attestation.isSpecimen,
            "attestedCall": Self.rows(attestation.circumstances),
            "attestedQuestion": Self.rows(attestation.question), "hasQuestion": !attestation.question.isEmpty,
            "attestedParts": attestation.answer.map { section -> Row in
                [
                    "partTitle": section.title, "partIsTop": section.level == 1,
                    "partRows": Self.rows(section.rows), "partHasRows": !section.rows.isEmpty,
                ]
            },
        ]
    }

    private static func rows(_ rows: [Report.Row]) -> [Row] {
        rows.map { ["rowLabel": $0.label, "rowValue": $0.value] }
    }
}
