import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import Testing
import Values

@testable import Sandbox

/// Providers whose simulation is written in files.
struct DescribedProviderTests {
    private static let files = [
        "errors.yaml": "errors: {}",
        "entreprise/essai/provider.yaml": "provider: essai\naddresses: { data: /data }",
        "entreprise/essai/simulator.yaml": """
        simulates: essai
        routes:
          - post: /token
            needs: { user: "@user", secret: "@password" }
            answers: [{ json: { access_token: "@issued", expires_in: 60 } }]
          - get: /data/{siren}
            needs: token
            company: "@path.siren"
            absent: { status: 404, json: { message: "'rien'" } }
            document: [["Entreprise", "{name}"]]
            answers:
              - { when: "@query.format = 'pdf'", document: true }
              - { json: { nom: name, demandee: "@query.q", taille: "siren | draw 'taille' 1", pdf: "@document64" } }
          - post: /xml
            reads: xml
            answers: [{ xml: { r: { _a: "@body.q.n" } } }]
        """,
        "entreprise/secret/provider.yaml": "provider: secret\naddresses: { data: /data }",
        "entreprise/secret/simulator.yaml": """
        simulates: secret
        certificate: true
        routes: [{ get: /data, answers: [{ text: "'connu'" }] }]
        """,
    ]

    private func withFiles(
        _ body: @Sendable @escaping (RunningSandbox, URL) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "unefois-described-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in Self.files {
            let file = folder.appending(path: "catalogue/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        var options = smallOptions()
        options.catalogue = folder.appending(path: "catalogue")
        options.certificates = folder.appending(path: "certificates")
        try await withSandbox(options) { try await body($0, folder) }
    }

    @Test func `it asks for its credentials, then answers on the population`() async throws {
        try await withFiles { sandbox, _ in
            #expect(try await sandbox.send("essai", "GET", "/data/012345674").status == 401)
            let credentials = "Basic " + Data("unefois:se+cret/?".utf8).base64EncodedString()
            let token = try await sandbox.send("essai", "POST", "/token", headers: ["Authorization": credentials])
            let issued = try token.json()["access_token"]?.text ?? ""
            let claims = try JSON(parsing: #require(Base64URL.decode(String(issued.split(separator: ".")[1]))))
            #expect(issued.split(separator: ".").count == 3 && claims["exp"]?.int ?? 0 > 1_700_000_000)
            let bearer = ["Authorization": "Bearer " + issued]
            let forged = ["Authorization": "Bearer " + issued.dropLast(4) + "AAAA"]
            #expect(try await sandbox.send("essai", "GET", "/data/012345674", headers: forged).status == 401)
            let answer = try await sandbox.send("essai", "GET", "/data/012345674?q=a%20b", headers: bearer)
            let json = try answer.json()
            #expect(answer.status == 200 && json["nom"]?.text == "BOULANGERIE DES QUATRE VENTS")
            #expect(json["demandee"]?.text == "a b" && json["taille"]?.int == 0)
            let pdf = try #require(json["pdf"]?.text.flatMap { Data(base64Encoded: $0) })
            #expect(pdf.starts(with: Data("%PDF-".utf8)))
            let document = try await sandbox.send("essai", "GET", "/data/012345674?format=pdf", headers: bearer)
            #expect(document.body.starts(with: Array("%PDF-".utf8)))
            let unknown = try await sandbox.send("essai", "GET", "/data/999999999", headers: bearer)
            #expect(unknown.status == 404)
            #expect(try unknown.json()["message"]?.text == "rien")
        }
    }

    @Test func `it reads and writes XML, refuses other methods and obeys faults`() async throws {
        try await withFiles { sandbox, _ in
            let answer = try await sandbox.send("essai", "POST", "/xml", body: "<q><n>5</n></q>")
            #expect(answer.text.hasSuffix(#"<r a="5"></r>"#))
            #expect(try await sandbox.send("essai", "GET", "/xml").status == 405)
            #expect(try await sandbox.send("essai", "GET", "/ailleurs").status == 404)
            let fault = #"{"mode":"status","status":503,"count":1}"#
            #expect(try await sandbox.send("essai", "POST", "/_faults", body: fault).status == 204)
            #expect(try await sandbox.send("essai", "POST", "/xml", body: "<q/>").status == 503)
            #expect(try await sandbox.send("essai", "POST", "/xml", body: "<q/>").status == 200)
        }
    }

    @Test func `a provider that wants a certificate answers nobody without one`() async throws {
        try await withFiles { sandbox, folder in
            let base = try #require(sandbox.addresses["secret"])
            #expect(base.hasPrefix("https://"))
            let path = folder.appending(path: "certificates").path
            #expect(try await Self.answer(base, path, showing: true) == "connu")
            #expect(try await Self.answer(base, path, showing: false) == nil)
        }
    }

    /// What the provider says to a client that trusts the sandbox's authority.
    private static func answer(_ base: String, _ path: String, showing: Bool) async throws -> String? {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(path + "/ca.pem")
        if showing {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(path + "/client.pem").map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: path + "/client.key", format: .pem))
        }
        let client = HTTPClient(configuration: .init(tlsConfiguration: tls))
        let response = try? await client.execute(HTTPClientRequest(url: base + "/data"), timeout: .seconds(5))
        let text = try? await response?.body.collect(upTo: 100)
        try await client.shutdown()
        return text.map { String(buffer: $0) }
    }
}
