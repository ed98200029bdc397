import Foundation
import Hummingbird
import HummingbirdTesting
import Testing
import Values

@testable import Pages

/// One call, known to one token.
struct KnownCall: CallExplaining {
    static let number = "4f0c2a9e-7b1d-4e6a-9c35-2d8b6f1e0a47"
    var outcome: CallExplanation?

    func explain(request: String, token: Redacted<String>) async -> CallExplanation {
        if let outcome { return outcome }
        guard request == Self.number, token.exposed == "bon-jeton" else { return .unknown }
        return .explained([Self.explanation])
    }

    static let explanation: Explanation = {
        var explanation = Explanation()
        explanation.summary = "Refusé : 00100, Droits insuffisants (HTTP 403)."
        explanation.isRefusal = true
        explanation.facts = [.init("API", "Quotient <familial>")]
        explanation.steps = [
            .init(title: "Le jeton", text: "Il est reconnu.", state: .passed),
            .init(title: "Les périmètres", text: "Il en faut un.", state: .failed),
            .init(title: "Le dossier", text: "Il est ouvert.", state: .notReached),
        ]
        explanation.causes = ["L'habilitation n'ouvre pas cette API."]
        explanation.remedy = "Demandez une extension."
        explanation.today = ["Les périmètres : refus 00100."]
        return explanation
    }()
}

@Suite struct ExplainTests {
    private static func post(
        _ fields: String, outcome: CallExplanation? = nil, ticket: Bool = true, missing: MissingNames? = nil
    ) async throws -> (status: Int, headers: HTTPFields, text: String) {
        try await Shipped.pages(explaining: KnownCall(outcome: outcome), missing: missing) { client in
            let secret = String(repeating: "a", count: 64)
            return try await client.execute(
                uri: "/explain", method: .post, headers: ticket ? [.cookie: "formulaire=" + secret] : [:],
                body: ByteBuffer(string: "formulaire=\(secret)&" + fields)
            ) { (Int($0.status.code), $0.headers, String(buffer: $0.body)) }
        }
    }

    @Test func `the holder of a token reads where its call was refused and what to do`() async throws {
        let missing = MissingNames()
        let page = try await Self.post("numero=\(KnownCall.number)&jeton=bon-jeton", missing: missing)
        #expect(page.status == 200 && page.headers[.cacheControl] == "no-store")
        for text in [
            "Droits insuffisants", "Demandez une extension.", "Quotient &lt;familial&gt;", "refus à cette étape",
            "pas atteinte", "Un autre appel",
        ] {
            #expect(page.text.contains(text), "\(text)")
        }
        #expect(!page.text.contains("bon-jeton") && missing.all.isEmpty, "\(missing.all)")
    }

    @Test func `what is missing is told beside its field, and a token is never sent back`() async throws {
        let missing = MissingNames()
        for (fields, faults) in [
            ("numero=&jeton=", ["numero-erreur", "jeton-erreur"]), ("numero=court&jeton=secret", ["numero-erreur"]),
            ("numero=\(KnownCall.number)&jeton=", ["jeton-erreur"]),
        ] {
            let page = try await Self.post(fields, missing: missing)
            #expect(page.status == 422 && !page.text.contains("secret"))
            for fault in ["numero-erreur", "jeton-erreur"] {
                #expect(page.text.contains("aria-describedby=\"\(fault)\"") == faults.contains(fault))
            }
        }
        #expect(missing.all.isEmpty, "\(missing.all)")
    }

    @Test(
        arguments: [
            (nil, 404, "Aucun appel de ce numéro"), (.tooMany(7), 429, "Trop de demandes"),
            (.unavailable, 503, "Explication impossible pour le moment"),
            (.refusedToken(KnownCall.explanation), 401, "Ce jeton est refusé"),
        ] as [(CallExplanation?, Int, String)])
    func `each other outcome is told in plain words`(
        outcome: CallExplanation?, status: Int, title: String
    ) async throws {
        let page = try await Self.post("numero=\(KnownCall.number)&jeton=autre", outcome: outcome)
        #expect(page.status == status && page.text.contains(title))
        #expect(page.headers[.retryAfter] == (status == 429 ? "7" : nil))
    }

    @Test func `a form of another site is refused`() async throws {
        #expect(try await Self.post("numero=\(KnownCall.number)&jeton=bon-jeton", ticket: false).status == 403)
    }

    @Test func `where nobody explains there is neither page nor link`() async throws {
        let (page, errors) = try await Shipped.pages(explaining: nil) { client in
            (try await client.visit("/explain").status, try await client.visit("/erreurs").text)
        }
        #expect(page == 404 && !errors.contains("/explain"))
        #expect(try await Shipped.pages { try await $0.visit("/erreurs").text }.contains("/explain"))
    }
}
