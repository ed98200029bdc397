import Foundation
import Hummingbird
import Testing

@testable import Pages

@Suite struct DataMapTests {
    @Test func `a datum that an API gives leads to it, another can be asked for`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/donnees") }.text
        #expect(page.contains("href=\"/catalogue/quotient-familial\""))
        #expect(!page.contains("/donnees/quotient-familial-caf-msa/demander"))
        #expect(page.contains("/donnees/ars/demander"))
        #expect(!page.contains("Demandée par"))
    }

    @Test func `a state shows its data only`() async throws {
        let page = try await Shipped.pages { try await $0.visit("/donnees?etat=api") }.text
        #expect(page.contains("id=\"rsa\"") && !page.contains("id=\"ars\""))
        let unknown = try await Shipped.pages { try await $0.visit("/donnees?etat=nulle-part") }.text
        #expect(unknown.contains("id=\"rsa\"") && unknown.contains("id=\"ars\""))
    }

    @Test func `without a place to keep them no request is proposed`() async throws {
        try await Shipped.pages(requests: nil) { client in
            let map = try await client.visit("/donnees")
            #expect(!map.text.contains("/demander"))
            let form = try await client.visit("/donnees/ars/demander")
            #expect(form.status == 404)
        }
    }
}

@Suite struct DataRequestTests {
    private static let path = "/donnees/ars/demander"
    private static let ticket = String(repeating: "a1", count: 32)
    private static let reason = "Tarif+de+la+cantine+%3A+1200+familles+par+an"

    private func send(
        _ fields: String, to path: String = Self.path, requests: KeptRequests = KeptRequests(), cookie: String = ticket
    ) async throws -> (status: Int, headers: HTTPFields, text: String) {
        try await Shipped.pages(requests: requests) {
            try await $0.visit(
                path, method: .post, headers: [.cookie: "formulaire=\(cookie)"],
                body: "formulaire=\(Self.ticket)&\(fields)")
        }
    }

    @Test func `a request is recorded once and shown as a number`() async throws {
        let requests = KeptRequests()
        let sent = try await send("siret=130+025+265+00013&motif=\(Self.reason)", requests: requests)
        #expect(sent.status == 200)
        #expect(sent.text.contains("Votre demande est enregistrée") && sent.text.contains("Demandée par 1 organisme."))
        #expect(requests.all.map(\.siret) == ["13002526500013"])
        #expect(requests.all.first?.reason == "Tarif de la cantine : 1200 familles par an")
        try await Shipped.pages(requests: requests) { client in
            let map = try await client.visit("/donnees")
            #expect(map.text.contains("Demandée par 1 organisme"))
        }
    }

    @Test(arguments: [
        ("siret=13002526500014&motif=\(reason)", "siret-erreur"), ("motif=\(reason)", "siret-erreur"),
        ("siret=13002526500013&motif=court", "motif-erreur"), ("siret=13002526500013", "motif-erreur"),
        ("siret=13002526500013&motif=\(String(repeating: "x", count: 501))", "motif-erreur"),
    ])
    func `a faulty request says where the fault is and keeps what was typed`(fields: String, place: String) async throws
    {
        let requests = KeptRequests()
        let page = try await send(fields, requests: requests)
        #expect(page.status == 422)
        #expect(page.text.contains("id=\"\(place)\"") && page.text.contains("role=\"alert\""))
        #expect(page.text.contains("<title>Erreur – "))
        #expect(requests.all.isEmpty)
    }

    @Test func `a form from elsewhere is refused`() async throws {
        let requests = KeptRequests()
        let page = try await send(
            "siret=13002526500013&motif=\(Self.reason)", requests: requests, cookie: String(repeating: "b2", count: 32))
        #expect(page.status == 403 && requests.all.isEmpty)
    }

    @Test func `what was typed is shown as text`() async throws {
        let page = try await send("siret=%22%3E%3Cscript%3E&motif=%3C/textarea%3E%3Cscript%3E")
        #expect(!page.text.contains("<script"))
    }

    @Test func `more requests than people make are refused`() async throws {
        let page = try await send(
            "siret=13002526500013&motif=\(Self.reason)", requests: KeptRequests(isFull: true))
        #expect(page.status == 429 && page.text.contains("Trop de demandes"))
    }

    @Test func `a datum that an API gives is not asked for`() async throws {
        let requests = KeptRequests()
        let page = try await send(
            "siret=13002526500013&motif=\(Self.reason)", to: "/donnees/rsa/demander", requests: requests)
        #expect(page.status == 303 && page.headers[.location] == "/donnees#rsa" && requests.all.isEmpty)
    }
}
