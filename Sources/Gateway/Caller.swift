import CatalogueModel
import Crypto
import DataProviders
import Values

/// Who calls: an organisation by its token, or a citizen's service by the citizen's FranceConnect token.
struct Caller: Sendable {
    let tokenID: String
    let grantID: String?
    let organisation: String
    let purpose: String?
    let scopes: ScopeSet
    let limit: Grant.Limit
    /// What calls are counted under.
    let limitKey: String
    let addresses: [AddressBlock]?
    /// The citizen's identity, where FranceConnect gives it.
    let identity: [String: JSON]?

    init(right: CallRight) {
        tokenID = right.token.id
        grantID = right.grant.id
        organisation = right.grant.siret
        purpose = right.grant.purpose
        scopes = right.scopes
        limit = right.grant.limit
        limitKey = right.token.id
        addresses = right.addresses
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
        addresses = nil
        identity = citizen.identity
    }
}
