import Foundation
import TestSupport
import Testing
import Values

@testable import Gateway

struct VendorRightsTests {
    /// A vendor with a token « v-1 », and grants of bodies delegated to it or not.
    private static func snapshot(
        delegations: [Delegation], grants: [Grant], vendor change: (inout SoftwareVendor) -> Void = { _ in },
        token: (inout VendorToken) -> Void = { _ in }
    ) async throws -> HubSnapshot {
        var vendor = SoftwareVendor(id: "vendor", siret: "41816609600051", name: "Vendor")
        var access = VendorToken(id: "v-1", vendor: "vendor", issued: noon, expires: noon.addingTimeInterval(60))
        change(&vendor)
        token(&access)
        return try await TokenBench().snapshot(
            GrantSnapshot(
                grants: grants, vendors: [vendor], vendorTokens: [access], delegations: delegations))
    }

    private static func grant(
        _ id: String, of body: String, scopes: [String] = ["a"], revoked: Date? = nil, ends: Date = .distantFuture
    ) -> Grant {
        Grant(
            id: id, siret: body, organisation: id, title: id, purpose: id, scopes: scopes, expires: ends,
            revoked: revoked)
    }

    private static func delegation(_ id: String, _ grant: String, revoked: Date? = nil) -> Delegation {
        Delegation(id: id, vendor: "vendor", grant: grant, created: noon, revoked: revoked)
    }

    private static func call(_ query: String, header: String? = nil) -> Call {
        Call(
            method: "GET", path: "/", query: QueryParameters(query), bearer: nil, apiKey: nil, requestID: nil,
            remoteAddress: nil, wantsFresh: false, delegationID: header)
    }

    /// The delegation found, or the code of the refusal.
    private static func found(_ snapshot: HubSnapshot, _ query: String, header: String? = nil) throws -> String {
        let right = try #require(snapshot.rights.vendors["v-1"])
        switch right.holder.delegation(NamedDelegation(call(query, header: header)), now: noon) {
        case .success(let delegated): return delegated.delegation.id
        case .failure(let refused): return refused.code
        }
    }

    @Test func `a delegation is named by its identifier, by the body, or by both`() async throws {
        let snapshot = try await Self.snapshot(
            delegations: [Self.delegation("d-a", "a"), Self.delegation("d-b", "b"), Self.delegation("d-b2", "b2")],
            grants: [Self.grant("a", of: "1"), Self.grant("b", of: "2"), Self.grant("b2", of: "2")])
        for (query, header, expected) in [
            ("recipient=1", nil, "d-a"), ("delegation_id=d-a", nil, "d-a"), ("", "d-a", "d-a"),
            ("delegation_id=D-A&recipient=1", nil, "d-a"), ("delegation_id=d-a", "d-a", "d-a"),
            ("delegation_id=d-b2&recipient=2", nil, "d-b2"),
            // Two delegations of one body.
            ("recipient=2", nil, "00212"),
            // Two names that are not the same.
            ("delegation_id=d-a", "d-b", "00212"), ("delegation_id=d-a&delegation_id=d-b", nil, "00212"),
            // A name that names nothing, or something else than the body.
            ("", nil, "00213"), ("recipient=3", nil, "00213"), ("delegation_id=none", nil, "00213"),
            ("delegation_id=d-a&recipient=2", nil, "00213"), ("delegation_id=&recipient=", "", "00213"),
            ("delegation_id=none&recipient=1", nil, "00213"), ("recipient=1&recipient=3", nil, "00213"),
        ] as [(String, String?, String)] {
            #expect(try Self.found(snapshot, query, header: header) == expected, "\(query) \(header ?? "")")
        }
    }

    @Test func `a delegation that ended is none, and leaves its place to another`() async throws {
        let grants = [
            Self.grant("a", of: "1"), Self.grant("a2", of: "1"), Self.grant("gone", of: "2", revoked: noon),
            Self.grant("old", of: "3", ends: noon),
        ]
        let snapshot = try await Self.snapshot(
            delegations: [
                Self.delegation("d-a", "a", revoked: noon), Self.delegation("d-a2", "a2"),
                Self.delegation("d-gone", "gone"), Self.delegation("d-old", "old"), Self.delegation("d-x", "unknown"),
            ], grants: grants)
        for (query, expected) in [
            ("recipient=1", "d-a2"), ("delegation_id=d-a", "00213"), ("recipient=2", "00213"), ("recipient=3", "00213"),
            ("delegation_id=d-x", "00213"),
        ] {
            #expect(try Self.found(snapshot, query) == expected, "\(query)")
        }
    }

    @Test func `a vendor's token holds as a grant's does`() async throws {
        let token = TokenBench.token(claims: #"{"jti":"v-1","editor":true}"#)
        func code(
            _ vendor: (inout SoftwareVendor) -> Void = { _ in }, _ change: (inout VendorToken) -> Void = { _ in }
        ) async throws -> String? {
            TokenBench.code(token, try await Self.snapshot(delegations: [], grants: [], vendor: vendor, token: change))
        }
        #expect(try await code() == nil)
        #expect(try await code({ $0.revoked = noon }) == "00105")
        #expect(try await code({ _ in }, { $0.revoked = noon }) == "00105")
        #expect(try await code({ _ in }, { $0.expires = noon }) == "00103")
        // The claim makes no vendor of a token that is unknown.
        let forged = TokenBench.token(claims: #"{"jti":"jti-1","editor":true}"#)
        #expect(TokenBench.code(forged, try await Self.snapshot(delegations: [], grants: [])) == "00106")
    }

    @Test func `of a hundred thousand calls of vendors none gets the right of a body it was not given`() async throws {
        var random = SeededGenerator(seed: 2026)
        let bodies = (1...6).map(String.init)
        var refusals = 0
        for _ in 0..<400 {
            let grants = (0..<8).map { number in
                let ended: Date? = Int.random(in: 0..<6, using: &random) == 0 ? noon : nil
                return Self.grant("g\(number)", of: bodies.randomElement(using: &random) ?? "1", revoked: ended)
            }
            let delegations = (0..<8).map { number in
                Delegation(
                    id: "d\(number)", vendor: Bool.random(using: &random) ? "vendor" : "other",
                    grant: "g\(Int.random(in: 0..<8, using: &random))", created: noon,
                    revoked: Int.random(in: 0..<4, using: &random) == 0 ? noon : nil)
            }
            let snapshot = try await Self.snapshot(delegations: delegations, grants: grants)
            let right = try #require(snapshot.rights.vendors["v-1"])
            for _ in 0..<250 {
                let body = Bool.random(using: &random) ? bodies.randomElement(using: &random) : nil
                let id = Bool.random(using: &random) ? "d\(Int.random(in: 0..<9, using: &random))" : nil
                let query = [body.map { "recipient=" + $0 }, id.map { "delegation_id=" + $0 }].compactMap(\.self)
                let caller = Caller(
                    right, NamedDelegation(Self.call(query.joined(separator: "&"))), purpose: nil, now: noon)
                guard let used = caller.grantID else {
                    refusals += 1
                    #expect(caller.refusal != nil && caller.scopes.isEmpty && caller.organisation == nil)
                    continue
                }
                let grant = try #require(grants.first { $0.id == used })
                let given = delegations.filter { $0.vendor == "vendor" && $0.grant == used && $0.revoked == nil }
                #expect(!given.isEmpty && grant.revoked == nil && caller.organisation == grant.siret)
                #expect(body == nil || body == grant.siret)
                #expect(id == nil || given.contains { $0.id == id })
                #expect(body != nil || id != nil)
            }
        }
        #expect((10_000..<90_000).contains(refusals))
    }

    @Test func `each body has its own count, a limit of the grant's own counts the body's tokens too`() async throws {
        let grants = [Self.grant("a", of: "1"), Self.grant("b", of: "2")]
        let snapshot = try await Self.snapshot(
            delegations: [Self.delegation("d-a", "a"), Self.delegation("d-b", "b")], grants: grants)
        let right = try #require(snapshot.rights.vendors["v-1"])
        let keys = ["1", "2"].map { body in
            Caller(right, NamedDelegation(Self.call("recipient=" + body)), purpose: nil, now: noon)
        }
        #expect(keys[0].limitKey == "d-a" && keys[1].limitKey == "d-b")
        #expect(keys[0].flightKey != keys[1].flightKey)
        var limited = grants
        limited[0].limit = .perMinute(3)
        let other = try await Self.snapshot(delegations: [Self.delegation("d-a", "a")], grants: limited)
        let shared = Caller(
            try #require(other.rights.vendors["v-1"]), NamedDelegation(Self.call("recipient=1")), purpose: nil,
            now: noon)
        #expect(shared.limitKey == "a" && shared.limit == .perMinute(3))
    }
}

struct AgentIDTests {
    @Test func `an agent's identifier is taken where it can be a digest`() {
        let digest = String(repeating: "0123456789abcdef", count: 4)
        for plain in ["abcdefgh", digest, "A_b-98/+=:z", String(repeating: "a", count: 128)] {
            #expect(AgentID.accepted(plain) == plain)
        }
        for other in [
            nil, "", "short", "claire.lefebvre", "claire@ville.fr", "Claire Lefebvre", "éééééééé", "a\r\nb45678",
            String(repeating: "a", count: 129),
        ] as [String?] {
            #expect(AgentID.accepted(other) == nil)
        }
    }
}
