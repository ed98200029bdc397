import CatalogueModel
import Crypto
import DataProviders
import Foundation
import Ledger
import Values

/// Who calls: an organisation by its token, a vendor for an organisation, a citizen's service by the citizen's
/// FranceConnect token, or anybody.
struct Caller: Sendable {
    let tokenID: String
    var grantID: String?
    /// SIRET of the organisation whose grant is used, or FranceConnect's client.
    var organisation: String?
    /// Its name; where only FranceConnect knows it, that of the client there.
    var organisationName = ""
    /// What the data is asked for; nil where nobody's grant is used, and where the grant has no such purpose.
    var purpose: PurposeRight?
    var scopes = ScopeSet()
    var limit = Grant.Limit.standard
    /// What calls are counted under.
    var limitKey: String
    /// Whether a call may come from an address.
    var admits: @Sendable (String?) -> Bool = { _ in true }
    /// The citizen's identity, where FranceConnect gives it.
    var identity: [String: JSON]?
    /// SIRET of the vendor that calls for the organisation.
    var vendor: String?
    var delegationID: String?
    /// The code of the refusal where the caller is known but has no right to call under.
    var refusal: String?

    /// - Parameter purpose: the word by which the call names its purpose.
    init(_ right: CallRight, purpose: String?) {
        self.init(
            tokenID: right.token.id, right.right, right.right.purpose(named: purpose, ofToken: right.token.purpose))
        // A limit of the grant's own is shared by its tokens; the groups' limits are each token's.
        limitKey = if case .perMinute = right.grant.limit { right.grant.id } else { right.token.id }
        admits = right.right.addresses.admits
    }

    /// A vendor under the delegation that its call names. Without one it is known, and refused.
    init(_ vendor: VendorRight, _ named: NamedDelegation, purpose: String?, now: Date) {
        let holder = vendor.holder
        switch holder.delegation(named, now: now) {
        case .success(let delegated):
            let right = delegated.right
            self.init(tokenID: vendor.token.id, right, right.purpose(named: purpose))
            delegationID = delegated.delegation.id
            // Each body has its own count, whatever the vendor's tokens.
            limitKey = if case .perMinute = right.grant.limit { right.grant.id } else { delegated.delegation.id }
            admits = { holder.addresses.admits($0) && right.addresses.admits($0) }
        case .failure(let refused):
            self.init(tokenID: vendor.token.id, nil, nil)
            admits = holder.addresses.admits
            refusal = refused.code
        }
        self.vendor = holder.vendor.siret
    }

    private init(tokenID: String, _ right: GrantRight?, _ purpose: PurposeRight?) {
        self.tokenID = tokenID
        limitKey = tokenID
        guard let right else { return }
        grantID = right.grant.id
        organisation = right.grant.siret
        organisationName = right.grant.organisation
        self.purpose = purpose
        scopes = right.scopes
        limit = right.grant.limit
    }

    init(citizen: FranceConnect.Citizen, token: Redacted<String>, scopes: ScopeSet) {
        // The token itself opens data: only its digest is kept, and only to count and trace.
        let digest = Base64URL.encode(SHA256.hash(data: Array(token.exposed.utf8)).prefix(16))
        tokenID = Self.citizens + digest
        limitKey = tokenID
        organisation = citizen.client
        organisationName = citizen.client
        self.scopes = scopes
        identity = citizen.identity
    }

    /// Anybody, from that address: it is counted for the time of a window and kept nowhere.
    init(address: String?) {
        tokenID = CallRecord.anonymous
        limitKey = "address:" + (address.map(AddressBlock.subscriber) ?? "")
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
