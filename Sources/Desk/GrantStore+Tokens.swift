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
        try await change(of: { .grant($0.grant) }) { connection, now in
            let wanted = end ?? Validity.end(from: now)
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
        try await end(
            GrantSQL.revokeToken, id, missing: .unknownToken(id), of: { .grant($0.grant) }, AccessToken.init)
    }

    /// A grant of a fictional town, not stored, for demonstrations and checks, that ends in 18 months.
    public func demoGrant(scopes: [String], limit: Grant.Limit = .standard) -> Grant {
        Grant(
            id: Self.newID(), siret: "13002526500013", organisation: "Ville de Démonstration",
            title: "Démonstration", purpose: "Essayer le service avec des personnes fictives", scopes: scopes,
            limit: limit, expires: Validity.end(from: clock.now()))
    }
}
