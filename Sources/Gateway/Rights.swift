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

    init(_ grant: Grant, scopes: ScopeSet, meters: PurposeMeters) {
        purposes = grant.purposes.map { PurposeRight($0, meters.meter(grant.id, $0.id)) }
        self.grant = grant
        self.scopes = scopes
        addresses = AddressList(grant.allowedAddresses)
    }
}

/// A token of a grant, with what it may do.
struct CallRight: Sendable {
    let token: AccessToken
    let right: GrantRight
    var grant: Grant { right.grant }
}

/// Everything that a call needs to know, at one moment. A call takes one and keeps it to its end.
public final class HubSnapshot: Sendable {
    public let catalogue: CompiledCatalogue
    let rights: [AccessToken.ID: CallRight]
    let vendors: [VendorToken.ID: VendorRight]
    let verifiers: [String: any JWTAlgorithm]
    let metrics: [OperationMetrics]
    /// False while the grants cannot be read: nothing may then be checked against them.
    let isCurrent: Bool

    init(
        catalogue: CompiledCatalogue, metrics: [OperationMetrics], grants: GrantSnapshot?,
        verifiers: [String: any JWTAlgorithm], isCurrent: Bool, meters: PurposeMeters = PurposeMeters()
    ) {
        self.catalogue = catalogue
        self.verifiers = verifiers
        self.isCurrent = isCurrent && grants != nil
        self.metrics = metrics
        let known = (grants?.grants ?? [:]).mapValues {
            GrantRight($0, scopes: catalogue.scopes.set($0.scopes), meters: meters)
        }
        rights = (grants?.tokens ?? [:]).compactMapValues { token in
            known[token.grant].map { CallRight(token: token, right: $0) }
        }
        vendors = grants.map { VendorRight.all($0, known) } ?? [:]
    }
}
