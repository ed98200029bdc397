import Foundation
import Storage
import Values

extension GrantStore {
    /// Keeps a new vendor.
    /// - Throws: `DeskError.invalidVendor`; `SQLError`, with code `notUnique` where the id exists.
    @discardableResult
    public func create(_ vendor: SoftwareVendor) async throws -> SoftwareVendor {
        guard UUID(uuidString: vendor.id) != nil else { throw DeskError.invalidVendor("its id is no UUID") }
        guard CompanyNumber.isSiret(vendor.siret) else { throw DeskError.invalidVendor("its SIRET does not exist") }
        guard !JSON.string(vendor.name).isBlank else { throw DeskError.invalidVendor("it has no name") }
        return try await change(of: { .vendor($0.id) }) { connection, now in
            let values: [SQLValue] = [
                .text(vendor.id), .text(vendor.siret), .text(vendor.name),
                .text(SQLList.json(vendor.allowedAddresses)), .instant(now),
            ]
            return try SoftwareVendor(Self.only(connection.query(VendorSQL.insertVendor, values)))
        }
    }

    /// Every vendor by name, with those that were put out.
    public func vendors() async throws -> [SoftwareVendor] {
        try await database.read { try $0.query(VendorSQL.allVendors).map(SoftwareVendor.init) }
    }

    /// Puts a vendor out: none of its tokens is taken any more, within a second in every process. Again: no effect.
    /// - Throws: `DeskError.unknownVendor`.
    @discardableResult
    public func revoke(vendor id: SoftwareVendor.ID) async throws -> SoftwareVendor {
        try await end(
            VendorSQL.revokeVendor, id, missing: .unknownVendor(id), of: { .vendor($0.id) }, SoftwareVendor.init)
    }

    /// Makes a token of a vendor; `TokenIssuer` writes it as a JWT.
    /// - Parameter end: by default 18 months from now.
    /// - Throws: `DeskError`: unknown vendor, or one that was put out.
    public func createToken(forVendor id: SoftwareVendor.ID, expires end: Date? = nil) async throws -> VendorToken {
        try await change(of: { .vendor($0.vendor) }) { connection, now in
            let values: [SQLValue] = [
                .text(Self.newID()), .text(id), .instant(now), .instant(end ?? Validity.end(from: now)),
            ]
            _ = try Self.living(vendor: id, connection)
            return try VendorToken(Self.only(connection.query(VendorSQL.insertToken, values)))
        }
    }

    /// The tokens of a vendor, the newest first, with those that are revoked or expired.
    public func tokens(ofVendor id: SoftwareVendor.ID) async throws -> [VendorToken] {
        try await database.read { try $0.query(VendorSQL.tokensOfVendor, [.text(id)]).map(VendorToken.init) }
    }

    /// Ends one token of a vendor within a second in every process; its other tokens stay. Again: no effect.
    /// - Throws: `DeskError.unknownToken`.
    @discardableResult
    public func revoke(vendorToken id: VendorToken.ID) async throws -> VendorToken {
        try await end(
            VendorSQL.revokeToken, id, missing: .unknownToken(id), of: { .vendor($0.vendor) }, VendorToken.init)
    }

    /// Lets a vendor call under a grant, until either is revoked or the grant expires.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, unknown or revoked vendor, delegation already in force.
    public func delegate(grant: Grant.ID, to vendor: SoftwareVendor.ID) async throws -> Delegation {
        try await change(of: { .vendor($0.vendor) }) { connection, now in
            let pair: [SQLValue] = [.text(vendor), .text(grant)]
            let values = [.text(Self.newID())] + pair + [.instant(now)]
            _ = try Self.living(vendor: vendor, connection)
            _ = try Self.living(grant, now, connection)
            guard try connection.query(VendorSQL.delegationInForce, pair).isEmpty else {
                throw DeskError.alreadyDelegated(grant)
            }
            return try Delegation(Self.only(connection.query(VendorSQL.insertDelegation, values)))
        }
    }

    /// Every delegation in the order in which they were made, with those that ended.
    public func delegations() async throws -> [Delegation] {
        try await database.read { try $0.query(VendorSQL.allDelegations).map(Delegation.init) }
    }

    /// Takes a delegation back within a second in every process; others, of that body too, stay. Again: no effect.
    /// - Throws: `DeskError.unknownDelegation`.
    @discardableResult
    public func revoke(delegation id: Delegation.ID) async throws -> Delegation {
        try await end(
            VendorSQL.revokeDelegation, id, missing: .unknownDelegation(id), of: { .vendor($0.vendor) }, Delegation.init
        )
    }

    static func living(vendor id: SoftwareVendor.ID, _ connection: any SQLConnection) throws -> SoftwareVendor {
        guard let row = try connection.query(VendorSQL.oneVendor, [.text(id)]).first else {
            throw DeskError.unknownVendor(id)
        }
        let vendor = try SoftwareVendor(row)
        guard vendor.revoked == nil else { throw DeskError.vendorRevoked(id) }
        return vendor
    }
}
