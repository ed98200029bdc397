import Desk
import Foundation
import Values

@testable import unefois

extension RunningHub {
    /// A body's grant, known to the hub at once.
    func grant(
        _ siret: String, id: String = GrantStore.newID(), scopes: [String] = Self.scopes,
        limit: Grant.Limit = .unlimited, addresses: [String] = [], expires: Date = .distantFuture
    ) -> Grant {
        let grant = Grant(
            id: id, siret: siret, organisation: "Ville", title: "Cantine " + siret, purpose: "Tarif", scopes: scopes,
            allowedAddresses: addresses, limit: limit, expires: expires, datapassID: "DP-1")
        rights.change(hub) { $0.grants.append(grant) }
        return grant
    }

    /// A vendor with a token.
    func vendor(_ id: String = GrantStore.newID(), addresses: [String] = []) async throws -> (SoftwareVendor, String) {
        let vendor = SoftwareVendor(
            id: id, siret: "41816609600051", name: "Logiciels du Midi", allowedAddresses: addresses)
        let token = VendorToken(id: "token-" + id, vendor: id, issued: may, expires: may.addingTimeInterval(86_400))
        rights.change(hub) { made in
            made.vendors.append(vendor)
            made.vendorTokens.append(token)
        }
        return (vendor, try await TokenIssuer(keys: hub.keys).jwt(for: token, of: vendor).exposed)
    }

    @discardableResult
    func delegate(_ grant: Grant, to vendor: SoftwareVendor) -> Delegation {
        let delegation = Delegation(id: GrantStore.newID(), vendor: vendor.id, grant: grant.id, created: may)
        rights.change(hub) { $0.delegations.append(delegation) }
        return delegation
    }
}

/// SIRET numbers of bodies that do not exist, with their keys.
enum Bodies {
    static let all = (0..<8).map { number in
        let start = "9000000\(number)0001"
        let ends = (0...99).map { $0 < 10 ? "0\($0)" : "\($0)" }
        return ends.map { start + $0 }.first(where: CompanyNumber.isSiret) ?? "13002526500013"
    }
}
