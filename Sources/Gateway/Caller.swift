import CatalogueModel
import Crypto
import DataProviders
import Ledger
import Values

/// Who calls: an organisation by its token, a citizen's service by the citizen's FranceConnect token, or anybody.
struct Caller: Sendable {
    let tokenID: String
    let grantID: String?
    let organisation: String?
    let purpose: String?
    let scopes: ScopeSet
    let limit: Grant.Limit
    /// What calls are counted under.
    let limitKey: String
    /// Whether a call may come from an address.
    let admits: @Sendable (String?) -> Bool
    /// The citizen's identity, where FranceConnect gives it.
    let identity: [String: JSON]?

    init(right: CallRight) {
        tokenID = right.token.id
        grantID = right.grant.id
        organisation = right.grant.siret
        purpose = right.grant.purpose
        scopes = right.scopes
        limit = right.grant.limit
        // A limit of the grant's own is shared by its tokens; the groups' limits are each token's.
        limitKey = if case .perMinute = right.grant.limit { right.grant.id } else { right.token.id }
        admits = right.admits
        identity = nil
    }

    init(citizen: FranceConnect.Citizen, token: Redacted<String>, scopes: ScopeSet) {
        // The token itself opens data: only its digest is kept, and only to count and trace.
        let digest = Base64URL.encode(SHA256.hash(data: Array(token.exposed.utf8)).prefix(16))
        tokenID = "franceconnect:" + digest
        grantID = nil
        organisation = citizen.client
        purpose = nil
        self.scopes = scopes
        limit = .standard
        limitKey = tokenID
        admits = { _ in true }
        identity = citizen.identity
    }

    /// Anybody, from that address: it is counted for the time of a window and kept nowhere.
    init(address: String?) {
        tokenID = CallRecord.anonymous
        grantID = nil
        organisation = nil
        purpose = nil
        scopes = ScopeSet()
        limit = .standard
        limitKey = "address:" + (address.map(AddressBlock.subscriber) ?? "")
        admits = { _ in true }
        identity = nil
    }
}
