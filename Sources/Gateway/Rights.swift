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
        catalogue: CompiledCatalogue, grants: GrantSnapshot?, verifiers: [String: any JWTAlgorithm],
        isCurrent: Bool
    ) {
        self.catalogue = catalogue
        self.verifiers = verifiers
        self.isCurrent = isCurrent && grants != nil
        metrics = catalogue.operations.map { OperationMetrics(operation: $0.id) }
        var rights: [AccessToken.ID: CallRight] = [:]
        for token in grants?.tokens.values ?? [:].values {
            guard let grant = grants?.grants[token.grant] else { continue }
            rights[token.id] = CallRight(token: token, grant: grant, scopes: catalogue.scopes.set(grant.scopes))
        }
        self.rights = rights
    }
}

/// A block of IP addresses in CIDR notation (RFC 4632, RFC 4291), or one address.
struct AddressBlock: Sendable {
    private let bytes: [UInt8]
    private let bits: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let first = parts.first, let bytes = Self.bytes(String(first)) else { return nil }
        let width = bytes.count * 8
        guard let bits = parts.count == 2 ? Int(parts[1]) : width, (0...width).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        for index in 0..<bits where (bytes[index >> 3] ^ other[index >> 3]) >> UInt8(7 - index & 7) & 1 == 1 {
            return false
        }
        return true
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        // An IPv4 address seen through an IPv6 socket is itself.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF { return Array(bytes[12...]) }
        return bytes
    }
}
