import Foundation
import TestSupport
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct DocumentTests {
    private static let pdf = Array("%PDF-1.7\nDUPONT the secret text\n%%EOF".utf8)

    private static func outcome(
        _ body: [UInt8], _ encoding: DocumentPlan.Encoding, documents: KeptDocuments = KeptDocuments()
    ) async -> Connector.Outcome {
        let plan = DocumentPlan(
            encoding: encoding, name: "attestation", lifetime: 600, condition: .always, source: nil,
            undecodable: "NN051", empty: "NN056", unexpected: "NN055")
        let accepted = Refusal(condition: .equal(.fact(.status), .literal(200)), problem: nil)
        let transport = ScriptedTransport(ProviderResponse(status: 200, body: body))
        let operation = Model.operation(Model.plan(), refusals: [accepted], document: plan)
        return await Model.connector(transport, documents: documents).ask(operation, Model.facts())
    }

    @Test func `a document comes in base64 or as it is`() async {
        let base64 = Data(Self.pdf).base64EncodedString()
        for (body, encoding) in [
            (Self.pdf, .raw), (Array(base64.utf8), .base64), (Array("\n\(base64)\r\n".utf8), .base64),
        ]
            as [([UInt8], DocumentPlan.Encoding)]
        {
            let documents = KeptDocuments()
            let outcome = await Self.outcome(body, encoding, documents: documents)
            #expect(outcome.code == nil && outcome.facts.document?.url == "https://hub.example/documents/x")
            let kept = documents.kept.withLock { $0 }
            #expect(kept.map(\.bytes) == [Self.pdf] && kept.first?.name == "attestation" && kept.first?.lifetime == 600)
        }
    }

    @Test(
        arguments: [
            ("%PDF-1.7", .base64, "NN051"), ("JVBERi0x*", .base64, "NN051"), ("JVBERi0", .base64, "NN051"),
            ("PGh0bWw+", .base64, "NN055"), ("", .base64, "NN056"), ("", .raw, "NN056"), ("<html>", .raw, "NN055"),
            (" %PDF-1.7", .raw, "NN055"), ("%PDF", .raw, "NN055"),
        ] as [(String, DocumentPlan.Encoding, String)])
    func `what is no PDF is refused`(body: String, encoding: DocumentPlan.Encoding, code: String) async {
        #expect(await Self.outcome(Array(body.utf8), encoding).code == code)
    }

    @Test func `a document may be a text of the answer's JSON`() async {
        let plan = DocumentPlan(
            encoding: .base64, name: "attestation", lifetime: 600, condition: .always, source: .member(.node, "data"),
            undecodable: "NN051", empty: "NN056", unexpected: "NN055")
        for (data, code) in [(Data(Self.pdf).base64EncodedString(), nil), ("x*", "NN051"), ("", "NN056")] {
            let documents = KeptDocuments()
            let transport = ScriptedTransport(.json(#"{"data":"\#(data)"}"#))
            let operation = Model.operation(Model.plan(), document: plan)
            let outcome = await Model.connector(transport, documents: documents).ask(operation, Model.facts())
            #expect(outcome.code == code)
            #expect(documents.kept.withLock { $0.map(\.bytes) } == (code == nil ? [Self.pdf] : []))
        }
    }

    @Test(arguments: [(["Refus : rien à délivrer"], "NN003"), (["Attestation"], nil), ([], "NN999")])
    func `a document whose text refuses, or cannot be read where it decides, is not kept`(
        pages: [String], code: String?
    ) async {
        let plan = DocumentPlan(
            encoding: .raw, name: "attestation", lifetime: 600, condition: .always, source: nil,
            undecodable: "NN051", empty: "NN056", unexpected: "NN055")
        let refusals = [
            Refusal(
                condition: .contains(.fact(.documentPage(1)), .literal("Refus")),
                problem: ProblemTemplate(code: "NN003")),
            Refusal(
                condition: .all([.present(.fact(.documentExpiry)), .absent(.fact(.documentPage(1)))]),
                problem: ProblemTemplate(code: "NN999")),
        ]
        let transport = ScriptedTransport(ProviderResponse(status: 200, body: Self.pdf))
        let documents = KeptDocuments(pages: pages)
        let operation = Model.operation(Model.plan(), refusals: refusals, document: plan)
        let outcome = await Model.connector(transport, documents: documents).ask(operation, Model.facts())
        #expect(outcome.code == code)
        #expect(documents.kept.withLock { $0.count } == (code == nil ? 1 : 0))
        #expect(outcome.facts.document?.pages == pages)
    }

    @Test func `a document that cannot be kept has its code`() async {
        #expect(await Self.outcome(Self.pdf, .raw, documents: KeptDocuments(isFull: true)).code == "00502")
    }

    @Test func `a kept document is found by its address until it expires`() async throws {
        try await withTemporaryFolder { folder in
            let clock = MovingClock()
            let store = try DocumentStore(folder: folder, clock: clock.wall)
            let url = try await store.keep(
                Self.pdf, name: "attestation", lifetime: 600, publicURL: "https://hub.example")
            let parts = url.split(separator: "/").map(String.init)
            #expect(url.hasPrefix("https://hub.example/documents/") && parts.last == "attestation.pdf")
            let secret = parts[parts.count - 2]
            #expect(await store.document(secret: secret, name: "attestation") == .document(Self.pdf))
            var wrong = Array(secret)
            wrong.swapAt(0, wrong.firstIndex { $0 != wrong[0] } ?? 1)
            for other in [String(wrong), "", "../" + secret, secret + "A", secret.lowercased() + "é"] {
                #expect(await store.document(secret: other, name: "attestation") == .nothing)
            }
            #expect(await store.document(secret: secret, name: "other") == .nothing)
            clock.advance(599)
            #expect(await store.document(secret: secret, name: "attestation") == .document(Self.pdf))
            try await #expect(store.purge() == 0)
            clock.advance(1)
            #expect(await store.document(secret: secret, name: "attestation") == .expired)
            try await #expect(store.purge() == 1)
            #expect(await store.document(secret: secret, name: "attestation") == .expired)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test func `the folder alone shows neither content, name nor address, and cannot be made to live longer`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try DocumentStore(folder: folder + "/kept", clock: MovingClock().wall)
            let url = try await store.keep(Self.pdf, name: "attestation", lifetime: 600, publicURL: "")
            let secret = url.split(separator: "/").map(String.init)[1]
            let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder + "/kept").first)
            let path = folder + "/kept/" + name
            var content = try Data(contentsOf: URL(filePath: path))
            for trace in ["attestation", secret, "DUPONT", "%PDF"] {
                #expect(!name.contains(trace) && content.range(of: Data(trace.utf8)) == nil)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let folderMode =
                try FileManager.default.attributesOfItem(atPath: folder + "/kept")[.posixPermissions] as? Int
            #expect(folderMode == 0o700)
            for place in [0, 7, 8, 20, content.count - 1] {
                content[place] ^= 1
                try content.write(to: URL(filePath: path))
                #expect(await store.document(secret: secret, name: "attestation") == .nothing)
                content[place] ^= 1
            }
            try content.write(to: URL(filePath: path))
            #expect(await store.document(secret: secret, name: "attestation") == .document(Self.pdf))
            try content.prefix(9).write(to: URL(filePath: path))
            #expect(await store.document(secret: secret, name: "attestation") == .nothing)
        }
    }

    @Test func `an address whose end is changed opens nothing`() async throws {
        try await withTemporaryFolder { folder in
            let clock = MovingClock()
            let store = try DocumentStore(folder: folder, clock: clock.wall)
            let url = try await store.keep(Self.pdf, name: "attestation", lifetime: 300, publicURL: "")
            var bytes = try #require(Base64URL.decode(url.split(separator: "/")[1]))
            bytes[bytes.count - 2] &+= 1
            #expect(await store.document(secret: Base64URL.encode(bytes), name: "attestation") == .nothing)
        }
    }
}
