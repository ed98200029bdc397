import CatalogueModel
import Foundation
import JWTKit
import Values

/// The addresses from which a right may be used.
struct AddressList: Sendable {
    /// Nil: any. Empty: none.
    let blocks: [AddressBlock]?

    init(_ texts: [String]) {
        // A block that cannot be read refuses every address: fail closed.
        blocks = texts.isEmpty ? nil : texts.compactMap(AddressBlock.init)
    }

    /// Whether a call may come from that address.
    func admits(_ address: String?) -> Bool {
        guard let blocks else { return true }
        return address.map { address in blocks.contains { $0.contains(address) } } ?? false
    }
}

/// What a grant allows, worked out when grants or catalogue change and only read afterwards.
final class GrantRight: Sendable {
    let grant: Grant
    let scopes: ScopeSet
    let addresses: AddressList
    let purposes: [PurposeRight]
    private let catalogue: ScopeTable

    init(_ grant: Grant, catalogue: ScopeTable, meters: PurposeMeters) {
        purposes = grant.purposes.map { PurposeRight($0, meters.meter(grant.id, $0.id)) }
        self.grant = grant
        self.catalogue = catalogue
        scopes = catalogue.set(grant.scopes)
        addresses = AddressList(grant.allowedAddresses)
    }

    private init(_ whole: GrantRight, only names: Set<String>, catalogue: ScopeTable) {
        var grant = whole.grant
        grant.scopes = grant.scopes.filter(names.contains)
        self.grant = grant
        self.catalogue = catalogue
        scopes = catalogue.set(grant.scopes)
        addresses = whole.addresses
        purposes = whole.purposes
    }

    /// Whether all calls under it are counted together, against a limit of its own.
    var hasOwnLimit: Bool { if case .perMinute = grant.limit { true } else { false } }

    /// The same right without the scopes that are not named; it never has more.
    func narrowed(to names: [String]) -> GrantRight { GrantRight(self, only: Set(names), catalogue: catalogue) }
}

/// A token of a grant, with what it may do.
package final class CallRight: Sendable {
    let token: AccessToken
    let right: GrantRight
    /// What the token is bound to, where it is.
    let confirmation: Confirmation?
    var grant: Grant { right.grant }

    init(token: AccessToken, right: GrantRight, confirmation: Confirmation? = nil) {
        (self.token, self.right, self.confirmation) = (token, right, confirmation)
    }
}

/// Everything that a call needs to know, at one moment. A call takes one and keeps it to its end.
public final class HubSnapshot: Sendable {
    public let catalogue: CompiledCatalogue
    let rights: [AccessToken.ID: CallRight]
    let vendors: [VendorToken.ID: VendorRight]
    let clients: [OAuthClient.ID: ClientRight]
    /// The key that signs the tokens of clients; nil where none does.
    let signer: TokenSigner?
    let verifiers: [String: any JWTAlgorithm]
    let metrics: [OperationMetrics]
    /// False while the grants cannot be read: nothing may then be checked against them.
    let isCurrent: Bool

    init(
        catalogue: CompiledCatalogue, metrics: [OperationMetrics], grants: GrantSnapshot?,
        verifiers: [String: any JWTAlgorithm], signing kid: String? = nil, isCurrent: Bool,
        meters: PurposeMeters = PurposeMeters()
    ) {
        self.catalogue = catalogue
        self.verifiers = verifiers
        signer = kid.flatMap { kid in verifiers[kid].map { TokenSigner(kid: kid, algorithm: $0) } }
        self.isCurrent = isCurrent && grants != nil
        self.metrics = metrics
        let known = (grants?.grants ?? [:]).mapValues {
            GrantRight($0, catalogue: catalogue.scopes, meters: meters)
        }
        rights = (grants?.tokens ?? [:]).compactMapValues { token in
            known[token.grant].map { CallRight(token: token, right: $0) }
        }
        let holders = grants.map { VendorDelegations.all($0, known) } ?? [:]
        vendors = (grants?.vendorTokens ?? [:]).compactMapValues { token in
            holders[token.vendor].map { VendorRight(token: token, holder: $0) }
        }
        clients = (grants?.clients ?? [:]).compactMapValues { client in
            let holder: ClientRight.Holder? =
                switch client.holder {
                case .grant(let id): known[id].map { .grant($0) }
                case .vendor(let id): holders[id].map { .vendor($0) }
                }
            return holder.map { ClientRight(client: client, holder: $0) }
        }
    }
}
