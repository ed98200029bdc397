import Foundation
import Storage
import Values

extension GrantStore {
    /// Registers a client of a grant or of a vendor.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, unknown or revoked vendor, `invalidClient`.
    public func createClient(
        of holder: OAuthClient.Holder, credential: OAuthClient.Credential, requiresDPoP: Bool = false
    ) async throws -> OAuthClient {
        switch credential {
        case .keys(let keys):
            guard (1...OAuthClient.mostKeys).contains(keys.count) else {
                throw DeskError.invalidClient("it has no key, or more than \(OAuthClient.mostKeys)")
            }
        case .certificate(let digest):
            guard digest.count == 32 else { throw DeskError.invalidClient("its certificate's digest is no SHA-256") }
        }
        return try await change(of: { ChangedRights($0.holder) }) { connection, now in
            switch holder {
            case .grant(let id): _ = try Self.living(id, now, connection)
            case .vendor(let id): _ = try Self.living(vendor: id, connection)
            }
            let client = OAuthClient(
                id: Self.newID(), holder: holder, credential: credential, requiresDPoP: requiresDPoP, created: now)
            return try OAuthClient(Self.only(connection.query(ClientSQL.insert, client.values)))
        }
    }

    /// Every client in the order in which they were registered, with those that were revoked.
    public func clients() async throws -> [OAuthClient] {
        try await database.read { try $0.query(ClientSQL.all).map(OAuthClient.init) }
    }

    /// Ends a client, and with it the tokens it got, within a second in every process. Again: no effect.
    /// - Throws: `DeskError.unknownClient`.
    @discardableResult
    public func revoke(client id: OAuthClient.ID) async throws -> OAuthClient {
        try await end(
            ClientSQL.revoke, id, missing: .unknownClient(id), of: { ChangedRights($0.holder) }, OAuthClient.init)
    }
}

extension OAuthClient {
    /// How many keys one client may have: two serve to change them, each is one more to try.
    static let mostKeys = 8
}
