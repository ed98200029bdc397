import Crypto
import CryptoExtras
import Foundation
import Values

/// JSON Web Encryption, compact form (RFC 7516), with RSA-OAEP and A256GCM only: what FranceConnect v2 answers with.
/// jwt-kit has no JWE; the primitives are swift-crypto's. See `docs/decisions/0005-jwe.md`.
enum JWE {
    struct Refused: Error {}

    /// The plaintext, once decrypted and authenticated.
    /// - Throws: ``Refused`` for any other algorithm, a malformed text or a failed check, without saying which: a
    ///   decryption oracle tells nothing.
    static func decrypt(_ compact: String, with key: _RSA.Encryption.PrivateKey) throws(Refused) -> [UInt8] {
        let parts = compact.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, compact.utf8.count < 100_000, let header = Base64URL.decode(parts[0]),
            let fields = try? JSON(parsing: header), fields["alg"] == "RSA-OAEP", fields["enc"] == "A256GCM",
            fields["zip"] == nil, fields["crit"] == nil, let wrapped = Base64URL.decode(parts[1]),
            let nonce = Base64URL.decode(parts[2]), let ciphertext = Base64URL.decode(parts[3]),
            let tag = Base64URL.decode(parts[4]), nonce.count == 12, tag.count == 16,
            let contentKey = try? key.decrypt(wrapped, padding: .PKCS1_OAEP), contentKey.count == 32,
            let box = try? AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag),
            let plain = try? AES.GCM.open(
                box, using: SymmetricKey(data: contentKey), authenticating: Data(parts[0].utf8))
        else { throw Refused() }
        return Array(plain)
    }
}
