import Storage
import Values

/// The tables of purposes, of their calls and of registers of cases, and every statement on purposes.
enum PurposeSQL {
    static let all = "SELECT * FROM purposes ORDER BY grant_id, is_default DESC, id"
    static let ofGrant = "SELECT * FROM purposes WHERE grant_id = $1 ORDER BY is_default DESC, id"
    static let insert = """
        INSERT INTO purposes (grant_id, id, title, legal_basis, quota_calls, quota_period, is_default, requires_case)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (grant_id, id) DO UPDATE SET title = excluded.title, legal_basis = excluded.legal_basis,
        quota_calls = excluded.quota_calls, quota_period = excluded.quota_period, is_default = excluded.is_default,
        requires_case = excluded.requires_case
        """
    static let remove = "DELETE FROM purposes WHERE grant_id = $1 AND id = $2"
    static let title = "UPDATE grants SET purpose = $2 WHERE id = $1"
    static let tokensOf = "SELECT id FROM tokens WHERE grant_id = $1 AND purpose = $2 AND revoked_at IS NULL"
    /// A grant that a node of the former version made has no row of its purpose yet.
    private static let missing = """
        INSERT INTO purposes (grant_id, id, title, legal_basis, is_default, requires_case)
        SELECT id, '\(Purpose.principal)', purpose, '', 1, 0 FROM grants
        WHERE NOT EXISTS (SELECT 1 FROM purposes WHERE purposes.grant_id = grants.id)
        """
    static let complete = missing

    static let tables = [
        """
        CREATE TABLE purposes (
            grant_id TEXT NOT NULL REFERENCES grants (id),
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            legal_basis TEXT NOT NULL,
            quota_calls BIGINT,
            quota_period TEXT,
            is_default BIGINT NOT NULL,
            requires_case BIGINT NOT NULL,
            PRIMARY KEY (grant_id, id)
        )
        """,
        missing,
        "ALTER TABLE tokens ADD COLUMN purpose TEXT",
        // `period` is a date of Paris, whole or cut: 2026-11-21, 2026-11 or 2026.
        """
        CREATE TABLE purpose_calls (
            period TEXT NOT NULL,
            grant_id TEXT NOT NULL,
            purpose TEXT NOT NULL,
            calls BIGINT NOT NULL,
            PRIMARY KEY (period, grant_id, purpose)
        )
        """,
        // `change` is the version in which a case was opened or closed last.
        """
        CREATE TABLE cases (
            digest TEXT NOT NULL PRIMARY KEY,
            grant_id TEXT NOT NULL,
            change BIGINT NOT NULL,
            closed_at BIGINT
        )
        """,
        "CREATE INDEX cases_by_change ON cases (change, digest)",
        "CREATE INDEX cases_of_grant ON cases (grant_id, closed_at)",
        "CREATE TABLE case_changes (id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL)",
        "INSERT INTO case_changes (id, version) VALUES (1, 0)",
    ]
}

extension Purpose {
    func values(of grant: Grant.ID) -> [SQLValue] {
        [
            .text(grant), .text(id), .text(title), .text(legalBasis), .integer(orNull: quota?.calls),
            .text(orNull: quota?.period.rawValue), .integer(isDefault ? 1 : 0), .integer(requiresCase ? 1 : 0),
        ]
    }

    init(_ row: SQLRow) throws {
        let (calls, name) = (try row.optionalInteger("quota_calls"), try row.optionalText("quota_period"))
        let period = name.flatMap(Period.init)
        // A quota that cannot be understood must not become no quota.
        guard (calls == nil) == (name == nil), (name == nil) == (period == nil) else {
            throw DeskError.unreadable("quota is no quota")
        }
        self.init(
            id: try row.text("id"), title: try row.text("title"), legalBasis: try row.text("legal_basis"),
            quota: calls.flatMap { calls in period.map { Quota(calls: calls, period: $0) } },
            isDefault: try row.integer("is_default") == 1, requiresCase: try row.integer("requires_case") == 1)
    }

    /// Refuses a purpose that a call could not be checked against.
    func validate() throws(DeskError) {
        guard Purpose.isSlug(id) else { throw .invalidPurpose("its id is no small word") }
        guard !JSON.string(title).isBlank else { throw .invalidPurpose("it has no title") }
        if let quota, quota.calls < 1 { throw .invalidPurpose("its quota allows no call") }
    }
}

extension Grant {
    func validatePurposes() throws(DeskError) {
        for purpose in purposes { try purpose.validate() }
        guard Set(purposes.map(\.id)).count == purposes.count else {
            throw .invalidGrant("two of its purposes have one id")
        }
        guard purposes.filter(\.isDefault).count == 1 else { throw .invalidGrant("it has no purpose by default") }
    }
}
