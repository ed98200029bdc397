import CatalogueModel
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Pages

@Suite struct TryTests {
    private static let path = "/catalogue/quotient-familial/essayer"
    private static let ticket = String(repeating: "a1", count: 32)
    private static let cookie: HTTPFields = [.cookie: "formulaire=\(ticket)"]
    private static let identity = "operation=api_particulier_v3_cnav_quotient_familial_with_civility"
    private static let franceConnect = "operation=api_particulier_v3_cnav_quotient_familial_with_france_connect"

    @Test func `the form sets a cookie that only this site can send`() async throws {
        let page = try await Shipped.pages { try await $0.visit(Self.path) }
        let cookie = try #require(page.headers[.setCookie])
        #expect(cookie.contains("SameSite=Strict") && cookie.contains("HttpOnly"))
        let value = cookie.dropFirst("formulaire=".count).prefix { $0 != ";" }
        #expect(page.text.contains("name=\"formulaire\" value=\"\(value)\""))
        #expect(page.headers[.cacheControl] == "no-store")
    }

    @Test func `over TLS the cookie is bound to the host`() async throws {
        var options = Shipped.options()
        options.publicURL = "https://unefois.test"
        let page = try await Shipped.pages(options) { try await $0.visit(Self.path) }
        let cookie = try #require(page.headers[.setCookie])
        #expect(cookie.hasPrefix("__Host-formulaire=") && cookie.contains("Secure") && cookie.contains("Path=/"))
    }

    @Test(arguments: [
        ("", ""), ("formulaire=\(ticket)", ""), ("", ticket), ("formulaire=\(ticket)", String(ticket.reversed())),
        ("formulaire=x", "x"), ("formulaire=", ""),
    ])
    func `a form that is not ours is refused`(cookie: String, field: String) async throws {
        let page = try await Shipped.pages {
            try await $0.visit(
                Self.path, method: .post, headers: cookie.isEmpty ? [:] : [.cookie: cookie],
                body: "formulaire=\(field)&\(Self.identity)&sujet=0")
        }
        #expect(page.status == 403)
        #expect(page.text.contains("Formulaire refusé") && !page.text.contains("Appel accepté"))
    }

    private func post(_ fields: String, trying: Echo = Echo()) async throws -> (status: Int, text: String) {
        let page = try await Shipped.pages(trying: trying) {
            try await $0.visit(
                Self.path, method: .post, headers: Self.cookie, body: "formulaire=\(Self.ticket)&\(fields)")
        }
        return (page.status, page.text)
    }

    @Test func `an open API is tried without a token`() async throws {
        let page = try await Shipped.pages {
            try await $0.visit(
                "/catalogue/sirene-unites-legales/essayer", method: .post, headers: Self.cookie,
                body: "formulaire=\(Self.ticket)&operation=open_v1_sirene_unites_legales&siren=012345674")
        }.text
        #expect(page.contains("Appel accepté (200)") && page.contains("/v1/sirene/unites_legales/012345674"))
        #expect(!page.contains("Authorization") && !page.contains("jeton de démonstration ouvre"))
    }

    @Test func `a chosen person gives the parameters and the demonstration token`() async throws {
        let page = try await post("\(Self.identity)&sujet=0").text
        #expect(page.contains("Appel accepté (200)") && page.contains("12 ms"))
        #expect(page.contains("/v3/dss/quotient_familial/identite|nomNaissance=ROUX|prenoms[]=JEANNE|prenoms[]=ANNE"))
        #expect(page.contains("Authorization: Bearer jeton-de-demonstration"))
        #expect(page.contains("id-1") && !page.contains("hidden<"))
    }

    @Test func `with FranceConnect the person's token goes instead`() async throws {
        let page = try await post("\(Self.franceConnect)&sujet=0").text
        #expect(page.contains("Authorization: Bearer jeton-de-jeanne"))
        #expect(!page.contains("nomNaissance=ROUX"))
    }

    @Test func `typed values are sent as typed and shown again, escaped`() async throws {
        let fields = "nomNaissance=%3Cb%3EDU%26PONT&prenoms%5B%5D=Jean,+Paul&recipient=13002526500013"
        let page = try await post("\(Self.identity)&\(fields)").text
        #expect(page.contains("nomNaissance=&lt;b&gt;DU&amp;PONT|prenoms[]=Jean|prenoms[]=Paul"))
        #expect(page.contains("value=\"Jean, Paul\"") && !page.contains("<b>DU"))
    }

    @Test func `a refused call is told in plain words, with what to do`() async throws {
        let page = try await post("\(Self.identity)&sujet=0", trying: Echo(status: 422)).text
        #expect(page.contains("Appel refusé (422)") && page.contains("Le nom manque."))
        #expect(page.contains("/erreurs#code-00420"))
    }

    @Test func `an operation of another API is not found`() async throws {
        let page = try await post("operation=inconnue&sujet=0")
        #expect(page.status == 404)
    }

    @Test func `a form that is too long is refused`() async throws {
        let page = try await post(String(repeating: "x", count: 40_000))
        #expect(page.status == 413)
    }

    @Test func `a command quotes what a shell would read`() throws {
        let operation = try #require(try Shipped.catalogue().operation(String(Self.identity.dropFirst(10))))
        let call = CallExample(operation, values: [(name: "nomNaissance", values: ["L'ABBÉ $(id)"])])
        #expect(call.curl(publicURL: "http://u", token: "$JETON").contains(#"'nomNaissance=L'\''ABBÉ $(id)'"#))
    }
}
