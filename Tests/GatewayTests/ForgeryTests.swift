import Crypto
import Foundation
import JOSE
import TestSupport
import Testing
import Values

@testable import Gateway

/// Forged credentials, through the code that judges the real ones: none may be accepted.
///
/// `FORGERIES=100000 swift test --filter ForgeryTests` makes that many in place of a few thousand.
struct ForgeryTests {
    typealias Bench = ClientBench

    /// What a kind of credential is, and how it is judged.
    private struct Kind: Sendable {
        let target: Forger.Target
        let isAccepted: @Sendable (String) -> Bool
    }

    private static var count: Int { Int(environment: "FORGERIES", else: 5_000) }

    private static func target(_ name: String, _ text: String, _ other: String) throws -> Forger.Target {
        func json(_ part: Int) throws -> JSON {
            try JSON(parsing: try #require(Base64URL.decode(Forger.parts(text)[part])))
        }
        return Forger.Target(name: name, header: try json(0), claims: try json(1), text: text, other: other)
    }

    /// Tokens that are kept, tokens of clients with each binding, proofs, assertions.
    private static func kinds() async throws -> [Kind] {
        let snapshot = try await Bench().snapshot()
        // One cache for all, which has seen the real ones: what it knows must open nothing to others.
        let credentials = Bench.credentials()
        func bearer(_ name: String, _ text: String, _ other: String, certificate: [UInt8]? = nil) throws -> Kind {
            let judge: @Sendable (String) -> Bool = { text in
                let shown = credentials.holder(Redacted(text), snapshot, certificate: certificate, now: noon)
                if case .success = shown { return true }
                return false
            }
            #expect(judge(text), "\(name)")
            return Kind(target: try target(name, text, other), isAccepted: judge)
        }
        let digest = JSON.string(Base64URL.encode(Bench.certificate))
        let key = JSON.string(try Bench.thumbprint)
        let bound = Bench.access(["cnf": ["jkt": key]])
        let certified = Bench.access(["cnf": ["x5t#S256": digest]])
        let proof = try Bench.proof(bound)
        let assertion = try Bench.assertion(header: ["alg": "ES256", "typ": "JWT"])
        return [
            try bearer("a kept token", TokenBench.token(), TokenBench.token(claims: #"{"jti":"jti-9"}"#)),
            try bearer("a client's token", Bench.access(), Bench.access(["client_id": "none", "sub": "none"])),
            try bearer("a token bound to a certificate", certified, Bench.access(), certificate: Bench.certificate),
            Kind(target: try target("a token bound to a key", bound, Bench.access())) {
                Bench.bound($0, [proof], snapshot) == nil
            },
            Kind(target: try target("a proof", proof, try Bench.proof(Bench.access()))) {
                Bench.bound(bound, [$0], snapshot) == nil
            },
            Kind(target: try target("an assertion", assertion, try Bench.assertion(["iss": "none", "sub": "none"]))) {
                Bench.client($0, snapshot) != nil
            },
        ]
    }

    @Test func `of forged credentials of every family none is accepted`() async throws {
        let kinds = try await Self.kinds()
        #expect(Forger.families.count >= 25)
        for kind in kinds { #expect(kind.isAccepted(kind.target.text), "\(kind.target.name)") }
        var forger = Forger(seed: 2026)
        var (made, accepted) = (0, 0)
        var families: Set<String> = []
        while made < Self.count {
            for family in Forger.families {
                for kind in kinds where made < Self.count {
                    let text = try family.forge(&forger, kind.target)
                    guard !kind.target.genuine.contains(Array(text.utf8)) else { continue }
                    made += 1
                    families.insert(family.name + ", " + kind.target.name)
                    guard kind.isAccepted(text) else { continue }
                    accepted += 1
                    Issue.record("accepted: \(family.name), \(kind.target.name): \(text.prefix(300))")
                }
            }
        }
        print("forged credentials: \(made), of \(families.count) kinds; accepted: \(accepted)")
        #expect(accepted == 0 && made == Self.count)
    }

    @Test func `a rightly signed text of one kind is none of another`() async throws {
        let kinds = try await Self.kinds()
        for one in kinds {
            for other in kinds where other.target.name != one.target.name {
                // A token of a client that is bound to nothing, or to what is shown, is a bearer's where it comes.
                let areBearers = [one, other].allSatisfy { $0.target.name.contains("token") }
                guard !areBearers || one.target.name.contains("key") else { continue }
                #expect(!other.isAccepted(one.target.text), "\(one.target.name) as \(other.target.name)")
            }
        }
    }

    @Test func `a signature turned over is another text of the same proof, and serves no second time`() async throws {
        let token = Bench.access(["cnf": ["jkt": .string(try Bench.thumbprint)]])
        let proof = try Bench.proof(token)
        let parts = Forger.parts(proof)
        let raw = try #require(Base64URL.decode(parts[2]))
        let turned = parts[0] + "." + parts[1] + "." + Base64URL.encode(raw.prefix(32) + Self.negated(raw.suffix(32)))
        #expect(turned != proof)
        let request = DPoPProof.Request(method: "GET", url: Bench.base + "/v3/data", token: Redacted(token))
        let first = try DPoPProof([proof], of: request, expected: nil, now: noon)
        if let second = try? DPoPProof([turned], of: request, expected: nil, now: noon) {
            #expect(second.id == first.id)
        }
    }

    /// n − s, for the order n of P-256.
    private static func negated(_ s: some Collection<UInt8>) -> [UInt8] {
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
            0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
        ]
        var (result, borrow) = ([UInt8](repeating: 0, count: 32), 0)
        for (index, byte) in Array(s).enumerated().reversed() {
            let difference = Int(order[index]) - Int(byte) - borrow
            result[index] = UInt8(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        return result
    }
}
