import CatalogueModel
import HTTPTypes
import Values

extension Gateway {
    /// Addresses that tell a token its own rights, with the conventions that each speaks.
    static let rightsPaths: [String: APIOperation.Style] = [
        "/privileges": .entreprise, "/v2/privileges": .entreprise, "/api/introspect": .particulierV2,
    ]

    /// The rights of the caller's token; nil where the path asks for something else.
    func rights(_ call: Call) -> Answer? {
        guard let style = Self.rightsPaths[call.path], call.method == "GET" else { return nil }
        let snapshot = snapshot
        let presentation = Presentation(style: style)
        func refused(_ code: String) -> Answer {
            presentation.answer([ProblemFactory(catalogue: snapshot.catalogue).problem(code)], call, AnswerFacts())
        }
        switch credentials.right(call.bearer ?? call.apiKey, snapshot, now: parts.clock.now()) {
        case .failure(let refusal): return refused(refusal.code)
        case .success(let right):
            guard right.admits(call.remoteAddress) else { return refused("00107") }
            let scopes = JSON.array(right.grant.scopes.map(JSON.string))
            let body: JSON =
                style == .entreprise
                ? ["data": ["privileges": scopes], "links": [:], "meta": [:]]
                : ["_id": .string(right.token.id), "name": "", "scopes": scopes]
            return Answer(
                status: 200, contentType: "application/json", headers: Presentation.common(call), body: body.bytes)
        }
    }
}
