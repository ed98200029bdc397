import Storage

/// The tables of grants and tokens, and every statement on them.
enum GrantSQL {
    static let allGrants = "SELECT * FROM grants ORDER BY created_at DESC, id"
    static let grantsTitled = "SELECT id FROM grants WHERE title = $1 ORDER BY created_at DESC, id"
    static let oneGrant = "SELECT * FROM grants WHERE id = $1"
    static let insertGrant = """
        INSERT INTO grants
        (id, siret, organisation, title, purpose, scopes, allowed_addresses, rate, expires_at, revoked_at, datapass_id,
        created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *
        """
    static let revokeGrant = "UPDATE grants SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1"
    static let prolongGrant = "UPDATE grants SET expires_at = $2 WHERE id = $1"

    static let tokensOfGrant = "SELECT * FROM tokens WHERE grant_id = $1 ORDER BY issued_at DESC, id"
    static let insertToken = """
        INSERT INTO tokens (id, grant_id, issued_at, expires_at, purpose) VALUES ($1, $2, $3, $4, $5) RETURNING *
        """
    static let revokeToken = "UPDATE tokens SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING *"
    static let prolongTokens = """
        UPDATE tokens SET expires_at = $2 WHERE grant_id = $1 AND expires_at = $3 AND revoked_at IS NULL
        """
}

extension GrantStore {
    /// The tables of this room. Scopes and addresses are JSON arrays of strings; `rate` is `standard`, `unlimited` or
    /// a number of calls a minute.
    public static let migrations = [
        Migration(
            name: "m0001_grants",
            sql: [
                """
                CREATE TABLE grants (
                    id TEXT NOT NULL PRIMARY KEY,
                    siret TEXT NOT NULL,
                    organisation TEXT NOT NULL,
                    title TEXT NOT NULL,
                    purpose TEXT NOT NULL,
                    scopes TEXT NOT NULL,
                    allowed_addresses TEXT NOT NULL,
                    rate TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    revoked_at BIGINT
                )
                """,
                """
                CREATE TABLE tokens (
                    id TEXT NOT NULL PRIMARY KEY,
                    grant_id TEXT NOT NULL REFERENCES grants (id),
                    issued_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    revoked_at BIGINT
                )
                """,
                "CREATE INDEX tokens_of_grant ON tokens (grant_id)",
                "CREATE TABLE grant_changes (id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL)",
                "INSERT INTO grant_changes (id, version) VALUES (1, 0)",
            ]),
        Migration(name: "m0002_delegations", sql: VendorSQL.tables),
        Migration(name: "m0050_purposes", sql: PurposeSQL.tables),
        ClientSQL.migration,
        RightsSQL.migration,
    ]
}
