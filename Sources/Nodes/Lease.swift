import Foundation
import Storage

/// The right to be the only one to do something, for a time: a row that one holder renews, and that another takes
/// over once it has not. All go by the database's clock.
public struct Lease: Sendable {
    private let database: any SQLDatabase
    public let name: String
    public let holder: String
    /// How long it lasts without renewal, in seconds.
    public let lasting: Double

    /// - Parameters:
    ///   - database: one that has gone through `NodeTables.migrations`.
    ///   - holder: nobody else's name, not even that of an earlier process of the same node.
    public init(database: any SQLDatabase, name: String, holder: String, lasting: Double) {
        (self.database, self.name, self.holder, self.lasting) = (database, name, holder, lasting)
    }

    private static let take = """
        INSERT INTO leases (name, holder, until_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
        WHERE leases.holder = excluded.holder OR leases.until_at < $4 RETURNING holder
        """

    /// Takes or renews it.
    /// - Returns: false where another holds it.
    /// - Throws: `SQLError`.
    public func take() async throws -> Bool {
        try await database.transaction { connection in
            let now = try connection.instant()
            let values: [SQLValue] = [.text(name), .text(holder), .instant(now + lasting), .instant(now)]
            return try !connection.query(Self.take, values).isEmpty
        }
    }

    /// Leaves it to others at once. No effect where another holds it.
    /// - Throws: `SQLError`.
    public func release() async throws {
        try await database.transaction {
            try $0.execute("DELETE FROM leases WHERE name = $1 AND holder = $2", [.text(name), .text(holder)])
        }
    }

    /// Takes it as soon as it is free.
    /// - Returns: false where it was not within so long.
    public func take(within patience: Duration) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while true {
            if try await take() { return true }
            guard deadline > .now else { return false }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
