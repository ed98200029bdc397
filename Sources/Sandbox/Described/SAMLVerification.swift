import Crypto
import CryptoExtras
import Foundation
import X509

/// Checks the SAML assertion of a message: digest, RSA signature, validity.
///
/// It reads the canonical form in which the hub writes; one written otherwise is refused, good or not. Who signs is
/// the holder of the certificate shown: whether that is the sandbox's client is checked by mutual TLS.
enum SAMLVerification {
    static func accepts(_ message: String, now: Date) -> Bool {
        guard let assertion = element("saml2:Assertion", in: message),
            let signature = element("ds:Signature", in: assertion),
            let signedInfo = element("ds:SignedInfo", in: signature),
            let id = attribute("ID", of: assertion), attribute("URI", of: signedInfo) == "#" + id,
            let digest = bytes("ds:DigestValue", in: signedInfo),
            Data(SHA256.hash(data: Data(assertion.replacing(signature, with: "").utf8))) == digest,
            isSigned(signedInfo, signature)
        else { return false }
        return isCurrent(assertion, now)
    }

    /// Canonicalized by itself, the part that is signed declares the prefix that it uses.
    private static func isSigned(_ signedInfo: String, _ signature: String) -> Bool {
        let canonical =
            #"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#
            + signedInfo.dropFirst("<ds:SignedInfo>".count)
        guard let value = bytes("ds:SignatureValue", in: signature),
            let shown = bytes("ds:X509Certificate", in: signature),
            let certificate = try? Certificate(derEncoded: Array(shown)),
            let key = _RSA.Signing.PublicKey(certificate.publicKey)
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: value), for: Data(canonical.utf8),
            padding: .insecurePKCS1v1_5)
    }

    private static func isCurrent(_ assertion: String, _ now: Date) -> Bool {
        guard let conditions = element("saml2:Conditions", in: assertion),
            let start = attribute("NotBefore", of: conditions).flatMap({ try? Date($0, strategy: .iso8601) }),
            let end = attribute("NotOnOrAfter", of: conditions).flatMap({ try? Date($0, strategy: .iso8601) })
        else { return false }
        return start <= now && now < end
    }

    /// The first element of that name, with its tags.
    private static func element(_ name: String, in text: String) -> String? {
        guard let start = text.range(of: "<\(name)(?=[ >])", options: .regularExpression)?.lowerBound,
            let end = text.range(of: "</\(name)>", range: start..<text.endIndex)?.upperBound
        else { return nil }
        return String(text[start..<end])
    }

    private static func bytes(_ name: String, in text: String) -> Data? {
        guard let element = element(name, in: text), let start = element.firstIndex(of: ">"),
            let end = element.lastIndex(of: "<"), start < end
        else { return nil }
        return Data(base64Encoded: String(element[element.index(after: start)..<end]))
    }

    /// The first attribute of that name in the text.
    private static func attribute(_ name: String, of text: String) -> String? {
        guard let start = text.range(of: " \(name)=\"")?.upperBound,
            let end = text[start...].firstIndex(of: "\"")
        else { return nil }
        return String(text[start..<end])
    }
}
