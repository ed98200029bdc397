import Storage

/// The table of the changes of rights, and the statements that read rights for the hub.
enum RightsSQL {
    static let increaseVersion = "UPDATE grant_changes SET version = version + 1 WHERE id = 1 RETURNING version"
    static let insertChange = "INSERT INTO right_changes (version, mark, grant_id, vendor_id) VALUES ($1, $2, $3, $4)"
    static let forgetChanges = "DELETE FROM right_changes WHERE version <= $1"

    static let version = """
        SELECT grant_changes.version, right_changes.mark FROM grant_changes
        LEFT JOIN right_changes ON right_changes.version = grant_changes.version WHERE grant_changes.id = 1
        """
    static let mark = "SELECT mark FROM right_changes WHERE version = $1"
    static let countChanges = "SELECT COUNT(*) AS number FROM right_changes WHERE version > $1"

    static let pageOfGrants = page("grants")
    static let pageOfTokens = page("tokens")
    static let purposesOfPage = """
        SELECT * FROM purposes WHERE grant_id >= $1 AND grant_id <= $2 ORDER BY grant_id, is_default DESC, id
        """

    private static func page(_ table: String) -> String {
        "SELECT * FROM \(table) WHERE id > $1 ORDER BY id LIMIT 2000"
    }

    static let changedGrants = "SELECT * FROM grants WHERE \(isChanged("id", "grant_id"))"
    static let changedPurposes = """
        SELECT * FROM purposes WHERE \(isChanged("grant_id", "grant_id")) ORDER BY grant_id, is_default DESC, id
        """
    static let changedTokens = "SELECT * FROM tokens WHERE \(isChanged("grant_id", "grant_id"))"
    static let changedVendors = "SELECT * FROM vendors WHERE \(isChanged("id", "vendor_id"))"
    static let changedVendorTokens = "SELECT * FROM vendor_tokens WHERE \(isChanged("vendor_id", "vendor_id"))"
    static let changedDelegations = """
        SELECT * FROM delegations WHERE \(isChanged("vendor_id", "vendor_id")) ORDER BY created_at, id
        """
    static let changedClients = """
        SELECT * FROM oauth_clients WHERE \(isChanged("grant_id", "grant_id")) OR \(isChanged("vendor_id", "vendor_id"))
        """

    private static func isChanged(_ column: String, _ holder: String) -> String {
        "\(column) IN (SELECT \(holder) FROM right_changes WHERE version > $1 AND \(holder) IS NOT NULL)"
    }

    /// `mark` is another at each change: a version that two histories share leads nowhere. The last change before the
    /// table was made has one too, so that the next is read alone.
    static let migration = Migration(
        name: "m0080_right_changes",
        sql: [
            """
            CREATE TABLE right_changes (
                version BIGINT NOT NULL PRIMARY KEY,
                mark TEXT NOT NULL,
                grant_id TEXT,
                vendor_id TEXT
            )
            """,
            "INSERT INTO right_changes (version, mark) SELECT version, 'm0080' FROM grant_changes",
        ])
}
