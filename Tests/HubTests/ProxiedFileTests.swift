import DataProviders
import Foundation
import Ledger
import Testing
import Values

@testable import Gateway
@testable import unefois

/// Files of a provider behind addresses of the hub.
struct ProxiedFileTests {
    private static func run(_ body: @Sendable @escaping (RunningHub) async throws -> Void) async throws {
        var bench = HubBench()
        bench.catalogue = Papers.catalogue
        try await bench.run(body)
    }

    /// What the provider answers: a file at its own address, and an identifier.
    private static func card(_ hub: RunningHub, url: String? = nil, acte: String = "00ff") -> ProviderStub.Reply {
        let address = url ?? (hub.papers + "/depot/statuts%20sign%C3%A9s.pdf?v=1")
        return .init(body: #"{"nom":"Les amis","url":"\#(address)","acte":"\#(acte)"}"#)
    }

    private static func links(
        _ hub: RunningHub, token: String, url: String? = nil, acte: String = "00ff"
    ) async throws -> (file: String, download: String) {
        hub.stub.tell(card(hub, url: url, acte: acte))
        let data = try await hub.send(Papers.path, token: token, headers: ["Cache-Control": "no-cache"]).json["data"]
        let base = hub.hub.address.url
        let file = try #require(data?["url"]?.text)
        let download = try #require(data?["acte"]?.text)
        #expect(file.hasPrefix(base + "/proxy/files/") && download.hasPrefix(base + "/proxy/papiers/download/"))
        return (String(file.dropFirst(base.count)), String(download.dropFirst(base.count)))
    }

    @Test func `a file is fetched with the provider's key and handed on under its name`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: ["Content-Type": "application/pdf"], body: "%PDF-1.7 statuts"))
            let answer = try await hub.send(links.file)
            #expect(answer.status == 200 && answer.text == "%PDF-1.7 statuts")
            #expect(answer.headers["content-type"] == "application/pdf")
            #expect(
                answer.headers["content-disposition"]
                    == "inline; filename=\"statuts sign_s.pdf\"; filename*=UTF-8''statuts%20sign%C3%A9s.pdf")
            #expect(answer.headers["cache-control"] == "no-cache, no-store")
            #expect(hub.stub.asked.last == "/depot/statuts%20sign%C3%A9s.pdf?v=1")
            #expect(hub.stub.header("X-Cle") == "sandbox-secret")
        }
    }

    @Test func `what a browser could run is saved, not shown, and steers nothing`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            let name = #"attachment; filename="../..\x/a;b".html"#
            hub.stub.tell(
                .init(headers: ["Content-Type": "text/html; charset=x", "Content-Disposition": name], body: "<script>"))
            let answer = try await hub.send(links.file)
            #expect(answer.status == 200 && answer.headers["content-type"] == "text/html")
            #expect(answer.headers["content-disposition"]?.hasPrefix("attachment; filename=\"") == true)
            #expect(answer.headers["content-disposition"]?.contains("..") == false)
            #expect(answer.headers["content-security-policy"] == "default-src 'none'; sandbox")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test(arguments: [
        (404, 404, "99003"), (405, 502, "00011"), (403, 502, "00601"), (429, 502, "00602"), (500, 502, "00603"),
        (502, 502, "00604"), (503, 502, "00605"), (504, 502, "00606"), (302, 502, "99999"), (204, 502, "99999"),
    ])
    func `each failure of the provider has its code`(status: Int, expected: Int, code: String) async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(status: status, headers: ["Location": "http://127.0.0.1:1/"], body: ""))
            let answer = try await hub.send(links.file)
            #expect(answer.status == expected && answer.codes == [code])
        }
    }

    @Test func `a PDF that is none is refused`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: ["Content-Type": "application/pdf"], body: "<html>"))
            let answer = try await hub.send(links.file)
            #expect(answer.status == 502 && answer.codes == ["99055"])
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:1/x", "https://evil.example/x", "http://localhost/x", "file:///etc/passwd", "//evil.example/",
        "{base}@evil.example/", "{base}.evil.example/", "javascript:alert(1)", "download:autre/00ff",
    ])
    func `an answer cannot send the hub anywhere else`(url: String) async throws {
        try await Self.run { hub in
            let token = try await hub.token(scopes: ["papiers"])
            let url = url.replacing("{base}", with: hub.papers)
            hub.stub.tell(Self.card(hub, url: url))
            let answer = try await hub.send(Papers.path, token: token)
            #expect(answer.status == 502 && answer.codes == ["99999"])
        }
    }

    @Test func `an address lives a day, and one that is not ours is unknown`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: ["Content-Type": "text/plain"], body: "x"))
            hub.clock.advance(86_399)
            #expect(try await hub.send(links.file).status == 200)
            hub.clock.advance(1)
            let late = try await hub.send(links.file)
            #expect(late.status == 410 && late.codes == ["00403"])
            var forged = links.file
            forged.replaceSubrange(forged.index(forged.endIndex, offsetBy: -9)..<forged.endIndex, with: "AAAAAAAAA")
            for path in [
                forged, "/proxy/files/x", "/proxy/files/", links.download.replacing("papiers/download", with: "files"),
            ] {
                #expect(try await hub.send(path).status == 404, "\(path)")
            }
            #expect(try await hub.send("/proxy/autre").text.hasPrefix("Cette adresse n'existe pas"))
            #expect(try await hub.send(links.file, method: "POST").status == 405)
        }
    }

    @Test func `an address is of a day even when two months have begun since its key`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.clock.advance(70 * 86_400)
            _ = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            let answer = try await hub.send(links.file)
            #expect(answer.status == 404)
            let keys = try FileManager.default.contentsOfDirectory(atPath: hub.folder.linkKeys)
            #expect(keys == ["links-2026-07.key"])
        }
    }

    @Test func `fifty files a minute for one address, no more`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: ["Content-Type": "text/plain"], body: "x"))
            for _ in 1...50 { #expect(try await hub.send(links.file).status == 200) }
            let refused = try await hub.send(links.file)
            #expect(refused.status == 429 && refused.codes == ["00429"] && refused.headers["retry-after"] == "60")
        }
    }

    @Test func `each caller has addresses of its own, from one cached answer, and what is fetched is traced`()
        async throws
    {
        try await Self.run { hub in
            hub.stub.tell(Self.card(hub))
            let tokens = [
                try await hub.token(id: "a", scopes: ["papiers"]), try await hub.token(id: "b", scopes: ["papiers"]),
            ]
            var links: [String] = []
            for token in tokens {
                let answer = try await hub.send(Papers.path, token: token)
                links.append(
                    String(try #require(answer.json["data"]?["url"]?.text).dropFirst(hub.hub.address.url.count)))
            }
            #expect(Set(links).count == 2 && hub.stub.asked.count == 1)
            hub.stub.tell(.init(headers: ["Content-Type": "text/plain"], body: "x"))
            for link in links { #expect(try await hub.send(link).status == 200) }
            await hub.hub.close()
            var cursor = try LedgerReader(directory: hub.folder.ledger).records(matching: LedgerFilter())
            var records: [CallRecord] = []
            while let record = try cursor.next() { records.append(record) }
            let files = records.filter { $0.operation == "proxy_files" }
            #expect(files.map(\.grant) == ["grant-a", "grant-b"] && files.map(\.token) == ["a", "b"])
            #expect(
                files.allSatisfy { $0.subject == "130025265" && $0.provider == "papiers" && $0.purpose == "principale" }
            )
            #expect(files.first?.caseReference == records.first?.caseReference)
        }
    }

    @Test func `without a trace no file is given`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: ["Content-Type": "text/plain"], body: "secret"))
            await hub.hub.ledger.close()
            let answer = try await hub.send(links.file)
            #expect(answer.status == 503 && answer.codes == ["00510"] && !answer.text.contains("secret"))
        }
    }

    @Test func `a document is delivered on demand and kept for a day`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]))
            hub.stub.tell(.init(headers: [:], body: "%PDF-1.4 acte"))
            let answer = try await hub.send(links.download)
            #expect(answer.status == 200 && hub.stub.asked.last == "/acte/00ff/pdf")
            #expect(answer.json.members?.map(\.key) == ["data"])
            #expect(answer.json["data"]?["expires_in"] == 86_400)
            let url = try #require(answer.json["data"]?["document_url"]?.text)
            let document = try await hub.send(String(url.dropFirst(hub.hub.address.url.count)))
            #expect(
                document.text == "%PDF-1.4 acte"
                    && document.headers["content-disposition"] == "inline; filename=\"acte.pdf\"")
            for (status, code) in [(404, "99003"), (403, "99001"), (200, "99055")] {
                hub.stub.tell(.init(status: status, headers: [:], body: "rien"))
                #expect(try await hub.send(links.download).codes == [code])
            }
        }
    }

    @Test func `a download is refused once its hour, its token or its right is over`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(id: "known", scopes: ["papiers"]))
            let short = try await Self.links(
                hub, token: hub.token(scopes: ["papiers"], expires: may.addingTimeInterval(60)))
            hub.stub.tell(.init(headers: [:], body: "%PDF-1.4 acte"))
            for path in [
                "/proxy/papiers/download/x", links.download.replacing("papiers", with: "cnav"), links.download + "A",
            ] {
                let answer = try await hub.send(path)
                #expect(answer.status == 422 && answer.codes == ["00314"])
            }
            hub.clock.advance(60)
            #expect(try await hub.send(short.download).codes == ["00103"])
            // The grant loses its scope, then its token.
            _ = try await hub.token(id: "known", scopes: ["cnaf_enfants"])
            #expect(try await hub.send(links.download).codes == ["00100"])
            hub.hub.gateway.use(RightsReading(rights: GrantSnapshot()))
            let unknown = try await hub.send(links.download)
            #expect(unknown.status == 401 && unknown.codes == ["00106"])
            hub.clock.advance(3_540)
            let late = try await hub.send(links.download)
            #expect(late.status == 410 && late.codes == ["00403"])
        }
    }

    @Test func `deposits and extracts of the register of companies are delivered from the sandbox`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let token = try await hub.token(scopes: ["open_data", "unites_legales_etablissements_insee"])
            let trace = "?recipient=13002526500013&context=a&object=b"
            let register = "/v3/inpi/rne/unites_legales/"
            let deposits = try await hub.send(register + "open_data/012345674/actes_bilans" + trace, token: token)
            let extract = try await hub.send(register + "012345674/extrait_rne" + trace, token: token)
            let links = [
                deposits.json["data"]?["actes"]?.items?.first?["url"],
                deposits.json["data"]?["bilans"]?.items?.first?["url"],
                extract.json["data"]?["document_url"],
            ]
            for link in links {
                let path = String(
                    try #require(link?.text, "\(deposits.text) \(extract.text)").dropFirst(hub.hub.address.url.count))
                #expect(path.hasPrefix("/proxy/inpi/download/"))
                let answer = try await hub.send(path)
                let url = try #require(answer.json["data"]?["document_url"]?.text, "\(answer.text)")
                let document = try await hub.send(String(url.dropFirst(hub.hub.address.url.count)))
                #expect(document.status == 200 && document.text.hasPrefix("%PDF-"))
            }
        }
    }

    @Test func `an identifier of another shape is not asked for`() async throws {
        try await Self.run { hub in
            let links = try await Self.links(hub, token: hub.token(scopes: ["papiers"]), acte: "../secret")
            let count = hub.stub.asked.count
            let answer = try await hub.send(links.download)
            #expect(answer.status == 422 && answer.codes == ["00501"] && hub.stub.asked.count == count)
        }
    }
}
