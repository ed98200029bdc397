import Crypto
import Foundation
import Values

/// The SHA-256 of a certificate's DER (RFC 8705 §3.1): 32 bytes by which a client is known.
public enum CertificateDigest {
    /// Of one certificate in PEM (RFC 7468); nil for any other file: a key, a chain, a broken text.
    public static func ofPEM(_ text: String) -> [UInt8]? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let begin = lines.indices.filter { lines[$0] == "-----BEGIN CERTIFICATE-----" }
        let end = lines.indices.filter { lines[$0] == "-----END CERTIFICATE-----" }
        guard begin.count == 1, end.count == 1, begin[0] < end[0],
            !lines.contains(where: { $0.contains("PRIVATE KEY") }),
            let der = Data(base64Encoded: lines[(begin[0] + 1)..<end[0]].joined())
        else { return nil }
        return ofDER(Array(der))
    }

    /// Of one certificate in DER; nil where the bytes are not one sequence from end to end.
    public static func ofDER(_ der: [UInt8]) -> [UInt8]? {
        // A certificate exceeds 255 bytes and stays below 64 KiB: its length takes two bytes.
        guard der.count > 4, der[0] == 0x30, der[1] == 0x82, Int(der[2]) << 8 | Int(der[3]) == der.count - 4 else {
            return nil
        }
        return Array(SHA256.hash(data: der))
    }

    /// Of the certificate in a `Client-Cert` header (RFC 9440 §2.1): a byte sequence of RFC 8941, `:…:`.
    public static func ofHeader(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= 16_384, text.utf8.count > 2, text.hasPrefix(":"), text.hasSuffix(":") else {
            return nil
        }
        return Data(base64Encoded: String(text.dropFirst().dropLast())).flatMap { ofDER(Array($0)) }
    }
}
