import Foundation
import TestSupport
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct SAMLTests {
    private static let instant = Date(timeIntervalSince1970: 1_780_000_000)

    /// A message as a catalogue writes it, with names and prefixes around that must not disturb the signature.
    private static let message = """
        <?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" \
        xmlns:siv="urn:siv"><soap:Header><wsse:Security xmlns:wsse="urn:wsse" soap:mustUnderstand="1"></wsse:Security>\
        </soap:Header><soap:Body><siv:num_immat>AA-123-AA</siv:num_immat></soap:Body></soap:Envelope>
        """

    private static let plan = SAMLPlan(
        issuer: .literal("Service d'essai & Cie <\"é\">"),
        attributes: [("Code\"Partenaire", .literal("a\rb\tc & d")), ("Absent", .literal(nil))], lifetime: 600)

    /// A signer with a key made for the test.
    private func signer(in folder: String) throws -> SAMLSigner {
        let arguments = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=client -keyout client.key -out client.pem"
        _ = try runTool(["openssl"] + arguments.split(separator: " ").map(String.init), in: folder)
        func read(_ name: String) throws -> String { try String(contentsOfFile: folder + "/" + name, encoding: .utf8) }
        return try SAMLSigner(certificate: try read("client.pem"), key: try read("client.key"))
    }

    private func signed(in folder: String) throws -> String {
        var body: [UInt8]? = Array(Self.message.utf8)
        try Self.plan.add(to: &body, signer: try signer(in: folder), Model.facts(clock: .fixed(Self.instant)))
        return String(decoding: body ?? [], as: UTF8.self)
    }

    /// True where xmlsec1 finds the signature of that text good.
    private func isVerified(_ text: String, in folder: String) throws -> Bool {
        try Data(text.utf8).write(to: URL(filePath: folder + "/message.xml"))
        let arguments = [
            "xmlsec1", "--verify", "--trusted-pem", "client.pem", "--id-attr:ID",
            "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "message.xml",
        ]
        do { _ = try runTool(arguments, in: folder) } catch is ToolFailure { return false }
        return true
    }

    private static let hasVerifier = (try? runTool(["xmlsec1", "--version"])) != nil

    @Test(.enabled(if: hasVerifier, "xmlsec1 n'est pas installé"))
    func `another program verifies the signature, and refuses a changed assertion`() async throws {
        try await withTemporaryFolder { folder in
            try await onThread {
                let text = try signed(in: folder)
                #expect(try isVerified(text, in: folder))
                #expect(try !isVerified(text.replacing("2.0:cm:sender", with: "2.0:cm:bearer"), in: folder))
                #expect(try !isVerified(text.replacing("Service d'essai", with: "Autre"), in: folder))
            }
        }
    }

    @Test func `the assertion says who vouches, for how long, and stands in the security header`() async throws {
        try await withTemporaryFolder { folder in
            let text = try await onThread { try signed(in: folder) }
            let header = try XMLReader.json(Array(text.utf8))["Envelope"]?["Header"]?["Security"]
            let assertion = try #require(header?["Assertion"])
            let id = try #require(assertion["_ID"]?.text)
            #expect(id.hasPrefix("_") && id.count == 33)
            #expect(assertion["Issuer"] == "Service d'essai & Cie <\"é\">")
            #expect(assertion["Subject"]?["NameID"] == assertion["Issuer"])
            #expect(assertion["Conditions"]?["_NotBefore"] == "2026-05-28T20:26:40Z")
            #expect(assertion["Conditions"]?["_NotOnOrAfter"] == "2026-05-28T20:36:40Z")
            let attribute = assertion["AttributeStatement"]?["Attribute"]
            #expect(attribute?["_Name"] == "Code\"Partenaire" && attribute?["AttributeValue"] == "a\rb\tc & d")
            #expect(assertion["Signature"]?["SignedInfo"]?["Reference"]?["_URI"]?.text == "#" + id)
            #expect(text.contains("</saml2:Assertion></wsse:Security>"))
        }
    }

    @Test func `a message without a security header takes no assertion`() async throws {
        try await withTemporaryFolder { folder in
            try await onThread {
                let signer = try signer(in: folder)
                var body: [UInt8]? = Array("<message></message>".utf8)
                #expect(throws: ProviderFailure.self) {
                    try Self.plan.add(to: &body, signer: signer, Model.facts())
                }
            }
        }
    }

    @Test func `a message is not sent where no certificate is configured`() async throws {
        let plan = Model.plan(
            .post, body: .xml(.object([("message", .value(.literal("x")))])),
            authentication: Authentication(name: "tls", kind: .mutualTLS(saml: Self.plan), retryOn: []))
        let transport = ScriptedTransport(.json("{}"))
        let outcome = await Model.connector(transport).ask(Model.operation(plan), Model.facts())
        #expect(transport.requests.isEmpty && outcome.code == "NN001")
    }
}
