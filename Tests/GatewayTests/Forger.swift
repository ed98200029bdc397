import Crypto
import Foundation
import TestSupport
import Values

/// Somebody who has seen signed texts of others and has a key of their own, but none of theirs.
struct Forger {
    /// What is forged: texts that were rightly signed, none of which may be accepted under another form.
    struct Target: Sendable {
        let name: String
        let header: JSON
        let claims: JSON
        let text: String
        /// Another text that the same key has signed, of the same kind.
        let other: String
        /// Every text of that key that may be accepted as it is.
        var genuine: Set<[UInt8]> { [Array(text.utf8), Array(other.utf8)] }
    }

    let key = P256.Signing.PrivateKey()
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The ways of forging, by name.
    static let families: [(name: String, forge: @Sendable (inout Forger, Target) throws -> String)] = [
        ("alg none", { forger, target in try forger.unsigned(target, "none") }),
        ("alg None, in some case", { forger, target in try forger.unsigned(target, forger.anyCase("none")) }),
        (
            "alg none, signature kept",
            { forger, target in forger.kept(target, header: forger.changed(target.header, "alg", "none")) }
        ),
        ("HS256 under a public text", { forger, target in forger.confused(target) }),
        (
            "algorithm swapped",
            { forger, target in
                let algorithm = forger.one(of: ["HS384", "HS512", "RS256", "PS256", "ES384", "EdDSA", "es256", ""])
                return forger.kept(target, header: forger.changed(target.header, "alg", .string(algorithm)))
            }
        ),
        ("kid as a path", { forger, target in forger.keyed(target, "../../../../dev/null", under: []) }),
        (
            "kid as SQL",
            { forger, target in forger.keyed(target, "x' UNION SELECT 'AAAA'--", under: Array("AAAA".utf8)) }
        ),
        (
            "kid of another key",
            { forger, target in
                let kid = forger.one(of: ["older", "ours", "0001", "", "by-key", "*", "null"])
                return try forger.mine(forger.changed(target.header, "kid", .string(kid)), target.claims)
            }
        ),
        ("kid that is no text", { forger, target in try forger.mine(forger.odd(target.header, "kid"), target.claims) }),
        ("jku", { forger, target in try forger.adding("jku", "https://evil.example/jwks", target) }),
        ("x5u", { forger, target in try forger.adding("x5u", "https://evil.example/cert.pem", target) }),
        ("x5c", { forger, target in try forger.adding("x5c", [.string(forger.noise(200))], target) }),
        (
            "jwk of the forger",
            { forger, target in try forger.adding("jwk", ClientBench.jwk(forger.key.publicKey), target) }
        ),
        ("signed with another key", { forger, target in try forger.mine(target.header, target.claims) }),
        ("signature cut", { forger, target in forger.cut(target) }),
        ("parts missing", { forger, target in forger.stripped(target) }),
        ("signature empty", { _, target in Forger.parts(target.text).prefix(2).joined(separator: ".") + "." }),
        (
            "signature of zeros",
            { forger, target in
                let zeros = [UInt8](repeating: 0, count: forger.one(of: [32, 64]))
                return Forger.parts(target.text).prefix(2).joined(separator: ".") + "." + Base64URL.encode(zeros)
            }
        ),
        (
            "signature of noise",
            { forger, target in
                Forger.parts(target.text).prefix(2).joined(separator: ".") + "."
                    + forger.noise(forger.one(of: [32, 64]))
            }
        ),
        ("signature of another text", { forger, target in forger.crossed(target) }),
        ("another issuer", { forger, target in forger.claiming(target, "iss", .string("https://" + forger.word())) }),
        ("another audience", { forger, target in forger.claiming(target, "aud", .string("https://" + forger.word())) }),
        (
            "another subject",
            { forger, target in
                forger.claiming(target, forger.one(of: ["sub", "client_id", "jti"]), .string(forger.word()))
            }
        ),
        ("a later end", { forger, target in forger.claiming(target, "exp", .integer(forger.instant())) }),
        (
            "another beginning",
            { forger, target in forger.claiming(target, forger.one(of: ["nbf", "iat"]), .integer(forger.instant())) }
        ),
        ("more scopes", { forger, target in forger.claiming(target, "scope", .string("a b " + forger.word())) }),
        (
            "another binding",
            { forger, target in
                forger.claiming(target, forger.one(of: ["cnf", "ath", "htu"]), .string(forger.noise(32)))
            }
        ),
        ("a claim twice", { forger, target in forger.twice(target) }),
        ("base64 of another form", { forger, target in forger.looseBase64(target) }),
        (
            "padding",
            { forger, target in
                Forger.parts(target.text).map { $0 + forger.one(of: ["=", "==", "%3D"]) }.joined(separator: ".")
            }
        ),
        ("white space", { forger, target in forger.inserting([" ", "\t", "\r\n", "\u{A0}", "\u{0}"], target) }),
        ("Unicode", { forger, target in forger.lookalike(target) }),
        ("too long", { forger, target in target.text + forger.noise(9_000) }),
        ("nested deep", { forger, target in forger.nested(target) }),
        ("crit", { forger, target in try forger.adding("crit", ["exp"], target) }),
        ("b64 false", { forger, target in try forger.unencoded(target) }),
        ("five parts", { forger, target in target.text + "." + forger.noise(16) + "." + forger.noise(16) }),
        ("JSON form", { forger, target in forger.flattened(target) }),
        (
            "two texts",
            { forger, target in
                forger.one(of: [
                    target.text + target.other, target.text + " " + target.other, target.text + ";" + target.other,
                ])
            }
        ),
        ("bits flipped", { forger, target in forger.flipped(target) }),
        ("bytes changed", { forger, target in forger.mutated(target) }),
    ]

    // MARK: - How

    static func parts(_ text: String) -> [String] {
        text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    mutating func one<Value>(of values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    mutating func word() -> String { "w" + String(UInt64.random(in: 0 ... .max, using: &random), radix: 36) }
    mutating func instant() -> Int { Int.random(in: 1_700_000_000...4_000_000_000, using: &random) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
    mutating func noise(_ count: Int) -> String { Base64URL.encode(bytes(count)) }

    mutating func anyCase(_ text: String) -> String {
        text.map { Bool.random(using: &random) ? $0.uppercased() : $0.lowercased() }.joined()
    }

    func changed(_ json: JSON, _ name: String, _ value: JSON) -> JSON {
        .object((json.members ?? []).filter { $0.key != name } + [.init(name, value)])
    }

    mutating func odd(_ json: JSON, _ name: String) -> JSON {
        changed(json, name, one(of: [.null, ["ours"], ["kid": "ours"], true, 1]))
    }

    /// Signed with the forger's own key.
    func mine(_ header: JSON, _ claims: JSON) throws -> String { try ClientBench.signed(header, claims, by: key) }

    func adding(_ name: String, _ value: JSON, _ target: Target) throws -> String {
        try mine(changed(target.header, name, value), target.claims)
    }

    func kept(_ target: Target, header: JSON) -> String {
        ClientBench.text(header, target.claims) + "." + Self.parts(target.text)[2]
    }

    mutating func unsigned(_ target: Target, _ algorithm: String) throws -> String {
        let text = ClientBench.text(changed(target.header, "alg", .string(algorithm)), target.claims)
        return text + "." + one(of: ["", "", noise(32)])
    }

    /// Claims changed under the old signature, or under the forger's.
    mutating func claiming(_ target: Target, _ name: String, _ value: JSON) -> String {
        let claims = changed(target.claims, name, value)
        if Bool.random(using: &random), let own = try? mine(target.header, claims) { return own }
        return ClientBench.text(target.header, claims) + "." + Self.parts(target.text)[2]
    }

    mutating func hmac(_ header: JSON, _ claims: JSON, _ secret: [UInt8]) -> String {
        let text = ClientBench.text(header, claims)
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: secret))
        return text + "." + Base64URL.encode(code)
    }

    /// A shared secret made of what everybody can read of a key.
    mutating func confused(_ target: Target) -> String {
        let point = ClientBench.key.publicKey
        let jwk = ClientBench.jwk(point)
        let secret = one(of: [
            Array(point.rawRepresentation), Array(point.x963Representation), Array(point.derRepresentation),
            Array(point.pemRepresentation.utf8), jwk.bytes, Array("ours".utf8), Array(ClientBench.base.utf8), [],
        ])
        let header = changed(target.header, "alg", "HS256")
        return hmac(Bool.random(using: &random) ? changed(header, "kid", "ours") : header, target.claims, secret)
    }

    mutating func keyed(_ target: Target, _ kid: String, under secret: [UInt8]) -> String {
        let header = changed(changed(target.header, "alg", "HS256"), "kid", .string(kid + word()))
        return hmac(header, target.claims, secret)
    }

    mutating func cut(_ target: Target) -> String {
        let parts = Self.parts(target.text)
        let length = Int.random(in: 1..<parts[2].utf8.count, using: &random)
        return parts[0] + "." + parts[1] + "." + parts[2].prefix(length)
    }

    mutating func stripped(_ target: Target) -> String {
        let parts = Self.parts(target.text)
        let kept = one(of: [[0, 1], [0], [1, 2], [2], [0, 2], []])
        return kept.map { parts[$0] }.joined(separator: one(of: [".", "..", ""])) + one(of: ["", "."])
    }

    mutating func crossed(_ target: Target) -> String {
        var parts = Self.parts(target.text)
        let part = Int.random(in: 0..<3, using: &random)
        parts[part] = Self.parts(target.other)[part]
        return parts.joined(separator: ".")
    }

    mutating func twice(_ target: Target) -> String {
        let members = target.claims.members ?? []
        let twin = JSON.Member(one(of: members).key, .string(word()))
        let claims = JSON.object(Bool.random(using: &random) ? [twin] + members : members + [twin])
        if Bool.random(using: &random), let own = try? mine(target.header, claims) { return own }
        return ClientBench.text(target.header, claims) + "." + Self.parts(target.text)[2]
    }

    /// The other alphabet, or bits left over that are not zero.
    mutating func looseBase64(_ target: Target) -> String {
        if Bool.random(using: &random), target.text.contains(where: { "-_".contains($0) }) {
            return target.text.replacing("-", with: "+").replacing("_", with: "/")
        }
        var text = Array(target.text.utf8)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        text[text.count - 1] = one(of: alphabet)
        return String(decoding: text, as: UTF8.self)
    }

    mutating func inserting(_ texts: [String], _ target: Target) -> String {
        var text = Array(target.text)
        text.insert(contentsOf: one(of: texts), at: Int.random(in: 0...text.count, using: &random))
        return String(text)
    }

    /// Signs that Unicode holds for the same, or that look it.
    mutating func lookalike(_ target: Target) -> String {
        let twins: [Character: String] = [
            "K": "\u{212A}", "A": "\u{410}", "e": "\u{435}", ".": "\u{FF0E}", "y": "\u{443}",
        ]
        let (letter, twin) = one(of: twins.map { ($0.key, $0.value) })
        let text = target.text.replacing(String(letter), with: twin)
        return text == target.text && text.utf8.count == target.text.utf8.count ? target.text + "\u{200B}" : text
    }

    mutating func nested(_ target: Target) -> String {
        let depth = Int.random(in: 50...2_000, using: &random)
        let deep = #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        var parts = Self.parts(target.text)
        parts[Int.random(in: 0..<2, using: &random)] = Base64URL.encode(Array(deep.utf8))
        return parts.joined(separator: ".")
    }

    func unencoded(_ target: Target) throws -> String {
        let header = changed(changed(target.header, "b64", false), "crit", ["b64"])
        let text = Base64URL.encode(header.bytes) + "." + target.claims.serialized
        return text + "." + Base64URL.encode(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    func flattened(_ target: Target) -> String {
        let parts = Self.parts(target.text).map(JSON.string)
        return (["protected": parts[0], "payload": parts[1], "signature": parts[2]] as JSON).serialized
    }

    mutating func flipped(_ target: Target) -> String {
        var parts = Self.parts(target.text)
        let part = Int.random(in: 0..<3, using: &random)
        guard var bytes = Base64URL.decode(parts[part]), !bytes.isEmpty else { return target.text + "x" }
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        parts[part] = Base64URL.encode(bytes)
        return parts.joined(separator: ".")
    }

    mutating func mutated(_ target: Target) -> String {
        var bytes = Array(target.text.utf8)
        bytes.mutate(using: &random)
        return String(decoding: bytes, as: UTF8.self)
    }
}
