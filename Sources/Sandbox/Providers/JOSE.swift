import Crypto
import CryptoExtras
import Foundation
import Values

/// A key that signs tokens with ES256 (RFC 7518 §3.4).
struct SigningKey: Sendable {
    private let key = P256.Signing.PrivateKey()

    /// The name of the key, made from the key itself.
    var id: String { Base64URL.encode(SHA256.hash(data: key.publicKey.rawRepresentation).prefix(12)) }

    /// The public half (RFC 7517).
    var publicKey: JSON {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": .string(id),
            "x": .string(Base64URL.encode(point.prefix(32))), "y": .string(Base64URL.encode(point.suffix(32))),
        ]
    }

    /// The claims as a signed token (RFC 7515, compact).
    func sign(_ claims: JSON) throws -> String {
        let header: JSON = ["alg": "ES256", "typ": "JWT", "kid": .string(id)]
        let signed = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        let signature = try key.signature(for: Data(signed.utf8))
        return signed + "." + Base64URL.encode(signature.rawRepresentation)
    }
}

/// The public key of the one who will read an encrypted token.
struct EncryptionKey {
    let id: String?
    private let key: _RSA.Encryption.PublicKey

    /// Takes the first RSA key for encryption of a key set (RFC 7517 §5); nil where there is none.
    init?(keySet: JSON) {
        let candidate = keySet["keys"]?.items?.first { key in
            key["kty"]?.text == "RSA" && key["use"]?.text ?? "enc" == "enc"
        }
        guard let candidate, let modulus = candidate["n"]?.text.flatMap(Base64URL.decode),
            let exponent = candidate["e"]?.text.flatMap(Base64URL.decode),
            let key = try? _RSA.Encryption.PublicKey(n: modulus, e: exponent)
        else { return nil }
        self.key = key
        id = candidate["kid"]?.text
    }

    /// The token encrypted with RSA-OAEP and A256GCM (RFC 7516, compact).
    func encrypt(_ token: String) throws -> String {
        let kid: [JSON.Member] = id.map { [.init("kid", .string($0))] } ?? []
        let header = JSON.object([.init("alg", "RSA-OAEP"), .init("enc", "A256GCM"), .init("cty", "JWT")] + kid)
        let protected = Base64URL.encode(header.bytes)
        let contentKey = SymmetricKey(size: .bits256)
        let wrapped = try key.encrypt(contentKey.withUnsafeBytes { Data($0) }, padding: .PKCS1_OAEP)
        let box = try AES.GCM.seal(Data(token.utf8), using: contentKey, authenticating: Data(protected.utf8))
        let parts = [Data(wrapped), Data(box.nonce), box.ciphertext, box.tag]
        return ([protected] + parts.map { Base64URL.encode($0) }).joined(separator: ".")
    }
}
