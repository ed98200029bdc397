import Foundation
import TestSupport
import Testing
import Values

@testable import Gateway

struct CredentialsTests {
    @Test func `our token is accepted, whatever its claims say of rights and dates`() async throws {
        let bench = try await TokenBench()
        #expect(TokenBench.code(TokenBench.token(), bench.snapshot()) == nil)
        let holder = try Credentials(verified: VerifiedTokens())
            .holder(Redacted(TokenBench.token()), bench.snapshot(), now: noon).get()
        guard case .organisation(let known) = holder else { throw Credentials.Refused(code: "vendor") }
        #expect(known.grant.scopes == ["a"] && known.right.scopes == Model.catalogue.scopes.set(["a"]))
        // What a header adds is not looked at.
        for extra in [
            #""jku":"https://evil.example/jwks""#, #""jwk":{"kty":"oct","k":"AAAA"}"#, #""x5u":"https://evil.example""#,
        ] {
            let header = #"{"alg":"HS256","kid":"ours",\#(extra)}"#
            #expect(TokenBench.code(TokenBench.token(header: header), bench.snapshot()) == nil)
        }
    }

    @Test(arguments: [
        #"{"alg":"none","kid":"ours"}"#, #"{"alg":"None","kid":"ours"}"#, #"{"alg":"hs256","kid":"ours"}"#,
        #"{"alg":"HS512","kid":"ours"}"#, #"{"alg":"HS384","kid":"ours"}"#, #"{"alg":"RS256","kid":"ours"}"#,
        #"{"alg":"ES256","kid":"ours"}"#, #"{"alg":["HS256"],"kid":"ours"}"#, #"{"alg":null,"kid":"ours"}"#,
        #"{"kid":"ours"}"#, #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"unknown"}"#, #"{"alg":"HS256","kid":"older"}"#,
        #"{"alg":"HS256","kid":""}"#, #"{"alg":"HS256","kid":["ours"]}"#, #"{"alg":"HS256","kid":"../ours"}"#,
        #"{"alg":"HS256","kid":"ours","crit":["exp"]}"#, #"{"alg":"HS256","kid":"ours","crit":null}"#,
        #"{"alg":"HS256","kid":"ours""#, "[]", "", "ours",
    ])
    func `a header of another algorithm, key or form is refused`(header: String) async throws {
        let bench = try await TokenBench()
        let token = TokenBench.token(header: header)
        #expect(TokenBench.code(token, bench.snapshot()) == "00101")
        let unsigned =
            token.split(separator: ".", omittingEmptySubsequences: false).prefix(2).joined(separator: ".") + "."
        #expect(TokenBench.code(unsigned, bench.snapshot()) == "00101")
    }

    @Test func `a signature of another secret, cut or missing is refused`() async throws {
        let bench = try await TokenBench()
        let token = TokenBench.token()
        let parts = token.split(separator: ".").map(String.init)
        let forged = Base64URL.encode(Array(#"{"jti":"jti-2"}"#.utf8))
        for wrong in [
            TokenBench.token(secret: [UInt8](repeating: 0x5B, count: 32)), TokenBench.token(secret: [0x5A]),
            parts[0] + "." + parts[1] + ".", parts[0] + "." + parts[1], parts[0], "." + parts[1] + "." + parts[2],
            parts[0] + "." + forged + "." + parts[2], token + ".", token + "." + parts[2], "." + token, token + "=",
            token + " ", " " + token, String(token.dropLast()), token + "A", parts[0] + ".." + parts[2], "..", "...",
            ".", "é",
            token.replacing(".", with: "\0"), token.uppercased(), String(repeating: "a", count: 1_000_000),
            TokenBench.token(claims: #"{"jti":"jti-1","x":"\#(String(repeating: "a", count: 9000))"}"#),
        ] { #expect(TokenBench.code(wrong, bench.snapshot()) == "00101") }
        for absent in [nil, ""] as [String?] { #expect(TokenBench.code(absent, bench.snapshot()) == "00101") }
    }

    @Test(arguments: [#"{"sub":"x"}"#, #"{"jti":null}"#, #"{"jti":["jti-1"]}"#, "[]", "jti-1", ""])
    func `signed claims without an identifier identify nobody`(claims: String) async throws {
        let bench = try await TokenBench()
        #expect(TokenBench.code(TokenBench.token(claims: claims), bench.snapshot()) == "00101")
    }

    @Test func `the grant in memory decides, not the token`() async throws {
        let bench = try await TokenBench()
        let token = TokenBench.token()
        #expect(TokenBench.code(TokenBench.token(claims: #"{"jti":"other"}"#), bench.snapshot()) == "00106")
        #expect(TokenBench.code(token, bench.snapshot(token: { $0.revoked = noon })) == "00105")
        #expect(TokenBench.code(token, bench.snapshot(grant: { $0.revoked = noon })) == "00105")
        #expect(TokenBench.code(token, bench.snapshot(token: { $0.expires = noon })) == "00103")
        #expect(TokenBench.code(token, bench.snapshot(grant: { $0.expires = noon })) == "00103")
        #expect(TokenBench.code(token, bench.snapshot(), at: noon.addingTimeInterval(59.9)) == nil)
        #expect(TokenBench.code(token, bench.snapshot(), at: noon.addingTimeInterval(60)) == "00103")
        // Revoked says more than expired.
        let both = bench.snapshot(token: { ($0.expires, $0.revoked) = (noon, noon) })
        #expect(TokenBench.code(token, both) == "00105")
    }

    @Test func `without current grants nobody is let in, and a forgery is still called one`() async throws {
        let bench = try await TokenBench()
        #expect(TokenBench.code(TokenBench.token(), bench.snapshot(isCurrent: false)) == "00511")
        #expect(TokenBench.code("forged", bench.snapshot(isCurrent: false)) == "00101")
    }

    @Test func `a token verified before is still judged by the grants of now`() async throws {
        let bench = try await TokenBench()
        let credentials = Credentials(verified: VerifiedTokens())
        let token = Redacted(TokenBench.token())
        #expect((try? credentials.holder(token, bench.snapshot(), now: noon).get()) != nil)
        let revoked = credentials.holder(token, bench.snapshot(token: { $0.revoked = noon }), now: noon)
        #expect(throws: Credentials.Refused.self) { try revoked.get() }
    }

    @Test func `a token that Unicode holds for one verified before is another`() {
        let verified = VerifiedTokens()
        verified.remember("K.e.y", .stored("jti-1"))
        let kelvin = "\u{212A}.e.y"
        #expect(kelvin == "K.e.y" && verified.token(kelvin) == nil && verified.token("K.e.y") != nil)
    }

    @Test func `of ten thousand mutations of a valid token none is accepted`() async throws {
        let bench = try await TokenBench()
        let (snapshot, valid) = (bench.snapshot(), TokenBench.token())
        let credentials = Credentials(verified: VerifiedTokens())
        _ = credentials.holder(Redacted(valid), snapshot, now: noon)
        var random = SeededGenerator(seed: 2026)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)
        var tried = 0
        while tried < 10_000 {
            var bytes = Array(valid.utf8)
            if tried.isMultiple(of: 2) {
                // Stays in the alphabet, often in the last characters, where bits of base64 are left over.
                let end = Int.random(in: 0..<3, using: &random) == 0 ? 1 : bytes.count
                let place = bytes.count - Int.random(in: 1...end, using: &random)
                bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            } else {
                bytes.mutate(using: &random)
            }
            let mutated = String(decoding: bytes, as: UTF8.self)
            guard mutated != valid else { continue }
            tried += 1
            if case .success = credentials.holder(Redacted(mutated), snapshot, now: noon) {
                Issue.record("accepted: \(mutated)")
            }
        }
    }

    @Test func `v2 tells our tokens from those of FranceConnect`() async throws {
        let snapshot = try await TokenBench().snapshot()
        #expect(Credentials.isOurs(TokenBench.token(), snapshot))
        for other in ["", "opaque", "a.b.c", TokenBench.token(header: #"{"alg":"HS256","kid":"theirs"}"#)] {
            #expect(!Credentials.isOurs(other, snapshot))
        }
    }
}
