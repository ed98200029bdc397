import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Pages

@Suite struct VerificationTests {
    private static let path = "/attestations/verification/" + OneProof.token

    private static func post(
        _ body: String, path: String = path, check: ProofCheck? = nil, missing: MissingNames? = nil
    ) async throws -> (status: Int, headers: HTTPFields, text: String) {
        try await Shipped.pages(proofs: OneProof(check: check), missing: missing) {
            try await $0.visit(path, method: .post, body: body)
        }
    }

    @Test func `the form asks for the code and tells nothing`() async throws {
        let page = try await Shipped.pages { try await $0.visit(Self.path) }
        #expect(page.status == 200 && page.text.contains("name=\"code\"") && !page.text.contains("ROUX"))
        #expect(
            page.headers[.cacheControl] == "no-store"
                && page.headers.contains { $0.name.rawName == "X-Robots-Tag" && $0.value == "noindex, nofollow" })
        #expect(!page.text.contains("<script"))
    }

    @Test func `the right code shows what was attested, with every sign escaped`() async throws {
        let missing = MissingNames()
        let page = try await Self.post("code=\(OneProof.code)", missing: missing)
        #expect(page.status == 200 && page.text.contains("Attestation authentique") && page.text.contains("ROUX"))
        #expect(page.text.contains("Ville &lt;de&gt; Lyon") && page.text.contains("15 mai 2026 à 12 h 00"))
        #expect(page.text.contains("Spécimen") && page.text.contains("<h4>Quotient familial</h4>"))
        #expect(!page.text.contains("name=\"code\"") && !page.text.contains(OneProof.code))
        #expect(missing.all.isEmpty, "\(missing.all)")
    }

    @Test func `a wrong code is told beside its field`() async throws {
        let missing = MissingNames()
        for body in ["code=AAAA", "", "autre=1"] {
            let page = try await Self.post(body, missing: missing)
            #expect(page.status == 422 && page.text.contains("aria-describedby=\"code-erreur\""))
            #expect(page.text.contains("name=\"code\"") && !page.text.contains("ROUX"))
        }
        #expect(missing.all.isEmpty, "\(missing.all)")
    }

    @Test(
        arguments: [
            (ProofCheck.verdict(.altered), 409, "Attestation altérée"),
            (.verdict(.unknown), 404, "Attestation inconnue"),
            (.tooMany(12), 429, "Trop de vérifications"), (.unavailable, 503, "Vérification impossible pour le moment"),
        ] as [(ProofCheck, Int, String)])
    func `each outcome is told in plain words`(check: ProofCheck, status: Int, title: String) async throws {
        let page = try await Self.post("code=A", check: check)
        #expect(page.status == status && page.text.contains(title))
        #expect(page.headers[.retryAfter] == (status == 429 ? "12" : nil))
    }

    @Test(arguments: ["x", "AAECAwQFBgcICQoLDA0ODw%22", "AAECAwQFBgcICQoLDA0OD=", String(repeating: "A", count: 300)])
    func `an address that cannot be one of ours is not found`(token: String) async throws {
        let page = try await Shipped.pages { try await $0.visit("/attestations/verification/" + token) }
        #expect(page.status == 404)
    }

    @Test func `a form that is too long is refused`() async throws {
        #expect(try await Self.post("code=" + String(repeating: "A", count: 2_000)).status == 413)
    }
}
