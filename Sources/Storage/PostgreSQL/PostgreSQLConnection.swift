import Foundation

/// The link of one transaction.
final class PostgreSQLConnection: SQLConnection {
    private let link: PostgreSQLLink
    /// The first failure of a statement.
    private(set) var failure: SQLError?

    init(_ link: PostgreSQLLink) { self.link = link }

    func query(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        try guarded(sql, [values]) { try link.run(sql, values).rows(of: sql) }
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws {
        try guarded(sql, [values]) { _ = try link.run(sql, values) }
    }

    func execute(_ sql: String, batch: [[SQLValue]]) throws {
        try guarded(sql, batch) { try link.run(sql, batch: batch) }
    }

    func notify(_ topic: String) throws {
        _ = try query("SELECT pg_notify('\(PostgreSQLListener.channel)', $1) IS NULL AS done", [.text(topic)])
    }

    func instant() throws -> Date {
        let sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS now"
        guard let row = try query(sql).first else { throw SQLError(.other, "the database has no clock") }
        return try row.instant("now")
    }

    func lockSchema() throws {
        link.isPatient = true
        try execute("SET LOCAL statement_timeout = 0")
        _ = try query("SELECT pg_advisory_xact_lock(7310041) IS NULL AS done")
    }

    private func guarded<Value>(_ sql: String, _ batch: [[SQLValue]], _ work: () throws -> Value) throws -> Value {
        guard failure == nil else {
            throw SQLError(.transactionLost, "an earlier statement of the transaction failed", statement: sql)
        }
        do {
            for values in batch {
                for (index, value) in values.enumerated() {
                    guard let refusal = value.refusal else { continue }
                    throw SQLError(.badValue, "$\(index + 1) is \(refusal)", statement: sql)
                }
            }
            return try work()
        } catch let error as SQLError {
            failure = error
            throw error
        }
    }
}
