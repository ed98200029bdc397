import Storage

/// The tables that several nodes on one database share.
public enum NodeTables {
    public static let migrations = [
        Migration(
            name: "m0040_leases",
            sql: [
                """
                CREATE TABLE leases (
                    name TEXT NOT NULL PRIMARY KEY,
                    holder TEXT NOT NULL,
                    until_at BIGINT NOT NULL
                )
                """
            ]),
        Migration(
            name: "m0041_nodes",
            sql: [
                """
                CREATE TABLE shared_keys (
                    name TEXT NOT NULL PRIMARY KEY,
                    sealed TEXT,
                    made_at BIGINT NOT NULL
                )
                """,
                """
                CREATE TABLE shared_calls (
                    caller TEXT NOT NULL,
                    budget TEXT NOT NULL,
                    ends_at BIGINT NOT NULL,
                    node TEXT NOT NULL,
                    calls BIGINT NOT NULL,
                    changed_at BIGINT NOT NULL,
                    PRIMARY KEY (caller, budget, ends_at, node)
                )
                """,
                "CREATE INDEX shared_calls_by_change ON shared_calls (changed_at)",
                "CREATE INDEX shared_calls_by_end ON shared_calls (ends_at)",
                """
                CREATE TABLE quota_places (
                    budget TEXT NOT NULL,
                    node TEXT NOT NULL,
                    places BIGINT NOT NULL,
                    wanted_at BIGINT NOT NULL,
                    until_at BIGINT NOT NULL,
                    free_at BIGINT NOT NULL,
                    PRIMARY KEY (budget, node)
                )
                """,
            ]),
        Migration(
            name: "m0042_past_keys",
            sql: ["CREATE TABLE past_keys (mark TEXT NOT NULL PRIMARY KEY)"]),
    ]
}
