import Foundation
import TestSupport
import Testing
import Values

@testable import Gateway

/// Rights worked out from changes.
@Suite struct RightsTableTests {
    @Test func `taking changes gives what working everything out again gives`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<20 {
            var all = GrantSnapshot()
            var table = RightsTable(all)
            for step in 0..<25 {
                let changed = Self.change(step, of: all, &random)
                all.take(changed)
                table.take(changed, of: all, Model.catalogue.scopes, PurposeMeters())
                #expect(Self.told(table) == Self.told(RightsTable(all)))
            }
        }
    }

    /// Some grants, or a vendor with all that is its own.
    private static func change(_ step: Int, of all: GrantSnapshot, _ random: inout SeededGenerator) -> GrantSnapshot {
        func date() -> Date? { Bool.random(using: &random) ? noon.addingTimeInterval(Double(step)) : nil }
        let number = Int.random(in: 0..<4, using: &random)
        guard Bool.random(using: &random) else {
            let grant = Grant(
                id: "g\(number)", siret: "13002526500013", organisation: "Ville \(step)", title: "", purpose: "",
                scopes: ["a", "b"].filter { _ in Bool.random(using: &random) }, expires: noon, revoked: date())
            let tokens = (0...number).map {
                AccessToken(id: "t\(number)-\($0)", grant: grant.id, issued: noon, expires: noon, revoked: date())
            }
            return GrantSnapshot(grants: [grant], tokens: tokens, clients: [client(.grant(grant.id), date())])
        }
        let vendor = SoftwareVendor(id: "v\(number)", siret: "", name: "\(step)", revoked: date())
        let grants = all.grants.keys.filter { _ in Bool.random(using: &random) }
        return GrantSnapshot(
            vendors: [vendor],
            vendorTokens: [
                VendorToken(id: "vt\(number)", vendor: vendor.id, issued: noon, expires: noon, revoked: date())
            ],
            delegations: grants.map {
                Delegation(id: "\($0)\(vendor.id)", vendor: vendor.id, grant: $0, created: noon, revoked: date())
            }, clients: [client(.vendor(vendor.id), date())])
    }

    private static func client(_ holder: OAuthClient.Holder, _ revoked: Date?) -> OAuthClient {
        OAuthClient(
            id: "c\(holder)", holder: holder, credential: .keys([]), requiresDPoP: false, created: noon,
            revoked: revoked)
    }

    /// Everything that a table says.
    private static func told(_ table: RightsTable) -> [String: String] {
        func told(_ right: GrantRight) -> String { "\(right.grant) \(right.scopes)" }
        func told(_ holder: VendorDelegations) -> String {
            "\(holder.vendor) " + holder.all.map { "\($0.delegation) \(told($0.right))" }.sorted().joined()
        }
        var lines: [String: String] = [:]
        for (id, right) in table.tokens { lines[id] = "\(right.token) \(told(right.right))" }
        for (id, right) in table.vendors { lines[id] = "\(right.token) \(told(right.holder))" }
        for (id, right) in table.clients {
            switch right.holder {
            case .grant(let grant): lines[id] = "\(right.client) \(told(grant))"
            case .vendor(let holder): lines[id] = "\(right.client) \(told(holder))"
            }
        }
        return lines
    }
}
