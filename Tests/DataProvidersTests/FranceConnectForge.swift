import Crypto
import CryptoExtras
import Foundation
import Values

@testable import DataProviders

/// Makes what FranceConnect answers, and what it never should.
struct Forge {
    static let signer = P256.Signing.PrivateKey()
    /// Kept for all tests: an RSA key takes long to make.
    static let hubKeys = Result {
        let file = FileManager.default.temporaryDirectory.appending(path: "unefois-fc-\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        return try FranceConnectKeys(file: file.path)
    }
    static let now = Date(timeIntervalSince1970: 1_780_000_000)

    var signingKey = Forge.signer
    var header: JSON = ["alg": "ES256", "typ": "JWT", "kid": "fc-1"]
    var encryptionHeader: JSON = ["alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT"]
    var introspection: [JSON.Member] = [
        .init("active", true), .init("aud", "service"), .init("sub", "pseudonym"), .init("exp", 1_780_000_060),
        .init("scope", "openid identite_pivot cnaf_quotient_familial"), .init("gender", "female"),
        .init("family_name", "LEFEBVRE"), .init("given_name", "CLAIRE MARIE"), .init("birthdate", "1987-06-27"),
        .init("birthplace", "08480"), .init("birthcountry", "99100"),
    ]

    /// Claims beside the introspection: who says it, and to whom.
    var around: [JSON.Member] = []

    mutating func set(_ key: String, _ value: JSON?) {
        introspection.removeAll { $0.key == key }
        if let value { introspection.append(.init(key, value)) }
    }

    var payload: JSON { .object(around + [.init("token_introspection", .object(introspection))]) }

    func signed() throws -> String {
        let text = Base64URL.encode(header.bytes) + "." + Base64URL.encode(payload.bytes)
        return text + "." + Base64URL.encode(try signingKey.signature(for: Data(text.utf8)).rawRepresentation)
    }

    /// A JWE of that text for the hub's key, or for another.
    func encrypted(_ text: String, for key: _RSA.Encryption.PublicKey? = nil) throws -> String {
        let protected = Base64URL.encode(encryptionHeader.bytes)
        let contentKey = SymmetricKey(size: .bits256)
        let publicKey = try key ?? Self.hubKeys.get().privateKey().publicKey
        let wrapped = try publicKey.encrypt(contentKey.withUnsafeBytes { Data($0) }, padding: .PKCS1_OAEP)
        let box = try AES.GCM.seal(Data(text.utf8), using: contentKey, authenticating: Data(protected.utf8))
        let parts = [Data(wrapped), Data(box.nonce), box.ciphertext, box.tag]
        return ([protected] + parts.map { Base64URL.encode($0) }).joined(separator: ".")
    }

    func answer() throws -> String { try encrypted(signed()) }

    static func keySet(kid: String = "fc-1") -> String {
        let point = signer.publicKey.rawRepresentation
        let key: JSON = [
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": .string(kid),
            "x": .string(Base64URL.encode(point.prefix(32))), "y": .string(Base64URL.encode(point.suffix(32))),
        ]
        return (["keys": [["kty": "RSA", "use": "enc", "kid": "fc-1"], key]] as JSON).serialized
    }

    /// What the hub makes of an answer of FranceConnect.
    static func introspect(
        _ body: String, status: Int = 200, keySet: String = Forge.keySet(), token: String = "citizen-token",
        transport: ScriptedTransport? = nil, breakers: Breakers = Breakers(),
        configuration: TableConfiguration = TableConfiguration()
    ) async throws -> Result<FranceConnect.Citizen, ProblemTemplateError> {
        let scripted = ScriptedTransport { request throws(TransportFailure) in
            request.url.hasSuffix("/jwks") ? .json(keySet) : .json(body, status: status)
        }
        return await FranceConnect(
            transport: transport ?? scripted, configuration: configuration, keys: try hubKeys.get(),
            breakers: breakers, clock: .fixed(now)
        ).introspect(Redacted(token), api: "quotient-familial", provider: Model.franceConnect)
    }
}

extension Result where Failure == ProblemTemplateError {
    var code: String? { if case .failure(let error) = self { error.problem.code } else { nil } }
}
