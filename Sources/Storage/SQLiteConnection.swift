import Foundation
import GRDB

/// One access to a SQLite file.
///
/// After a failed statement it refuses everything, as PostgreSQL does: a body that swallows an error must not commit
/// half of its work on one database and nothing on the other.
final class SQLiteConnection: SQLConnection {
    private let database: Database
    private var isLost = false

    init(_ database: Database) { self.database = database }

    /// Runs `body`, and throws at its end where one of its statements had failed.
    func run<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        let value = try body(self)
        guard !isLost else { throw SQLError(.transactionLost, "a statement of the transaction had failed") }
        return value
    }

    func query(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        try guarded(sql) {
            let statement = try database.cachedStatement(sql: sql)
            let columns = statement.columnNames
            let rows = try Row.fetchAll(statement, arguments: arguments(values, statement))
            return try rows.map { row in
                try SQLRow(columns: columns, values: row.databaseValues.map { try value($0, sql) }, statement: sql)
            }
        }
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws {
        try guarded(sql) {
            let statement = try database.cachedStatement(sql: sql)
            try statement.execute(arguments: arguments(values, statement))
        }
    }

    func execute(_ sql: String, batch: [[SQLValue]]) throws {
        for values in batch { try execute(sql, values) }
    }

    func notify(_ topic: String) {}

    func instant() -> Date { Date() }

    /// SQLite has one writer at a time.
    func lockSchema() {}

    private func guarded<Value>(_ sql: String, _ work: () throws -> Value) throws -> Value {
        guard !isLost else {
            throw SQLError(.transactionLost, "an earlier statement of the transaction failed", statement: sql)
        }
        do {
            return try work()
        } catch {
            isLost = true
            throw SQLiteDatabase.translated(error)
        }
    }

    /// Bound by name: to SQLite `$2` is a name, of which the rank is that of its first mention.
    private func arguments(_ values: [SQLValue], _ statement: Statement) throws -> StatementArguments {
        try statement.validateArguments(StatementArguments(values.map(\.databaseValue)))
        var named: [String: DatabaseValue] = [:]
        for (index, value) in values.enumerated() {
            if let refusal = value.refusal {
                throw SQLError(.badValue, "$\(index + 1) is \(refusal)", statement: statement.sql)
            }
            named[String(index + 1)] = value.databaseValue
        }
        return StatementArguments(named)
    }

    private func value(_ value: DatabaseValue, _ sql: String) throws -> SQLValue {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(Int(number))
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob: throw SQLError(.wrongType, "a column holds bytes", statement: sql)
        }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
