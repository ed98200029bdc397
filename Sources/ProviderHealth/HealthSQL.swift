import Storage

/// The tables of the providers' health, and every statement on them.
enum HealthSQL {
    static let records = "SELECT * FROM provider_health"
    static let putRecord = """
        INSERT INTO provider_health (provider, source, state, updated_at, ok_at, failing_at, incident_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (provider, source) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at,
        ok_at = excluded.ok_at, failing_at = excluded.failing_at, incident_at = excluded.incident_at
        """

    static let days = "SELECT * FROM provider_days"
    static let addSeconds = """
        INSERT INTO provider_days
        (provider, day, seconds_ok, seconds_degraded, seconds_down, seconds_maintenance, seconds_unknown)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (provider, day) DO UPDATE SET
        seconds_ok = provider_days.seconds_ok + excluded.seconds_ok,
        seconds_degraded = provider_days.seconds_degraded + excluded.seconds_degraded,
        seconds_down = provider_days.seconds_down + excluded.seconds_down,
        seconds_maintenance = provider_days.seconds_maintenance + excluded.seconds_maintenance,
        seconds_unknown = provider_days.seconds_unknown + excluded.seconds_unknown
        """
    static let purgeDays = "DELETE FROM provider_days WHERE day < $1"

    static let incidents = "SELECT * FROM provider_incidents ORDER BY started_at DESC, provider"
    static let openIncident = """
        INSERT INTO provider_incidents (provider, started_at, kind) VALUES ($1, $2, $3)
        ON CONFLICT (provider, started_at) DO UPDATE SET kind = excluded.kind, ended_at = NULL
        """
    static let worsenIncident = """
        UPDATE provider_incidents SET kind = 'down' WHERE provider = $1 AND started_at = $2
        """
    static let closeIncident = """
        UPDATE provider_incidents SET ended_at = $3 WHERE provider = $1 AND started_at = $2
        """
    static let purgeIncidents = "DELETE FROM provider_incidents WHERE ended_at < $1"
}

extension HealthStore {
    /// The tables of this room. Days are those of Paris, `YYYY-MM-DD`.
    public static let migrations = [
        Migration(
            name: "m0030_provider_health",
            sql: [
                """
                CREATE TABLE provider_health (
                    provider TEXT NOT NULL,
                    source TEXT NOT NULL,
                    state TEXT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    ok_at BIGINT,
                    failing_at BIGINT,
                    incident_at BIGINT,
                    PRIMARY KEY (provider, source)
                )
                """,
                """
                CREATE TABLE provider_days (
                    provider TEXT NOT NULL,
                    day TEXT NOT NULL,
                    seconds_ok BIGINT NOT NULL,
                    seconds_degraded BIGINT NOT NULL,
                    seconds_down BIGINT NOT NULL,
                    seconds_maintenance BIGINT NOT NULL,
                    seconds_unknown BIGINT NOT NULL,
                    PRIMARY KEY (provider, day)
                )
                """,
                """
                CREATE TABLE provider_incidents (
                    provider TEXT NOT NULL,
                    started_at BIGINT NOT NULL,
                    ended_at BIGINT,
                    kind TEXT NOT NULL,
                    PRIMARY KEY (provider, started_at)
                )
                """,
            ])
    ]
}
