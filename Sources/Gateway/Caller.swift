import CatalogueModel
import Crypto
import DataProviders
import Foundation
import Ledger
import Values

/// Who calls: an organisation by its token, a vendor for an organisation, a citizen's service by the citizen's
/// FranceConnect token, or anybody.
final class Caller: Sendable {
    let tokenID: String
    /// What it calls under; nil where it calls under no grant.
    let right: GrantRight?
    /// What the data is asked for; nil where nobody's grant is used, and where the grant has no such purpose.
    let purpose: PurposeRight?
    let scopes: ScopeSet
    /// What calls are counted under.
    let limitKey: String
    /// The citizen's identity, where FranceConnect gives it.
    let identity: [String: JSON]?
    /// FranceConnect's name for the citizen's service.
    private let client: String?
    private let holder: VendorDelegations?
    let delegationID: String?
    /// The code of the refusal where the caller is known but has no right to call under.
    let refusal: String?

    private init(
        tokenID: String, right: GrantRight? = nil, purpose: PurposeRight? = nil, scopes: ScopeSet = ScopeSet(),
        limitKey: String, identity: [String: JSON]? = nil, client: String? = nil, holder: VendorDelegations? = nil,
        delegationID: String? = nil, refusal: String? = nil
    ) {
        (self.tokenID, self.right, self.purpose, self.scopes) = (tokenID, right, purpose, scopes)
        (self.limitKey, self.identity, self.client, self.holder) = (limitKey, identity, client, holder)
        (self.delegationID, self.refusal) = (delegationID, refusal)
    }

    /// - Parameter purpose: the word by which the call names its purpose.
    convenience init(_ called: CallRight, purpose: String?) {
        let (right, token) = (called.right, called.token)
        // A limit of the grant's own is shared by its tokens; the groups' limits are each token's.
        self.init(
            tokenID: token.id, right: right, purpose: right.purpose(named: purpose, ofToken: token.purpose),
            scopes: right.scopes, limitKey: right.hasOwnLimit ? right.grant.id : token.id)
    }

    /// A vendor under the delegation that its call names. Without one it is known, and refused.
    convenience init(_ vendor: VendorRight, _ named: NamedDelegation, purpose: String?, now: Date) {
        let (id, holder) = (vendor.token.id, vendor.holder)
        switch holder.delegation(named, now: now) {
        case .success(let delegated):
            let (right, delegation) = (delegated.right, delegated.delegation.id)
            // Each body has its own count, whatever the vendor's tokens.
            self.init(
                tokenID: id, right: right, purpose: right.purpose(named: purpose), scopes: right.scopes,
                limitKey: right.hasOwnLimit ? right.grant.id : delegation, holder: holder, delegationID: delegation)
        case .failure(let refused):
            self.init(tokenID: id, limitKey: id, holder: holder, refusal: refused.code)
        }
    }

    convenience init(citizen: FranceConnect.Citizen, token: Redacted<String>, scopes: ScopeSet) {
        // The token itself opens data: only its digest is kept, and only to count and trace.
        let digest = Base64URL.encode(SHA256.hash(data: Array(token.exposed.utf8)).prefix(16))
        let id = Self.citizens + digest
        self.init(tokenID: id, scopes: scopes, limitKey: id, identity: citizen.identity, client: citizen.client)
    }

    /// Anybody, from that address: it is counted for the time of a window and kept nowhere.
    convenience init(address: String?) {
        self.init(
            tokenID: CallRecord.anonymous, limitKey: "address:" + (address.map(AddressBlock.subscriber) ?? ""))
    }

    var grantID: String? { right?.grant.id }
    /// SIRET of the organisation whose grant is used, or FranceConnect's client.
    var organisation: String? { right?.grant.siret ?? client }
    /// Its name; where only FranceConnect knows it, that of the client there.
    var organisationName: String { right?.grant.organisation ?? client ?? "" }
    /// SIRET of the vendor that calls for the organisation.
    var vendor: String? { holder?.vendor.siret }
    var limit: Grant.Limit { right?.grant.limit ?? .standard }

    /// Whether a call may come from an address.
    func admits(_ address: String?) -> Bool {
        (holder?.addresses.admits(address) ?? true) && (right?.addresses.admits(address) ?? true)
    }

    /// How citizens' services stand in the ledger, before the digest of the citizen's token.
    fileprivate static let citizens = "franceconnect:"

    /// What equal calls under way are told apart by: a vendor may ask the same for two bodies at once.
    var flightKey: String { delegationID.map { tokenID + "/" + $0 } ?? tokenID }
}

extension CallRecord {
    /// The token of ours that the call showed; nil where it showed none.
    var ownToken: String? {
        token.flatMap { $0 == Self.anonymous || $0.hasPrefix(Caller.citizens) ? nil : $0 }
    }
}
