import Storage
import Values

/// The tables of vendors and delegations, and every statement on them.
enum VendorSQL {
    static let allVendors = "SELECT * FROM vendors ORDER BY name, id"
    static let allTokens = "SELECT * FROM vendor_tokens"
    static let oneVendor = "SELECT * FROM vendors WHERE id = $1"
    static let insertVendor = """
        INSERT INTO vendors (id, siret, name, allowed_addresses, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING *
        """
    static let revokeVendor = "UPDATE vendors SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING *"

    static let tokensOfVendor = "SELECT * FROM vendor_tokens WHERE vendor_id = $1 ORDER BY issued_at DESC, id"
    static let insertToken = """
        INSERT INTO vendor_tokens (id, vendor_id, issued_at, expires_at) VALUES ($1, $2, $3, $4) RETURNING *
        """
    static let revokeToken = "UPDATE vendor_tokens SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING *"

    static let allDelegations = "SELECT * FROM delegations ORDER BY created_at, id"
    static let delegationInForce = """
        SELECT * FROM delegations WHERE vendor_id = $1 AND grant_id = $2 AND revoked_at IS NULL
        """
    static let insertDelegation = """
        INSERT INTO delegations (id, vendor_id, grant_id, created_at) VALUES ($1, $2, $3, $4) RETURNING *
        """
    static let revokeDelegation = """
        UPDATE delegations SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 RETURNING *
        """

    static let tables = [
        "ALTER TABLE grants ADD COLUMN datapass_id TEXT",
        """
        CREATE TABLE vendors (
            id TEXT NOT NULL PRIMARY KEY,
            siret TEXT NOT NULL,
            name TEXT NOT NULL,
            allowed_addresses TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            revoked_at BIGINT
        )
        """,
        """
        CREATE TABLE vendor_tokens (
            id TEXT NOT NULL PRIMARY KEY,
            vendor_id TEXT NOT NULL REFERENCES vendors (id),
            issued_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            revoked_at BIGINT
        )
        """,
        "CREATE INDEX vendor_tokens_of_vendor ON vendor_tokens (vendor_id)",
        """
        CREATE TABLE delegations (
            id TEXT NOT NULL PRIMARY KEY,
            vendor_id TEXT NOT NULL REFERENCES vendors (id),
            grant_id TEXT NOT NULL REFERENCES grants (id),
            created_at BIGINT NOT NULL,
            revoked_at BIGINT
        )
        """,
        "CREATE UNIQUE INDEX delegations_in_force ON delegations (vendor_id, grant_id) WHERE revoked_at IS NULL",
        "CREATE INDEX delegations_of_grant ON delegations (grant_id)",
    ]
}

extension SoftwareVendor {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row.text("id"), siret: try row.text("siret"), name: try row.text("name"),
            allowedAddresses: try SQLList.texts(row, "allowed_addresses"),
            revoked: try row.optionalInstant("revoked_at"))
    }
}

extension VendorToken {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row.text("id"), vendor: try row.text("vendor_id"), issued: try row.instant("issued_at"),
            expires: try row.instant("expires_at"), revoked: try row.optionalInstant("revoked_at"))
    }
}

extension Delegation {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row.text("id"), vendor: try row.text("vendor_id"), grant: try row.text("grant_id"),
            created: try row.instant("created_at"), revoked: try row.optionalInstant("revoked_at"))
    }
}
