import CatalogueModel
import Foundation
import JWTKit
import Values

/// What one token may do, worked out when grants or catalogue change and only read afterwards.
final class CallRight: Sendable {
    let token: AccessToken
    let grant: Grant
    let scopes: ScopeSet
    let addresses: [AddressBlock]?

    init(token: AccessToken, grant: Grant, scopes: ScopeSet) {
        self.token = token
        self.grant = grant
        self.scopes = scopes
        // A block that cannot be read refuses every address: fail closed.
        addresses = grant.allowedAddresses.isEmpty ? nil : grant.allowedAddresses.compactMap(AddressBlock.init)
    }

    /// Whether a call may come from that address.
    func admits(_ address: String?) -> Bool {
        guard let addresses else { return true }
        return address.map { address in addresses.contains { $0.contains(address) } } ?? false
    }
}

/// Everything that a call needs to know, at one moment. A call takes one and keeps it to its end.
public final class HubSnapshot: Sendable {
    public let catalogue: CompiledCatalogue
    let rights: [AccessToken.ID: CallRight]
    let verifiers: [String: any JWTAlgorithm]
    let metrics: [OperationMetrics]
    /// False while the grants cannot be read: nothing may then be checked against them.
    let isCurrent: Bool

    init(
        catalogue: CompiledCatalogue, metrics: [OperationMetrics], grants: GrantSnapshot?,
        verifiers: [String: any JWTAlgorithm], isCurrent: Bool
    ) {
        self.catalogue = catalogue
        self.verifiers = verifiers
        self.isCurrent = isCurrent && grants != nil
        self.metrics = metrics
        var rights: [AccessToken.ID: CallRight] = [:]
        for token in grants?.tokens.values ?? [:].values {
            guard let grant = grants?.grants[token.grant] else { continue }
            rights[token.id] = CallRight(token: token, grant: grant, scopes: catalogue.scopes.set(grant.scopes))
        }
        self.rights = rights
    }
}
