import Foundation
import Storage
import Values

/// The table of OAuth clients, and every statement on it.
enum ClientSQL {
    static let all = "SELECT * FROM oauth_clients ORDER BY created_at, id"
    static let insert = """
        INSERT INTO oauth_clients (id, grant_id, vendor_id, key_set, certificate, dpop_required, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *
        """
    static let revoke = "UPDATE oauth_clients SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING *"

    /// A client draws on a grant or on a vendor, and proves itself by keys or by a certificate: one of each.
    static let migration = Migration(
        name: "m0060_oauth_clients",
        sql: [
            """
            CREATE TABLE oauth_clients (
                id TEXT NOT NULL PRIMARY KEY,
                grant_id TEXT REFERENCES grants (id),
                vendor_id TEXT REFERENCES vendors (id),
                key_set TEXT,
                certificate TEXT,
                dpop_required BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                revoked_at BIGINT,
                CHECK ((grant_id IS NULL) <> (vendor_id IS NULL)),
                CHECK ((key_set IS NULL) <> (certificate IS NULL))
            )
            """
        ])
}

extension OAuthClient {
    /// The values of `ClientSQL.insert`.
    var values: [SQLValue] {
        let (grant, vendor): (String?, String?) =
            switch holder {
            case .grant(let id): (id, nil)
            case .vendor(let id): (nil, id)
            }
        let (keys, certificate): (String?, String?) =
            switch credential {
            case .keys(let keys): (JSON.array(keys).serialized, nil)
            case .certificate(let digest): (nil, Base64URL.encode(digest))
            }
        return [
            .text(id), .text(orNull: grant), .text(orNull: vendor), .text(orNull: keys), .text(orNull: certificate),
            .integer(requiresDPoP ? 1 : 0), .instant(created),
        ]
    }

    init(_ row: SQLRow) throws {
        let holder: Holder? =
            try row.optionalText("grant_id").map { .grant($0) } ?? row.optionalText("vendor_id").map { .vendor($0) }
        let keys = try row.optionalText("key_set").flatMap { try JSON(parsing: $0.utf8).items }
        let certificate = try row.optionalText("certificate").flatMap(Base64URL.decode)
        guard let holder, let credential = keys.map(Credential.keys) ?? certificate.map(Credential.certificate) else {
            throw DeskError.unreadable("a client has no holder, or no credential")
        }
        self.init(
            id: try row.text("id"), holder: holder, credential: credential,
            requiresDPoP: try row.integer("dpop_required") != 0, created: try row.instant("created_at"),
            revoked: try row.optionalInstant("revoked_at"))
    }
}
