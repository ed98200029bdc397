import Foundation
import Testing
import Values

@testable import Sandbox

struct URSSAFTests {
    private static func certificate(of siren: String, from sandbox: RunningSandbox) async throws
        -> RunningSandbox.Answer
    {
        let form = RunningSandbox.query([
            "grant_type": "client_credentials", "client_id": "unefois", "client_secret": "se+cret/?",
            "scope": "attn.api_entreprise",
        ])
        let token = try await sandbox.send("urssaf", "POST", "/api/oauth/v1/token", body: form).json()["access_token"]
        let order: JSON = [
            "typeAttestation": "AVG_UR", "siren": .string(siren), "idClient": "essai", "beneficiaire": "01234567400019",
        ]
        return try await sandbox.send(
            "urssaf", "POST", "/attn/entreprise/v1/demandes/api_entreprise",
            headers: ["Authorization": "Bearer " + (token?.text ?? "")], body: order.serialized)
    }

    @Test func `a company up to date gets a document in base64`() async throws {
        try await withSandbox { sandbox in
            let answer = try await Self.certificate(of: "012345674", from: sandbox)
            #expect(answer.status == 200)
            let document = try #require(Data(base64Encoded: answer.text))
            #expect(document.starts(with: Array("%PDF-".utf8)))
            let again = try await Self.certificate(of: "012345674", from: sandbox)
            #expect(again.body == answer.body)
        }
    }

    @Test func `a company without a certificate gets the code of the reason`() async throws {
        try await withSandbox { sandbox in
            for (siren, code) in [
                ("010000099", "FUNC502"), ("010000107", "FUNC503"), ("010000115", "FUNC504"), ("010000123", "FUNC517"),
                ("010000032", "FUNC517"), ("000000000", "FUNC517"),
            ] {
                let answer = try await Self.certificate(of: siren, from: sandbox)
                #expect(answer.status == 400)
                #expect(try answer.json().items?.first?["code"]?.text == code)
            }
        }
    }

    @Test func `a wrong secret or no token opens nothing`() async throws {
        try await withSandbox { sandbox in
            let form = "grant_type=client_credentials&client_id=unefois&client_secret=x&scope=attn.api_entreprise"
            try await #expect(sandbox.send("urssaf", "POST", "/api/oauth/v1/token", body: form).status == 401)
            let path = "/attn/entreprise/v1/demandes/api_entreprise"
            try await #expect(sandbox.send("urssaf", "POST", path, body: "{}").status == 401)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")))
    func `a reader of documents finds the code on the first page and the date on the second`() async throws {
        try await withSandbox { sandbox in
            let answer = try await Self.certificate(of: "012345674", from: sandbox)
            let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".pdf")
            try #require(Data(base64Encoded: answer.text)).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let bytes = try #require(ChildProcess.output("/usr/bin/pdftotext", [file.path(), "-"]))
            let text = String(decoding: bytes, as: UTF8.self)
            let pages = text.split(separator: "\u{0C}")
            #expect(pages.count == 2)
            #expect(pages[0].split(separator: "\n").contains { $0.wholeMatch(of: /[A-Z0-9]{15}/) != nil })
            #expect(pages[1].contains("à la date du 30/04/2026"))
        }
    }
}
