import Crypto
import CryptoExtras
import Foundation
import Values

/// The signature algorithms that others may sign with for us (RFC 7518, RFC 8037). No shared secret, no `none`.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    case es256 = "ES256"
    case eddsa = "EdDSA"
    case ps256 = "PS256"
    case rs256 = "RS256"
}

/// Somebody's public key, bound to one algorithm (RFC 8725 §3.1): P-256, Ed25519, or RSA of 2048 to 4096 bits.
public struct PublicKey: Sendable {
    public let algorithm: SignatureAlgorithm
    /// The identifier that the key's holder gave it.
    public let kid: String?
    private let material: Material
    /// The members that make the key, in the order of their names (RFC 7638 §3.2).
    private let required: [JSON.Member]

    private enum Material {
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    /// Why a key is not taken; in French, for whoever registers it.
    public struct Refused: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Reads a JWK (RFC 7517).
    /// - Parameter algorithm: what a signature states; nil: what the key states, else the usual one of its kind.
    /// - Throws: `Refused` for a private or symmetric key, another kind, a weak one, or one made for something else.
    public init(jwk: JSON, for algorithm: SignatureAlgorithm? = nil) throws(Refused) {
        guard let members = jwk.members, SignedText.hasNoTwin(jwk) else { throw Refused("ce n'est pas une clé JWK") }
        guard Self.secrets.isDisjoint(with: members.map(\.key)) else {
            throw Refused("elle porte une partie privée : ne donnez que la clé publique")
        }
        guard jwk["use"].map({ $0 == "sig" }) ?? true else { throw Refused("elle n'est pas faite pour signer") }
        let stated = try Self.statedAlgorithm(jwk)
        if let algorithm, let stated, stated != algorithm { throw Refused("son algorithme est un autre") }
        kid = if case .string(let kid)? = jwk["kid"] { kid } else { nil }
        switch jwk["kty"] {
        case "EC":
            (material, required) = try Self.p256(jwk)
            self.algorithm = algorithm ?? stated ?? .es256
        case "OKP":
            (material, required) = try Self.ed25519(jwk)
            self.algorithm = algorithm ?? stated ?? .eddsa
        case "RSA":
            (material, required) = try Self.rsa(jwk)
            self.algorithm = algorithm ?? stated ?? .ps256
        default: throw Refused("seules les clés EC, OKP et RSA sont admises")
        }
        guard Self.fits(self.algorithm, material) else { throw Refused("son algorithme n'est pas de son genre") }
    }

    /// Whether this key has made that signature.
    public func verifies(_ signature: [UInt8], of data: Data) -> Bool {
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: data)
        case .ed25519(let key): return key.isValidSignature(signature, for: data)
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: data,
                padding: algorithm == .ps256 ? .PSS : .insecurePKCS1v1_5)
        }
    }

    /// The SHA-256 of the key's members in base64url (RFC 7638): what a token is bound to.
    public var thumbprint: String { Base64URL.encode(SHA256.hash(data: Data(JSON.object(required).bytes))) }

    /// The key as it is kept: nothing but what makes it, its identifier and its one algorithm.
    public var jwk: JSON {
        let name: [JSON.Member] = kid.map { [.init("kid", .string($0))] } ?? []
        return .object(required + [.init("alg", .string(algorithm.rawValue)), .init("use", "sig")] + name)
    }

    // MARK: - Kinds

    private static let secrets: Set<String> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

    private static func statedAlgorithm(_ jwk: JSON) throws(Refused) -> SignatureAlgorithm? {
        guard let stated = jwk["alg"] else { return nil }
        guard case .string(let name) = stated, let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw Refused("algorithmes admis : " + SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return algorithm
    }

    private static func bytes(_ jwk: JSON, _ name: String) throws(Refused) -> [UInt8] {
        guard case .string(let text)? = jwk[name], text.utf8.count <= 1024, let bytes = Base64URL.decode(text) else {
            throw Refused("sa partie « \(name) » manque ou n'est pas en base64url")
        }
        return bytes
    }

    private static func members(_ jwk: JSON, _ names: [String]) -> [JSON.Member] {
        names.compactMap { name in jwk[name].map { JSON.Member(name, $0) } }
    }

    private static func p256(_ jwk: JSON) throws(Refused) -> (Material, [JSON.Member]) {
        let (x, y) = (try bytes(jwk, "x"), try bytes(jwk, "y"))
        guard jwk["crv"] == "P-256", x.count == 32, y.count == 32,
            let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
        else { throw Refused("ce n'est pas un point de la courbe P-256") }
        return (.p256(key), members(jwk, ["crv", "kty", "x", "y"]))
    }

    private static func ed25519(_ jwk: JSON) throws(Refused) -> (Material, [JSON.Member]) {
        let x = try bytes(jwk, "x")
        guard jwk["crv"] == "Ed25519", x.count == 32,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x)
        else { throw Refused("ce n'est pas une clé Ed25519") }
        return (.ed25519(key), members(jwk, ["crv", "kty", "x"]))
    }

    private static func rsa(_ jwk: JSON) throws(Refused) -> (Material, [JSON.Member]) {
        let (modulus, exponent) = (try bytes(jwk, "n"), try bytes(jwk, "e"))
        // One key has one text; an exponent of more than four bytes only serves to make us work.
        guard let first = modulus.first, first != 0, let last = exponent.last, last & 1 == 1, exponent.first != 0,
            (3...4).contains(exponent.count), let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
        else { throw Refused("ce n'est pas une clé RSA d'exposant usuel") }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard (2048...4096).contains(bits) else { throw Refused("une clé RSA compte de 2048 à 4096 bits") }
        return (.rsa(key), members(jwk, ["e", "kty", "n"]))
    }

    private static func fits(_ algorithm: SignatureAlgorithm, _ material: Material) -> Bool {
        switch material {
        case .p256: algorithm == .es256
        case .ed25519: algorithm == .eddsa
        case .rsa: algorithm == .ps256 || algorithm == .rs256
        }
    }
}

extension PublicKey.Refused {
    init(_ description: String) { self.init(description: description) }
}
