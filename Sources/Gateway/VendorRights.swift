import Foundation
import Values

/// A grant that a vendor may call under.
struct DelegatedRight: Sendable {
    let delegation: Delegation
    let right: GrantRight

    /// Whether calls may be made under it at that moment.
    func isInForce(_ now: Date) -> Bool {
        delegation.revoked == nil && right.grant.revoked == nil && right.grant.expires > now
    }
}

/// A vendor with the grants delegated to it, shared by its tokens.
final class VendorDelegations: Sendable {
    let vendor: SoftwareVendor
    let addresses: AddressList
    /// In the order in which they were made, with those that ended.
    let all: [DelegatedRight]
    private let byID: [Delegation.ID: DelegatedRight]
    /// By the SIRET of the body that delegates.
    private let byBody: [String: [DelegatedRight]]

    init(_ vendor: SoftwareVendor, _ all: [DelegatedRight]) {
        self.vendor = vendor
        self.all = all
        addresses = AddressList(vendor.allowedAddresses)
        byID = Dictionary(all.map { ($0.delegation.id, $0) }, uniquingKeysWith: { $1 })
        byBody = Dictionary(grouping: all) { $0.right.grant.siret }
    }

    /// The one delegation in force that a call names.
    /// - Returns: it, or the code of the refusal: 00213 where there is none, 00212 where there are several.
    func delegation(_ named: NamedDelegation, now: Date) -> Result<DelegatedRight, Credentials.Refused> {
        guard named.ids.count < 2 else { return .failure(.init(code: "00212")) }
        let candidates: [DelegatedRight] =
            if let id = named.ids.first {
                byID[id].map { [$0] } ?? []
            } else {
                named.recipient.flatMap { byBody[$0] } ?? []
            }
        let found = candidates.filter { candidate in
            candidate.isInForce(now) && named.recipient.map { $0 == candidate.right.grant.siret } ?? true
        }
        guard let first = found.first else { return .failure(.init(code: "00213")) }
        return found.count == 1 ? .success(first) : .failure(.init(code: "00212"))
    }
}

/// A token of a vendor, with what was delegated to it.
package final class VendorRight: Sendable {
    let token: VendorToken
    let holder: VendorDelegations
    /// What the token is bound to, where it is.
    let confirmation: Confirmation?

    init(token: VendorToken, holder: VendorDelegations, confirmation: Confirmation? = nil) {
        (self.token, self.holder, self.confirmation) = (token, holder, confirmation)
    }
}

/// How a vendor's call says under which delegation it is made: by its identifier, by the body, or by both.
struct NamedDelegation {
    /// In lower case; several where the address and the header differ.
    let ids: Set<String>
    /// SIRET of the body.
    let recipient: String?

    init(ids: Set<String>, recipient: String?) {
        self.ids = ids
        self.recipient = recipient
    }

    init(_ call: Call) {
        let named = call.query.values("delegation_id") + [call.delegationID].compactMap(\.self)
        ids = Set(named.filter { !JSON.string($0).isBlank }.map { $0.lowercased() })
        recipient = Traceability(call.query).recipient
    }

    var isEmpty: Bool { ids.isEmpty && recipient == nil }
}
