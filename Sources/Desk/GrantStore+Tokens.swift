import Foundation
import Storage
import Values

extension GrantStore {
    /// Makes a token of a grant that is neither revoked nor expired; `TokenIssuer` writes it as a JWT.
    /// - Parameters:
    ///   - end: by default 18 months from now. In both cases never after the end of the grant.
    ///   - purpose: that of its calls that name none; by default the grant's.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, unknown purpose.
    public func createToken(
        for id: Grant.ID, expires end: Date? = nil, purpose: Purpose.ID? = nil
    ) async throws -> AccessToken {
        let now = clock.now()
        let wanted = end ?? Validity.end(from: now)
        return try await database.transaction { connection in
            try Self.recordChange(connection)
            let grant = try Self.living(id, now, connection)
            if let purpose, !grant.purposes.contains(where: { $0.id == purpose }) {
                throw DeskError.unknownPurpose(purpose)
            }
            let values: [SQLValue] = [
                .text(Self.newID()), .text(id), .instant(now), .instant(min(wanted, grant.expires)),
                .text(orNull: purpose),
            ]
            return try AccessToken(Self.only(connection.query(GrantSQL.insertToken, values)))
        }
    }

    /// The tokens of a grant, the newest first, with those that are revoked or expired; none for an unknown grant.
    public func tokens(of id: Grant.ID) async throws -> [AccessToken] {
        try await database.read { try $0.query(GrantSQL.tokensOfGrant, [.text(id)]).map(AccessToken.init) }
    }

    /// Ends a token within a second in every process; the grant and its other tokens stay. Again: no effect.
    /// - Throws: `DeskError.unknownToken`.
    @discardableResult
    public func revoke(token id: AccessToken.ID) async throws -> AccessToken {
        let now = clock.now()
        return try await database.transaction { connection in
            try Self.recordChange(connection)
            let rows = try connection.query(GrantSQL.revokeToken, [.text(id), .instant(now)])
            guard let row = rows.first else { throw DeskError.unknownToken(id) }
            return try AccessToken(row)
        }
    }

    /// Every grant, token, vendor, delegation and client at one moment, with the version of that moment.
    /// - Throws: `SQLError`, and `DeskError.unreadable` where one of them cannot be understood: then none is given.
    public func snapshot() async throws -> GrantSnapshot {
        try await database.read { connection in
            GrantSnapshot(
                grants: try Self.all(connection),
                tokens: try connection.query(GrantSQL.allTokens).map(AccessToken.init),
                vendors: try connection.query(VendorSQL.allVendors).map(SoftwareVendor.init),
                vendorTokens: try connection.query(VendorSQL.allTokens).map(VendorToken.init),
                delegations: try connection.query(VendorSQL.allDelegations).map(Delegation.init),
                clients: try connection.query(ClientSQL.all).map(OAuthClient.init),
                version: try Self.version(connection))
        }
    }

    /// How many changes rights went through.
    public func version() async throws -> Int { try await database.read { try Self.version($0) } }

    private static func version(_ connection: any SQLConnection) throws -> Int {
        try only(connection.query(GrantSQL.version)).integer("version")
    }

    /// A grant of a fictional town, not stored, for demonstrations and checks, that ends in 18 months.
    public func demoGrant(scopes: [String], limit: Grant.Limit = .standard) -> Grant {
        Grant(
            id: Self.newID(), siret: "13002526500013", organisation: "Ville de Démonstration",
            title: "Démonstration", purpose: "Essayer le service avec des personnes fictives", scopes: scopes,
            limit: limit, expires: Validity.end(from: clock.now()))
    }
}
