import Foundation
import Storage
import Values

/// A request of an organisation for a datum that no API gives it yet.
public struct DataRequest: Sendable, Hashable {
    /// Identifier of the datum on the map of exchanged data.
    public let datum: String
    /// Number of the organisation that needs it.
    public let siret: String
    /// What for, in its words.
    public let reason: String
    public let made: Date
}

/// The requests for data in the database: at most one an organisation and datum, with no name of a person.
///
/// Anybody may send the form, so the requests recorded in one hour are bounded.
public struct DataRequestStore: Sendable {
    private let database: any SQLDatabase
    private let clock: WallClock
    private let mostAnHour: Int

    /// - Parameters:
    ///   - database: one that has gone through `migrations`.
    ///   - mostAnHour: how many requests an hour are recorded, all organisations together.
    public init(database: any SQLDatabase, clock: WallClock = .system, mostAnHour: Int = 200) {
        self.database = database
        self.clock = clock
        self.mostAnHour = mostAnHour
    }

    /// The table of this room.
    public static let migrations = [
        Migration(
            name: "m0004_data_requests",
            sql: [
                """
                CREATE TABLE data_requests (
                    datum TEXT NOT NULL,
                    siret TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    made_at BIGINT NOT NULL,
                    PRIMARY KEY (datum, siret)
                )
                """,
                "CREATE INDEX data_requests_by_time ON data_requests (made_at)",
            ])
    ]

    private static let insert = """
        INSERT INTO data_requests (datum, siret, reason, made_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (datum, siret) DO UPDATE SET reason = excluded.reason, made_at = excluded.made_at
        """

    /// Records a request; an earlier one of the same organisation for the same datum is replaced.
    /// - Returns: false where the hour has had its fill: nothing is recorded.
    public func record(datum: String, siret: String, reason: String) async throws -> Bool {
        let now = clock.now()
        return try await database.transaction { connection in
            let recent = try connection.query(
                "SELECT COUNT(*) AS number FROM data_requests WHERE made_at > $1", [.instant(now - 3600)])
            guard try recent.first?.integer("number") ?? 0 < mostAnHour else { return false }
            try connection.execute(Self.insert, [.text(datum), .text(siret), .text(reason), .instant(now)])
            return true
        }
    }

    /// How many organisations have asked for each datum.
    public func counts() async throws -> [String: Int] {
        try await database.read { connection in
            let rows = try connection.query("SELECT datum, COUNT(*) AS number FROM data_requests GROUP BY datum")
            return Dictionary(
                try rows.map { (try $0.text("datum"), try $0.integer("number")) }, uniquingKeysWith: { $1 })
        }
    }

    /// Every request, the latest first.
    public func requests() async throws -> [DataRequest] {
        try await database.read { connection in
            try connection.query("SELECT * FROM data_requests ORDER BY made_at DESC, datum, siret").map { row in
                DataRequest(
                    datum: try row.text("datum"), siret: try row.text("siret"), reason: try row.text("reason"),
                    made: try row.instant("made_at"))
            }
        }
    }
}
