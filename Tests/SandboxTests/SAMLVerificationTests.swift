import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Sandbox

/// The assertion that a simulated provider wants in a message, here written by hand.
struct SAMLVerificationTests {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)

    private struct Client {
        let certificate: String
        let key: _RSA.Signing.PrivateKey
    }

    /// The client's certificate and key of a sandbox.
    private func withClient(_ body: (Client) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "unefois-saml-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try SandboxCertificates.make(in: folder)
        func read(_ name: String) throws -> String {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let lines = try read("client.pem").split(separator: "\n").filter { !$0.hasPrefix("-----") }
        try body(
            Client(
                certificate: lines.joined(), key: try _RSA.Signing.PrivateKey(pemRepresentation: try read("client.key")))
        )
    }

    private func message(_ client: Client, start: String, end: String, reference: String = "#_a1") throws -> String {
        let head = #"<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1">"#
        let tail = #"<saml2:Conditions NotBefore="\#(start)" NotOnOrAfter="\#(end)"></saml2:Conditions></saml2:Assertion>"#
        let digest = Data(SHA256.hash(data: Data((head + tail).utf8))).base64EncodedString()
        let signed: String = #"<ds:Reference URI="\#(reference)"><ds:DigestValue>\#(digest)</ds:DigestValue></ds:Reference>"#
        let canonical = #"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\#(signed)</ds:SignedInfo>"#
        let value = try client.key.signature(for: Data(canonical.utf8), padding: .insecurePKCS1v1_5).rawRepresentation
        let signature = """
            <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>\(signed)</ds:SignedInfo>\
            <ds:SignatureValue>\(value.base64EncodedString())</ds:SignatureValue>\
            <ds:X509Certificate>\(client.certificate)</ds:X509Certificate></ds:Signature>
            """
        return "<soap:Header>" + head + signature + tail + "</soap:Header>"
    }

    @Test func `a signed assertion is accepted while it is good, and refused once changed`() throws {
        try withClient { client in
            let good = try message(client, start: "2026-05-28T20:26:40Z", end: "2026-05-28T20:36:40Z")
            #expect(SAMLVerification.accepts(good, now: Self.now))
            #expect(!SAMLVerification.accepts(good, now: Self.now.addingTimeInterval(600)))
            #expect(!SAMLVerification.accepts(good, now: Self.now.addingTimeInterval(-1)))
            let longer = good.replacing("20:36:40Z", with: "21:36:40Z")
            #expect(!SAMLVerification.accepts(longer, now: Self.now))
            #expect(!SAMLVerification.accepts(good.replacing("<ds:DigestValue>", with: "<ds:DigestValue >"), now: Self.now))
            #expect(!SAMLVerification.accepts("<soap:Header></soap:Header>", now: Self.now))
        }
    }

    @Test func `a signature of another element, or by another key, is refused`() throws {
        try withClient { client in
            let other = try message(
                client, start: "2026-05-28T20:26:40Z", end: "2026-05-28T20:36:40Z", reference: "#_b2")
            #expect(!SAMLVerification.accepts(other, now: Self.now))
            let stranger = Client(certificate: client.certificate, key: try _RSA.Signing.PrivateKey(keySize: .bits2048))
            let forged = try message(stranger, start: "2026-05-28T20:26:40Z", end: "2026-05-28T20:36:40Z")
            #expect(!SAMLVerification.accepts(forged, now: Self.now))
        }
    }
}
