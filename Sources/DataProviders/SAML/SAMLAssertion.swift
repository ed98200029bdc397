import Crypto
import Foundation

/// A SAML 2.0 assertion by which the hub vouches for its own call (OASIS, SAML Token Profile 1.1 §3.5.2,
/// `sender-vouches`), signed as XML-DSig lays down (W3C, XML Signature Syntax and Processing; RFC 6931 for RSA-SHA256).
struct SAMLAssertion {
    /// An XML identifier: it starts with a letter or `_`.
    let id: String
    let issuer: String
    let attributes: [(name: String, value: String)]
    let instant: Date
    /// Seconds.
    let lifetime: Int

    private static let assertion = "urn:oasis:names:tc:SAML:2.0:assertion"
    private static let signature = "http://www.w3.org/2000/09/xmldsig#"
    private static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"

    /// The assertion as XML, its signature enveloped after the issuer.
    func signed(by signer: SAMLSigner) throws -> String {
        let digest = SHA256.hash(data: Data(element(signature: []).text.utf8))
        // In the document the prefix is declared above; canonicalized by itself, the part that is signed declares it.
        let namespace = [(name: "xmlns:ds", value: Self.signature)]
        let signedInfo = signedInfo(digest, namespace)
        let value = try signer.sign(Data(signedInfo.text.utf8))
        let signature = CanonicalXML(
            "ds:Signature", namespace,
            [
                self.signedInfo(digest, []),
                CanonicalXML("ds:SignatureValue", text: value.base64EncodedString()),
                CanonicalXML(
                    "ds:KeyInfo", [],
                    [
                        CanonicalXML(
                            "ds:X509Data", [], [CanonicalXML("ds:X509Certificate", text: signer.certificate)])
                    ]),
            ])
        return element(signature: [signature]).text
    }

    private func element(signature: [CanonicalXML]) -> CanonicalXML {
        let start = instant.formatted(.iso8601)
        let end = instant.addingTimeInterval(Double(lifetime)).formatted(.iso8601)
        return CanonicalXML(
            "saml2:Assertion",
            [("xmlns:saml2", Self.assertion), ("ID", id), ("IssueInstant", start), ("Version", "2.0")],
            [CanonicalXML("saml2:Issuer", text: issuer)] + signature + [
                subject, CanonicalXML("saml2:Conditions", [("NotBefore", start), ("NotOnOrAfter", end)]),
                authentication(start), statement,
            ])
    }

    private var subject: CanonicalXML {
        CanonicalXML(
            "saml2:Subject", [],
            [
                CanonicalXML("saml2:NameID", text: issuer),
                CanonicalXML(
                    "saml2:SubjectConfirmation", [("Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")]),
            ])
    }

    private func authentication(_ start: String) -> CanonicalXML {
        let method = CanonicalXML(
            "saml2:AuthnContextClassRef", text: "urn:oasis:names:tc:SAML:2.0:ac:classes:XMLDSig")
        return CanonicalXML(
            "saml2:AuthnStatement", [("AuthnInstant", start)], [CanonicalXML("saml2:AuthnContext", [], [method])])
    }

    private var statement: CanonicalXML {
        CanonicalXML(
            "saml2:AttributeStatement", [],
            attributes.map { attribute in
                CanonicalXML(
                    "saml2:Attribute", [("Name", attribute.name)],
                    [CanonicalXML("saml2:AttributeValue", text: attribute.value)])
            })
    }

    private func signedInfo(
        _ digest: SHA256.Digest, _ namespace: [(name: String, value: String)]
    ) -> CanonicalXML {
        func algorithm(_ name: String, _ address: String) -> CanonicalXML {
            CanonicalXML(name, [("Algorithm", address)])
        }
        return CanonicalXML(
            "ds:SignedInfo", namespace,
            [
                algorithm("ds:CanonicalizationMethod", Self.exclusive),
                algorithm("ds:SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
                CanonicalXML(
                    "ds:Reference", [("URI", "#" + id)],
                    [
                        CanonicalXML(
                            "ds:Transforms", [],
                            [
                                algorithm("ds:Transform", Self.signature + "enveloped-signature"),
                                algorithm("ds:Transform", Self.exclusive),
                            ]),
                        algorithm("ds:DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"),
                        CanonicalXML("ds:DigestValue", text: Data(digest).base64EncodedString()),
                    ]),
            ])
    }
}
