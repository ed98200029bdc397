import CatalogueModel
import Foundation
import HashTreeCollections
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

/// Every right that calls are decided by, found by what they show.
struct RightsTable: Sendable {
    private var grants: TreeDictionary<Grant.ID, GrantRight> = [:]
    private(set) var tokens: TreeDictionary<AccessToken.ID, CallRight> = [:]
    private var holders: TreeDictionary<SoftwareVendor.ID, VendorDelegations> = [:]
    private(set) var vendors: TreeDictionary<VendorToken.ID, VendorRight> = [:]
    private(set) var clients: TreeDictionary<OAuthClient.ID, ClientRight> = [:]

    init(_ all: GrantSnapshot, _ scopes: ScopeTable, _ meters: PurposeMeters) {
        take(all, of: all, scopes, meters)
    }

    /// Works out what has changed, and what stands on it.
    /// - Parameter all: the rights with what has changed.
    mutating func take(_ changed: GrantSnapshot, of all: GrantSnapshot, _ scopes: ScopeTable, _ meters: PurposeMeters) {
        for (id, grant) in changed.grants { grants[id] = GrantRight(grant, catalogue: scopes, meters: meters) }
        for (id, token) in changed.tokens {
            tokens[id] = grants[token.grant].map { CallRight(token: token, right: $0) }
        }
        let touched = all.delegations.reduce(into: Set(changed.vendors.keys)) { vendors, delegation in
            if changed.grants[delegation.grant] != nil { vendors.insert(delegation.vendor) }
        }
        takeVendors(touched, of: all)
        for (id, client) in all.clients {
            switch client.holder {
            case .grant(let grant) where changed.grants[grant] != nil:
                clients[id] = grants[grant].map { ClientRight(client: client, holder: .grant($0)) }
            case .vendor(let vendor) where touched.contains(vendor):
                clients[id] = holders[vendor].map { ClientRight(client: client, holder: .vendor($0)) }
            default: break
            }
        }
    }

    private mutating func takeVendors(_ touched: Set<SoftwareVendor.ID>, of all: GrantSnapshot) {
        guard !touched.isEmpty else { return }
        let delegations = Dictionary(grouping: all.delegations.filter { touched.contains($0.vendor) }, by: \.vendor)
        for vendor in touched.compactMap({ all.vendors[$0] }) {
            let rights = (delegations[vendor.id] ?? []).compactMap { delegation in
                grants[delegation.grant].map { DelegatedRight(delegation: delegation, right: $0) }
            }
            holders[vendor.id] = VendorDelegations(vendor, rights)
        }
        for (id, token) in all.vendorTokens where touched.contains(token.vendor) {
            vendors[id] = holders[token.vendor].map { VendorRight(token: token, holder: $0) }
        }
    }
}

/// Everything that a call needs to know, at one moment. A call takes one and keeps it to its end.
public final class HubSnapshot: Sendable {
    public let catalogue: CompiledCatalogue
    let rights: RightsTable
    /// The key that signs the tokens of clients; nil where none does.
    let signer: TokenSigner?
    let verifiers: [String: any JWTAlgorithm]
    let metrics: [OperationMetrics]
    /// False while the grants cannot be read: nothing may then be checked against them.
    let isCurrent: Bool

    init(
        catalogue: CompiledCatalogue, metrics: [OperationMetrics] = [], rights: RightsTable,
        verifiers: [String: any JWTAlgorithm] = [:], signing kid: String? = nil, isCurrent: Bool = true
    ) {
        self.catalogue = catalogue
        self.rights = rights
        self.verifiers = verifiers
        self.metrics = metrics
        self.isCurrent = isCurrent
        signer = kid.flatMap { kid in verifiers[kid].map { TokenSigner(kid: kid, algorithm: $0) } }
    }
}
