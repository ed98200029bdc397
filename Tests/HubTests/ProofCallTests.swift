import DataProviders
import Foundation
import Testing
import Values

@testable import unefois

/// Proofs of answers, from the call to the page where they are checked.
struct ProofCallTests {
    private static let pdf = ["X-Generate-Proof": "pdf"]

    private static func path(_ url: String?, _ hub: RunningHub) throws -> String {
        let url = try #require(url)
        #expect(url.hasPrefix(hub.hub.address.url))
        return String(url.dropFirst(hub.hub.address.url.count))
    }

    private static func check(_ path: String, _ code: String, _ hub: RunningHub) async throws -> RunningHub.Answer {
        try await hub.post(path, form: "code=" + code)
    }

    @Test func `a proof is made where it is asked for, cached answer or not`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            let plain = try await hub.send(Query.v3.civility, token: token)
            #expect(plain.json["meta"]?.members?.isEmpty == true && plain.json["links"]?.members?.isEmpty == true)
            #expect(plain.headers["vary"] == "Accept, Origin, X-Generate-Proof")
            let proven = try await hub.send(
                Query.v3.civility, token: token, headers: ["X-Generate-Proof": "proof-only"])
            #expect(proven.headers["x-response-cached"] == "true" && proven.json["data"] == plain.json["data"])
            #expect(proven.json["meta"]?["pdf_verification_code"]?.text?.count == 24)
            #expect(proven.json["links"]?["attestation_pdf"] == nil)
            let again = try await hub.send(Query.v3.civility, token: token, headers: Self.pdf)
            #expect(again.json["meta"]?["pdf_verification_code"] != proven.json["meta"]?["pdf_verification_code"])
            #expect(again.json["links"]?["attestation_pdf"] != nil)
            for value in ["", "yes", "proof"] {
                let other = try await hub.send(Query.v3.civility, token: token, headers: ["X-Generate-Proof": value])
                #expect(other.body == plain.body)
            }
        }
    }

    @Test func `v2 and refused calls have no proof`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            #expect(
                try await !hub.send(Query.v3.version2, token: token, headers: Self.pdf).text.contains("verification"))
            let refused = try await hub.send(
                Query.v3.with("sexeEtatCivil", "X").civility, token: token, headers: Self.pdf)
            #expect(refused.status == 422 && !refused.text.contains("verification"))
        }
    }

    @Test func `the PDF says what was asked and answered, and lives five minutes`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(scopes: ["cnaf_quotient_familial"])
            let answer = try await hub.send(Query.v3.civility, token: token, headers: Self.pdf)
            let path = try Self.path(answer.json["links"]?["attestation_pdf"]?.text, hub)
            let pdf = try await hub.send(path)
            #expect(pdf.status == 200 && pdf.headers["content-type"] == "application/pdf")
            let text = String(decoding: pdf.body, as: Unicode.ASCII.self)
            let code = try #require(answer.json["meta"]?["pdf_verification_code"]?.text)
            for part in ["LEFEBVRE", "CLAIRE, MARIE", "27/06/1987", "(620)", "CRPA L114-8", code] {
                #expect(text.contains(part), "\(part)")
            }
            // A scope that is not granted is no more on paper than in the answer.
            #expect(!text.contains("VILLERS"))
            let head = try await hub.send(path, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty && head.headers["x-robots-tag"] == "noindex, nofollow")
            hub.clock.advance(299)
            #expect(try await hub.send(path).status == 200)
            hub.clock.advance(1)
            #expect(try await hub.send(path).status == 410)
        }
    }

    @Test func `who holds address and code sees what was attested, nobody else`() async throws {
        var bench = HubBench()
        bench.isFictional = false
        try await bench.run { hub in
            let answer = try await hub.send(Query.v3.civility, token: hub.token(), headers: Self.pdf)
            let path = try Self.path(answer.json["meta"]?["pdf_verification_link"]?.text, hub)
            let code = try #require(answer.json["meta"]?["pdf_verification_code"]?.text)
            let form = try await hub.send(path)
            #expect(form.status == 200 && form.headers["x-robots-tag"] == "noindex, nofollow")
            #expect(form.headers["cache-control"] == "no-store" && !form.text.contains("LEFEBVRE"))
            let shown = try await Self.check(path, code.lowercased(), hub)
            #expect(shown.status == 200 && shown.text.contains("Attestation authentique"))
            for part in ["LEFEBVRE", "620", "Ville", "Tarif", "VILLERS"] {
                #expect(shown.text.contains(part), "\(part)")
            }
            #expect(!shown.text.contains("uf-note"), "no specimen")
            let wrong = try await Self.check(path, "AAAA-AAAA-AAAA-AAAA-AAAA", hub)
            #expect(wrong.status == 422 && wrong.text.contains("Ce code ne convient pas"))
            let unknown = try await Self.check("/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA", code, hub)
            #expect(unknown.status == 404 && unknown.text.contains("Attestation inconnue"))
            for page in [wrong, unknown] { #expect(!page.text.contains("LEFEBVRE")) }
            #expect(try await hub.send("/attestations/verification/x").status == 404)
        }
    }

    @Test func `thirty codes a minute from one address, no more`() async throws {
        try await HubBench().run { hub in
            let path = "/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA"
            for _ in 1...30 { #expect(try await Self.check(path, "A", hub).status == 404) }
            let refused = try await Self.check(path, "A", hub)
            #expect(refused.status == 429 && refused.headers["retry-after"] == "60")
            hub.clock.advance(60)
            #expect(try await Self.check(path, "A", hub).status == 404)
        }
    }

    @Test func `nothing on disk shows what was attested`() async throws {
        try await HubBench().run { hub in
            let answer = try await hub.send(Query.v3.civility, token: hub.token(), headers: Self.pdf)
            let code = try #require(answer.json["meta"]?["pdf_verification_code"]?.text)
            let files = FileManager.default.enumerator(atPath: hub.folder.url.path)?.compactMap { $0 as? String } ?? []
            #expect(files.contains { $0.hasPrefix("documents/") })
            for file in files {
                guard let content = try? Data(contentsOf: hub.folder.url.appending(path: file)) else { continue }
                for trace in ["LEFEBVRE", "CLAIRE", "VILLERS", "%PDF", code] {
                    #expect(content.range(of: Data(trace.utf8)) == nil, "\(trace) in \(file)")
                }
            }
        }
    }

    @Test func `who asked for a proof that cannot be kept gets no answer without`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            let database = try await hub.folder.openDatabase(clock: hub.clock.wall)
            try await database.transaction { try $0.execute("ALTER TABLE proofs RENAME TO gone") }
            let refused = try await hub.send(Query.v3.civility, token: token, headers: Self.pdf)
            #expect(refused.status == 502 && refused.codes == ["00502"])
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
            let page = try await Self.check("/attestations/verification/AAAAAAAAAAAAAAAAAAAAAA", "A", hub)
            #expect(page.status == 503)
        }
    }

    @Test func `in the sandbox a proof says that nothing is real`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let path = "/v3/dss/quotient_familial/france_connect?recipient=13002526500013"
            let answer = try await hub.send(path, token: "fc-famille-deux-enfants", headers: Self.pdf)
            let code = try #require(answer.json["meta"]?["pdf_verification_code"]?.text)
            let shown = try await Self.check(
                Self.path(answer.json["meta"]?["pdf_verification_link"]?.text, hub), code, hub)
            #expect(shown.text.contains("Spécimen") && shown.text.contains("LEFEBVRE"))
        }
    }

    @Test func `addresses of documents are in no proof`() async throws {
        var bench = HubBench()
        bench.catalogue = Papers.catalogue
        try await bench.run { hub in
            hub.stub.tell(.init(body: #"{"nom":"Les amis","url":"\#(hub.papers)/a","acte":"00ff"}"#))
            let answer = try await hub.send(Papers.path, token: hub.token(scopes: ["papiers"]), headers: Self.pdf)
            let path = try Self.path(answer.json["links"]?["attestation_pdf"]?.text, hub)
            let text = String(decoding: try await hub.send(path).body, as: Unicode.ASCII.self)
            #expect(text.contains("Les amis") && !text.contains("/proxy/") && text.contains("130025265"))
        }
    }
}
