import Crypto
import CryptoExtras
import Foundation
import JOSE
import Testing
import Values

@testable import Gateway

/// Tokens of clients, what they are bound to, and how clients make themselves known.
struct BoundTokenTests {
    typealias Bench = ClientBench

    private static var bound: String {
        get throws { Bench.access(["cnf": ["jkt": .string(try Bench.thumbprint)]]) }
    }

    @Test func `a token that our key signed holds until its end, and never longer than grant and client`() async throws
    {
        let bench = try await Bench()
        let (token, snapshot) = (Bench.access(), try bench.snapshot())
        #expect(Bench.bearer(token, snapshot) == nil)
        #expect(Bench.bearer(token, snapshot, at: noon.addingTimeInterval(599)) == nil)
        #expect(Bench.bearer(token, snapshot, at: noon.addingTimeInterval(600)) == "00103")
        #expect(Bench.bearer(token, try bench.snapshot(grant: { $0.expires = noon })) == "00103")
        #expect(Bench.bearer(token, try bench.snapshot(grant: { $0.revoked = noon })) == "00105")
        #expect(Bench.bearer(token, try bench.snapshot(client: { $0.revoked = noon })) == "00105")
        for (name, value) in [
            ("iss", "https://other.example"), ("aud", "https://other.example"), ("aud", ["https://hub.example"]),
            ("sub", "other"), ("client_id", 1), ("exp", nil), ("exp", "never"), ("jti", nil), ("iat", nil),
            ("scope", ["a"]), ("cnf", [:]), ("cnf", .null), ("cnf", ["jku": "https://evil.example"]),
            ("cnf", ["jkt": "short"]), ("cnf", ["x5t#S256": 1]),
        ] as [(String, JSON?)] {
            #expect(Bench.bearer(Bench.access([name: value]), snapshot) == "00101", "\(name)")
        }
        #expect(Bench.bearer(Bench.access(["client_id": "none", "sub": "none"]), snapshot) == "00106")
    }

    @Test func `a token of a part of the scopes opens that part, and what the grant has lost is lost`() async throws {
        let bench = try await Bench()
        func scopes(_ claim: JSON?, _ change: (inout Grant) -> Void = { _ in }) throws -> [String] {
            let token = Redacted(Bench.access(["scope": claim]))
            let holder = try Bench.credentials().holder(token, bench.snapshot(grant: change), now: noon).get()
            guard case .organisation(let right) = holder else { return [] }
            #expect(right.right.scopes == Model.catalogue.scopes.set(right.grant.scopes))
            #expect(right.token.id == "by-key" && Caller(right, purpose: nil).limitKey == "by-key")
            return right.grant.scopes
        }
        #expect(try scopes(nil) == ["a", "b"])
        #expect(try scopes("b") == ["b"])
        #expect(try scopes("b c") == ["b"])
        #expect(try scopes("a b") { $0.scopes = ["a"] } == ["a"])
        #expect(try scopes("").isEmpty)
    }

    @Test func `a token bound to a key is worth nothing without a proof of that key for that call`() async throws {
        let snapshot = try await Bench().snapshot()
        let token = try Self.bound
        #expect(Bench.bearer(token, snapshot) == "00462")
        #expect(Bench.bound(token, [try Bench.proof(token)], snapshot) == nil)
        #expect(Bench.bound(token, [], snapshot) == "00460")
        let proof = try Bench.proof(token)
        #expect(Bench.bound(token, [proof, proof], snapshot) == "00460")
        let seconds = Int(noon.timeIntervalSince1970)
        for (name, value) in [
            ("htm", "POST"), ("htm", "get"), ("htm", nil), ("htu", "https://hub.example/v3/other"),
            ("htu", "http://hub.example/v3/data"), ("htu", "https://hub.example:8443/v3/data"),
            ("htu", "https://evil.example/v3/data"), ("htu", "https://hub.example@evil.example/v3/data"),
            ("htu", "/v3/data"), ("htu", nil), ("iat", .integer(seconds - 61)), ("iat", .integer(seconds + 61)),
            ("iat", nil), ("iat", "now"), ("iat", .decimal("1e400")), ("ath", nil), ("ath", "AAAA"), ("jti", nil),
            ("jti", ""), ("jti", 1), ("jti", .string(String(repeating: "j", count: 513))),
        ] as [(String, JSON?)] {
            #expect(Bench.bound(token, [try Bench.proof(token, [name: value])], snapshot) == "00460", "\(name)")
        }
        for address in [
            "https://hub.example/v3/data?x=1", "https://hub.example/v3/data#x", "HTTPS://HUB.example:443/v3/data",
            "https://hub.example/v3/d%61ta",
        ] {
            #expect(Bench.bound(token, [try Bench.proof(token, ["htu": .string(address)])], snapshot) == nil)
        }
        let other = P256.Signing.PrivateKey()
        let header: JSON = ["typ": "dpop+jwt", "alg": "ES256", "jwk": Bench.jwk(other.publicKey)]
        let foreign = try Bench.signed(header, Bench.proofClaims(token), by: other)
        #expect(Bench.bound(token, [foreign], snapshot) == "00462")
        // Tokens that are bound to nothing do not go with a proof.
        for plain in [Bench.access(), TokenBench.token()] {
            #expect(Bench.bound(plain, [try Bench.proof(plain)], snapshot) == "00468")
        }
    }

    @Test func `a token bound to a certificate comes over a connection made with it`() async throws {
        let snapshot = try await Bench().snapshot()
        let digest = JSON.string(Base64URL.encode(Bench.certificate))
        let token = Bench.access(["cnf": ["x5t#S256": digest]])
        #expect(Bench.bearer(token, snapshot, certificate: Bench.certificate) == nil)
        #expect(Bench.bearer(token, snapshot) == "00463")
        #expect(Bench.bearer(token, snapshot, certificate: Bench.certificate.reversed()) == "00463")
        // Bound to both, it wants both.
        let both = Bench.access(["cnf": ["x5t#S256": digest, "jkt": .string(try Bench.thumbprint)]])
        #expect(Bench.bearer(both, snapshot, certificate: Bench.certificate) == "00462")
        #expect(Bench.bound(both, [try Bench.proof(both)], snapshot) == "00463")
    }

    @Test func `a client is who signs for us, once, for a short time`() async throws {
        let bench = try await Bench()
        let snapshot = try bench.snapshot()
        #expect(Bench.client(try Bench.assertion(), snapshot) == "by-key")
        #expect(Bench.client(try Bench.assertion(["aud": [.string(Bench.base)]]), snapshot) == "by-key")
        #expect(Bench.client(try Bench.assertion(header: ["alg": "ES256", "typ": "JWT"]), snapshot) == "by-key")
        #expect(Bench.client(try Bench.assertion(), snapshot, form: "&client_id=by-key") == "by-key")
        #expect(Bench.client(try Bench.assertion(), snapshot, form: "&client_id=of-vendor") == nil)
        let vendor = try Bench.assertion(["iss": "of-vendor", "sub": "of-vendor"])
        #expect(Bench.client(vendor, snapshot) == "of-vendor")
        let seconds = Int(noon.timeIntervalSince1970)
        for (name, value) in [
            ("iss", "of-vendor"), ("sub", nil), ("aud", "https://other.example"), ("aud", nil),
            ("aud", ["https://hub.example", "https://other.example"]), ("aud", []), ("exp", .integer(seconds)),
            ("exp", .integer(seconds + 301)), ("exp", nil), ("nbf", .integer(seconds + 31)),
            ("iat", .integer(seconds + 31)), ("iat", "now"), ("jti", nil), ("jti", ""),
        ] as [(String, JSON?)] {
            #expect(Bench.client(try Bench.assertion([name: value]), snapshot) == nil, "\(name)")
        }
        for header: JSON in [
            ["alg": "ES256", "typ": "dpop+jwt"], ["alg": "ES256", "typ": "at+jwt"], ["alg": "ES256", "kid": "other"],
            ["alg": "ES256", "jwk": Bench.jwk(Bench.key.publicKey)], ["alg": "ES256", "jku": "https://evil.example"],
            ["alg": "ES256", "crit": ["exp"]], ["alg": "EdDSA"], ["alg": "ES384"], ["alg": "none"], [:],
        ] { #expect(Bench.client(try Bench.assertion(header: header), snapshot) == nil) }
        let certified = try Bench.assertion(["iss": "by-certificate", "sub": "by-certificate"])
        #expect(Bench.client(certified, snapshot) == nil)
        // Two assertions are two, and one of two clients with one jti too.
        let claims = ["jti": JSON.string("1")]
        let (first, second) = (
            try Bench.assertion(claims),
            try Bench.assertion(["iss": "of-vendor", "sub": "of-vendor", "jti": "1"])
        )
        #expect(ClientAssertion(first)?.id != ClientAssertion(second)?.id)
    }

    @Test func `a request for a token says each thing once`() throws {
        func code(_ form: String) -> String? {
            do throws(TokenEndpoint.Failure) {
                _ = try TokenForm(QueryParameters(form))
                return nil
            } catch {
                return error.error
            }
        }
        let type = "client_assertion_type=" + ClientAssertion.type
        #expect(code("grant_type=client_credentials&client_id=x") == nil)
        #expect(code("grant_type=client_credentials&client_assertion=x&" + type) == nil)
        for form in [
            "", "grant_type=client_credentials&grant_type=client_credentials",
            "grant_type=client_credentials&client_assertion=x", "grant_type=client_credentials&" + type,
            "grant_type=client_credentials&client_assertion=x&client_assertion_type=saml",
            "grant_type=client_credentials&client_assertion=x&client_assertion=y&" + type,
            "grant_type=client_credentials&scope=a&scope=b",
        ] { #expect(code(form) == "invalid_request", "\(form)") }
        #expect(code("grant_type=authorization_code") == "unsupported_grant_type")
    }

    @Test func `the scopes asked for are part of the grant's`() async throws {
        let right = try #require(try await Bench().snapshot().rights.clients["by-key"])
        #expect(try right.granted(["b"]) == ["b"])
        for names in [["c"], ["a", "c"], []] {
            #expect(throws: TokenEndpoint.Failure.self) { try right.granted(names) }
        }
        #expect(right.end(of: noon) == noon.addingTimeInterval(600))
        #expect(right.end(of: noon.addingTimeInterval(3500)) == noon.addingTimeInterval(3600))
    }

    @Test func `keys of every admitted kind sign, and each under its own algorithm only`() throws {
        let rsa = try Bench.rsaKey.get()
        let data = Data("text".utf8)
        let (pss, pkcs) = (
            [UInt8](try rsa.signature(for: data, padding: .PSS).rawRepresentation),
            [UInt8](try rsa.signature(for: data, padding: .insecurePKCS1v1_5).rawRepresentation)
        )
        let ed = [UInt8](try Bench.edKey.signature(for: data))
        let jwk = try Bench.jwk(rsa.publicKey)
        #expect(try PublicKey(jwk: jwk).verifies(pss, of: data))
        #expect(try PublicKey(jwk: jwk, for: .rs256).verifies(pkcs, of: data))
        #expect(try !PublicKey(jwk: jwk, for: .rs256).verifies(pss, of: data))
        #expect(try !PublicKey(jwk: jwk, for: .ps256).verifies(pkcs, of: data))
        let edwards = try PublicKey(jwk: Bench.jwk(Bench.edKey.publicKey))
        #expect(edwards.algorithm == .eddsa && edwards.verifies(ed, of: data) && !edwards.verifies(pss, of: data))
        // What is kept of a key is that key again.
        #expect(try PublicKey(jwk: edwards.jwk).thumbprint == edwards.thumbprint)
    }

    @Test func `the thumbprint of a key is that of RFC 7638`() throws {
        // The example of §3.1.
        let modulus =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
            + "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9"
            + "c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF"
            + "44-csFCur-kEgU8awapJzKnqDKgw"
        let jwk: JSON = ["kty": "RSA", "n": .string(modulus), "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"]
        #expect(try PublicKey(jwk: jwk).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test func `keys that are private, weak, foreign or ambiguous are refused`() throws {
        let good = Bench.jwk(Bench.key.publicKey).members ?? []
        let rsa = try Bench.jwk(Bench.rsaKey.get().publicKey)
        func changed(_ jwk: [JSON.Member], _ name: String, _ value: JSON) -> JSON {
            .object(jwk.filter { $0.key != name } + [.init(name, value)])
        }
        let zero = JSON.string(Base64URL.encode([UInt8](repeating: 0, count: 32)))
        for jwk: JSON in [
            changed(good, "d", "AAAA"), changed(good, "k", "AAAA"), changed(good, "crv", "P-384"),
            changed(good, "crv", "secp256k1"), changed(good, "x", zero), changed(good, "x", "AAAA"),
            changed(good, "y", 1), changed(good, "alg", "HS256"), changed(good, "alg", "RS256"),
            changed(good, "alg", "none"), changed(good, "use", "enc"), changed(good, "kty", "oct"),
            .object(good + good), "text", [:], ["kty": "oct", "k": "AAAA"],
            changed(rsa.members ?? [], "e", "AQ"), changed(rsa.members ?? [], "e", "AAAAAAAAAAAAAAAAAQAB"),
            changed(rsa.members ?? [], "e", "AQAC"), changed(rsa.members ?? [], "n", "AQAB"),
            changed(rsa.members ?? [], "alg", "ES256"),
        ] { #expect(throws: PublicKey.Refused.self) { try PublicKey(jwk: jwk) } }
        #expect(throws: PublicKey.Refused.self) { try PublicKey(jwk: .object(good), for: .rs256) }
        let weak = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey
        #expect(throws: PublicKey.Refused.self) { try PublicKey(jwk: Bench.jwk(weak)) }
    }

    @Test func `a certificate is known by its digest, from a file or from a trusted proxy`() {
        let der = [0x30, 0x82, 0x01, 0x00] + [UInt8](repeating: 7, count: 256)
        let digest = Array(SHA256.hash(data: der))
        let text = Data(der).base64EncodedString()
        let pem = "-----BEGIN CERTIFICATE-----\r\n\(text)\r\n-----END CERTIFICATE-----\r\n"
        #expect(CertificateDigest.ofPEM(pem) == digest && CertificateDigest.ofHeader(":\(text):") == digest)
        for other in [
            "", text, pem + pem, pem.replacing("CERTIFICATE", with: "PRIVATE KEY"),
            pem + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            pem.replacing(text, with: String(text.dropLast(8))),
        ] { #expect(CertificateDigest.ofPEM(other) == nil) }
        for other in ["", ":", "::", text, ":\(text)", ":\(text):, :\(text):", ":%%:"] {
            #expect(CertificateDigest.ofHeader(other) == nil)
        }
    }

    @Test func `the scheme of a credential decides how it is read`() {
        for scheme in ["DPoP abc", "dpop abc", "DPoP   abc"] {
            #expect(DPoPCredential(authorization: scheme, proofs: ["p"])?.token.exposed == "abc")
        }
        for other in ["Bearer abc", "DPoP", "DPoP ", "DPoPx abc", "dpop"] {
            #expect(DPoPCredential(authorization: other, proofs: [])?.token.exposed.isEmpty ?? true)
        }
    }
}
