import Foundation

/// A PostgreSQL database, version 15 or later, that several machines may use at once.
///
/// It has a fixed number of links, each with a thread of its own. Transactions are serializable: one that conflicts
/// with another is run again. A lost link is opened again by the next access.
public final class PostgreSQLDatabase: SQLDatabase {
    private let pool: PostgreSQLPool
    private let listener: PostgreSQLListener

    /// Opens the database, which must exist and be empty or ours, with the encoding UTF8.
    /// - Parameter connections: how many accesses may go on at once, 1 or more.
    /// - Throws: `SQLError`: `unreachable`, or `other` for a database that will not do.
    public static func open(_ address: PostgreSQLAddress, connections: Int = 8) async throws -> PostgreSQLDatabase {
        let database = PostgreSQLDatabase(address, connections)
        try await database.pool.run { link in
            guard link.serverVersion >= 150_000 else { throw SQLError(.other, "PostgreSQL is older than version 15") }
            guard link.serverEncoding == "UTF8" else { throw SQLError(.other, "the database is not in UTF8") }
        }
        return database
    }

    private init(_ address: PostgreSQLAddress, _ connections: Int) {
        pool = PostgreSQLPool(address, connections: connections)
        listener = PostgreSQLListener(address)
    }

    deinit {
        pool.stop()
        listener.stop()
    }

    public var isShared: Bool { true }
    public var isReachable: Bool { pool.isReachable }

    public func notices(of topic: String) -> AsyncStream<Void>? { listener.notices(of: topic) }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await pool.run { try Self.attempt("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", $0, body) }
    }

    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await pool.run { try Self.attempt("BEGIN ISOLATION LEVEL SERIALIZABLE", $0, body) }
    }

    private static func attempt<Value>(
        _ begin: String, _ link: PostgreSQLLink, _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        try link.command(begin)
        let connection = PostgreSQLConnection(link)
        defer { link.isPatient = false }
        do {
            let value = try body(connection)
            guard let failure = connection.failure else {
                try commit(link)
                return value
            }
            if failure.mayPass { throw failure }
            throw SQLError(.transactionLost, "a statement of the transaction had failed")
        } catch {
            if !link.isLost { _ = try? link.command("ROLLBACK") }
            // Whatever the body made of it, a conflict is a conflict.
            if let failure = connection.failure, failure.mayPass { throw failure }
            throw error
        }
    }

    private static func commit(_ link: PostgreSQLLink) throws {
        do {
            try link.command("COMMIT")
        } catch let error as SQLError where error.code == .unreachable {
            // Nobody knows whether it was done: not to be run again.
            let reason = "the connection was lost during a commit"
            throw SQLError(.unreachable, reason, statement: "COMMIT", state: "unknown")
        }
    }
}

extension SQLError {
    /// A conflict with another transaction, or a link that was lost before anything was committed.
    var mayPass: Bool {
        switch state {
        // The plan of a prepared statement: another process has changed the schema.
        case "40001", "40P01", "0A000", "26000": true
        case "unknown": false
        default: code == .unreachable
        }
    }
}
