import TestSupport
import Testing
import Values

@testable import Gateway

/// Credentials that were rightly signed and hold no more, or never held here: by the hub's own keys and by clients'.
struct SpentCredentialTests {
    typealias Bench = ClientBench

    /// Wraps a seeded generator in the few choices that are made here.
    private struct Choice {
        var random: SeededGenerator
        private let noonSeconds = Int(noon.timeIntervalSince1970)

        mutating func word() -> JSON { .string("w" + String(UInt64.random(in: 0 ... .max, using: &random), radix: 36)) }
        mutating func origin() -> JSON { .string("https://" + (word().text ?? "") + ".example") }
        mutating func past() -> JSON { .integer(noonSeconds - Int.random(in: 0...40_000_000, using: &random)) }
        mutating func future(_ least: Int) -> JSON {
            .integer(noonSeconds + Int.random(in: least...40_000_000, using: &random))
        }
        mutating func outside(_ tolerance: Int) -> JSON {
            let distance = Int.random(in: (tolerance + 1)...40_000_000, using: &random)
            return .integer(noonSeconds + (Bool.random(using: &random) ? distance : -distance))
        }
    }

    private static var count: Int { Int(environment: "FORGERIES", else: 2_000) }

    @Test func `of rightly signed credentials that hold no more none is accepted`() async throws {
        let bench = try await Bench()
        let (inForce, unbound) = (try bench.snapshot(), bench.tokens)
        let revokedClient = try bench.snapshot(client: { $0.revoked = noon })
        let revokedGrant = try bench.snapshot(grant: { $0.revoked = noon })
        let endedGrant = try bench.snapshot(grant: { $0.expires = noon })
        let withoutGrants = GrantSnapshot(
            tokens: [AccessToken(id: "jti-1", grant: "gone", issued: noon, expires: .distantFuture)])
        let bound = Bench.access(["cnf": ["jkt": .string(try Bench.thumbprint)]])
        var choice = Choice(random: SeededGenerator(seed: 2027))
        var (made, accepted) = (0, [String]())
        func expect(_ name: String, _ isRefused: Bool) {
            made += 1
            if !isRefused { accepted.append(name) }
        }
        func kept(_ jti: JSON = "jti-1") -> String {
            TokenBench.token(claims: (["jti": jti, "x": choice.word()] as JSON).serialized)
        }
        while made < Self.count {
            expect("unknown identifier", Bench.bearer(kept(choice.word()), inForce) != nil)
            expect("revoked", TokenBench.code(kept(), unbound.snapshot(token: { $0.revoked = noon })) != nil)
            expect("expired", TokenBench.code(kept(), unbound.snapshot(token: { $0.expires = noon })) != nil)
            expect("revoked grant", Bench.bearer(kept(), revokedGrant) != nil)
            expect("deleted grant", TokenBench.code(kept(), unbound.snapshot(withoutGrants)) != nil)
            for (name, claim) in [
                ("iss", choice.origin()), ("aud", choice.origin()), ("exp", choice.past()), ("sub", choice.word()),
                ("client_id", choice.word()), ("cnf", [choice.word().text ?? "": choice.word()]),
            ] as [(String, JSON)] {
                expect("token, " + name, Bench.bearer(Bench.access([name: claim]), inForce) != nil)
            }
            for snapshot in [revokedClient, revokedGrant, endedGrant] {
                expect("ended", Bench.bearer(Bench.access(["jti": choice.word()]), snapshot) != nil)
            }
            for (name, claim) in [
                ("htm", choice.word()), ("htu", choice.origin()), ("iat", choice.outside(60)), ("ath", choice.word()),
            ] {
                expect("proof, " + name, Bench.bound(bound, [try Bench.proof(bound, [name: claim])], inForce) != nil)
            }
            for (name, claim) in [
                ("iss", choice.word()), ("sub", choice.word()), ("aud", choice.origin()), ("exp", choice.past()),
                ("exp", choice.future(301)), ("nbf", choice.future(31)), ("iat", choice.future(31)),
            ] {
                expect("assertion, " + name, Bench.client(try Bench.assertion([name: claim]), inForce) == nil)
            }
        }
        print("spent credentials: \(made); accepted: \(accepted.count)")
        #expect(accepted.isEmpty)
    }
}
