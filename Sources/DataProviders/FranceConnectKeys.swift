import Crypto
import CryptoExtras
import Foundation
import Values

/// The RSA key under which FranceConnect encrypts its answers to the hub; the hub publishes the public half at
/// `/api/france_connect_jwks`.
public struct FranceConnectKeys: Sendable {
    private let pem: Redacted<String>
    /// The published key set (RFC 7517).
    public let jwks: JSON

    /// Reads the key of that file; makes it (RSA 3072, readable by its owner only) where there is none.
    /// - Throws: where the file is no such key or cannot be written.
    public init(file: String) throws {
        let privateKey: _RSA.Encryption.PrivateKey
        if let pem = try? String(contentsOfFile: file, encoding: .utf8) {
            privateKey = try _RSA.Encryption.PrivateKey(pemRepresentation: pem)
        } else {
            privateKey = try _RSA.Encryption.PrivateKey(keySize: .bits3072)
            let made = FileManager.default.createFile(
                atPath: file, contents: Data(privateKey.pemRepresentation.utf8), attributes: [.posixPermissions: 0o600])
            guard made else { throw CocoaError(.fileWriteUnknown) }
        }
        pem = Redacted(privateKey.pemRepresentation)
        let numbers = try privateKey.publicKey.getKeyPrimitives()
        let modulus = Base64URL.encode(numbers.modulus)
        // The identifier follows the key (RFC 7638), so that a new key is a new identifier.
        let exponent = Base64URL.encode(numbers.publicExponent)
        let canonical = "{\"e\":\"\(exponent)\",\"kty\":\"RSA\",\"n\":\"\(modulus)\"}"
        let thumbprint = Base64URL.encode(SHA256.hash(data: Data(canonical.utf8)))
        jwks = [
            "keys": [
                [
                    "kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "kid": .string(thumbprint), "n": .string(modulus),
                    "e": .string(exponent),
                ]
            ]
        ]
    }

    /// swift-crypto's key is not `Sendable`: one is made from the text for each use.
    func privateKey() throws -> _RSA.Encryption.PrivateKey {
        try _RSA.Encryption.PrivateKey(pemRepresentation: pem.exposed)
    }
}
