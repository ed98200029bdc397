import Foundation
import Testing
import Values

@Suite struct GrantSnapshotTests {
    private static let noon = Date(timeIntervalSince1970: 1_778_839_200)

    /// One of each, made at noon and revoked a minute later.
    private static var rights: GrantSnapshot {
        let (end, revoked) = (noon + 3600, noon + 60)
        return GrantSnapshot(
            grants: [
                Grant(
                    id: "g", siret: "", organisation: "", title: "", purpose: "", scopes: [], expires: end,
                    revoked: revoked)
            ],
            tokens: [AccessToken(id: "t", grant: "g", issued: noon, expires: end, revoked: revoked)],
            vendors: [SoftwareVendor(id: "v", siret: "", name: "", revoked: revoked)],
            vendorTokens: [VendorToken(id: "vt", vendor: "v", issued: noon, expires: end, revoked: revoked)],
            delegations: [Delegation(id: "d", vendor: "v", grant: "g", created: noon, revoked: revoked)],
            clients: ["c": OAuthClient.Holder.grant("g"), "vc": .vendor("v")].map { id, holder in
                OAuthClient(
                    id: id, holder: holder, credential: .keys([]), requiresDPoP: false, created: noon, revoked: revoked)
            })
    }

    @Test(arguments: [(-1.0, false, false), (0, true, false), (59, true, false), (60, true, true)])
    func `rights of a moment are those made by then, revoked only if they were`(
        seconds: Double, isMade: Bool, isRevoked: Bool
    ) {
        let past = Self.rights.asOf(Self.noon + seconds)
        // When a grant or a vendor was made is not kept.
        for revoked in [past.grants["g"]?.revoked, past.vendors["v"]?.revoked] {
            #expect((revoked != nil) == isRevoked)
        }
        #expect(past.grants.count == 1 && past.vendors.count == 1)
        let dated =
            past.tokens.map(\.value.revoked) + past.vendorTokens.map(\.value.revoked)
            + past.delegations.map(\.revoked) + past.clients.map(\.value.revoked)
        #expect(dated.count == (isMade ? 5 : 0) && dated.allSatisfy { ($0 != nil) == isRevoked })
    }

    @Test func `the part of a token or client holds what decides its calls, and nothing else`() {
        func part(_ id: String) -> [Set<String>] {
            let part = Self.rights.part(of: id)
            return [
                Set(part.grants.keys), Set(part.tokens.keys), Set(part.vendors.keys), Set(part.vendorTokens.keys),
                Set(part.delegations.map(\.id)), Set(part.clients.keys),
            ]
        }
        #expect(part("t") == [["g"], ["t"], [], [], [], []])
        #expect(part("vt") == [["g"], [], ["v"], ["vt"], ["d"], []])
        #expect(part("c") == [["g"], [], [], [], [], ["c"]])
        #expect(part("vc") == [["g"], [], ["v"], [], ["d"], ["vc"]])
        #expect(part("none") == [[], [], [], [], [], []])
    }
}
