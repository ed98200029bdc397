import Foundation

/// A relational database, whichever it is: the only way of the other rooms to SQL.
///
/// Statements are written once, in what SQLite ≥ 3.40 and PostgreSQL ≥ 15 have in common: parameters `$1`, `$2`, …;
/// `ON CONFLICT`; `RETURNING`; lower-case names; columns `TEXT`, `BIGINT` and `DOUBLE PRECISION` only. Booleans are
/// 0 or 1, instants milliseconds since 1970, JSON and bytes text that Swift reads. It does not cache nor map objects.
public protocol SQLDatabase: Sendable {
    /// Reads under one snapshot: all statements of `body` see the same moment. A statement that writes is refused.
    ///
    /// Never blocks the caller's thread. `body` runs on a thread of the driver, so it must not wait for anything else;
    /// a driver may run it again, as in `transaction`.
    /// - Throws: `SQLError`, `CancellationError`, or what `body` throws.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Writes all or nothing, as if transactions ran one after another: what `body` did is durable on return, and
    /// undone when it throws.
    ///
    /// A driver may run `body` again after a conflict: it must have no effect but through the connection. Once a
    /// statement has failed nothing of the transaction remains, even where `body` swallows the error.
    /// - Throws: `SQLError`, `CancellationError`, or what `body` throws.
    func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// An element soon after each transaction, of any process, that called `notify` with the topic; several in quick
    /// succession may come as one, and one more comes where some may have been missed. A help to look sooner, never
    /// a promise. Nil where the database has none: then one looks from time to time.
    func notices(of topic: String) -> AsyncStream<Void>?

    /// Whether other machines can use the same database.
    var isShared: Bool { get }

    /// False from the moment an access found no database until the next one that did.
    var isReachable: Bool { get }
}

extension SQLDatabase {
    public func notices(of topic: String) -> AsyncStream<Void>? { nil }
    public var isShared: Bool { false }
    public var isReachable: Bool { true }
}

/// The connection of one read or transaction; it has no meaning after it.
public protocol SQLConnection {
    /// The rows of one statement, in its order. Also for `INSERT … RETURNING` and the like in a transaction.
    /// - Parameter values: one for each of `$1`, `$2`, …, no more.
    /// - Throws: `SQLError`.
    func query(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]

    /// Runs one statement for its effect. How many rows it changed is asked with `RETURNING` and `query`.
    /// - Throws: `SQLError`.
    func execute(_ sql: String, _ values: [SQLValue]) throws

    /// Runs one statement once for each list of values, in their order; on a distant database all travel at once.
    /// - Throws: `SQLError`, of the first that fails.
    func execute(_ sql: String, batch: [[SQLValue]]) throws

    /// Wakes, once the transaction is committed, who reads `notices` of that topic: a few letters.
    /// - Throws: `SQLError`.
    func notify(_ topic: String) throws

    /// The present of the database, the same clock for every process that uses it.
    /// - Throws: `SQLError`.
    func instant() throws -> Date

    /// To be called first in a transaction that changes the schema: only one process does so at a time, for as long
    /// as it takes.
    /// - Throws: `SQLError`.
    func lockSchema() throws
}

extension SQLConnection {
    /// The rows of one statement without parameters.
    public func query(_ sql: String) throws -> [SQLRow] { try query(sql, []) }

    /// Runs one statement without parameters.
    public func execute(_ sql: String) throws { try execute(sql, []) }
}
