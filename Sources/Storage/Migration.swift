import Foundation

/// One step of the schema, never changed once it has shipped.
public struct Migration: Sendable, Hashable {
    /// Its rank and what it makes, such as `m0001_grants`. Unique over all rooms, kept in the table `migrations`.
    public let name: String
    /// One statement each, carried out in this order in one transaction.
    public let sql: [String]

    public init(name: String, sql: [String]) {
        self.name = name
        self.sql = sql
    }
}

/// Why a database was left as it is.
public enum MigrationError: Error, Hashable, CustomStringConvertible {
    /// The database went through migrations this program does not know: a newer program has run on it.
    case newerDatabase([String])
    /// Two migrations of this program have the same name.
    case sameName(String)

    public var description: String {
        switch self {
        case .newerDatabase(let names):
            "the database was written by a newer version (\(names.joined(separator: ", "))): install that version"
        case .sameName(let name): "two migrations are named \(name)"
        }
    }
}

extension SQLDatabase {
    /// Brings the schema up to date, each missing migration in a transaction of its own. To be called once at start
    /// with the migrations of all rooms; several processes may do so at once.
    /// - Parameter instant: the present, kept as the date of what is applied.
    /// - Returns: the names of the migrations applied by this call.
    /// - Throws: `MigrationError`, before anything is changed; `SQLError`, the migrations before the failed one kept.
    @discardableResult
    public func migrate(_ migrations: [Migration], at instant: Date) async throws -> [String] {
        var names: Set<String> = []
        for migration in migrations where !names.insert(migration.name).inserted {
            throw MigrationError.sameName(migration.name)
        }
        let applied = try await transaction { connection in
            try connection.lockSchema()
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)")
            return try connection.query("SELECT name FROM migrations ORDER BY name").map { try $0.text("name") }
        }
        let unknown = applied.filter { !names.contains($0) }
        guard unknown.isEmpty else { throw MigrationError.newerDatabase(unknown) }
        var done: [String] = []
        for migration in migrations where !applied.contains(migration.name) {
            if try await apply(migration, at: instant) { done.append(migration.name) }
        }
        return done
    }

    /// False where another process applied it first.
    private func apply(_ migration: Migration, at instant: Date) async throws -> Bool {
        try await transaction { connection in
            try connection.lockSchema()
            let mark = "INSERT INTO migrations (name, applied_at) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name"
            guard try !connection.query(mark, [.text(migration.name), .instant(instant)]).isEmpty else { return false }
            for statement in migration.sql { try connection.execute(statement) }
            return true
        }
    }
}
