import Foundation
import GRDB

/// A SQLite file: one writer and several readers at a time, in this process and in others (write-ahead log).
public struct SQLiteDatabase: SQLDatabase {
    private let pool: DatabasePool

    /// Opens the file, creating it with access for its owner only. Its folder must exist, on a local disk.
    /// - Throws: `SQLError` where it is no SQLite file; `FileError` where it cannot be created or made private.
    public static func open(_ path: String) async throws -> SQLiteDatabase {
        try await Blocking.run {
            try PrivateFile.create(path, [])
            try PrivateFile.tighten(path)
            do { return SQLiteDatabase(pool: try makePool(path)) } catch { throw translated(error) }
        }
    }

    private init(pool: DatabasePool) { self.pool = pool }

    private static func makePool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        // An access waits so many milliseconds for another process that writes; readers too, which GRDB gives 10 s.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA busy_timeout = 5000") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL, under which a power cut undoes the last commits: a revoked right would be valid again.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }

    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.read { try SQLiteConnection($0).run(body) }
        } catch {
            throw Self.translated(error)
        }
    }

    public func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.write { try SQLiteConnection($0).run(body) }
        } catch {
            throw Self.translated(error)
        }
    }

    /// The error as every driver says it; errors that are not GRDB's stay as they are.
    static func translated(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let code: SQLError.Code =
            switch error.extendedResultCode {
            case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY: .notUnique
            case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey
            case .SQLITE_CONSTRAINT_NOTNULL: .notNull
            case .SQLITE_CONSTRAINT_CHECK: .check
            default:
                switch error.resultCode {
                case .SQLITE_BUSY: .busy
                case .SQLITE_READONLY: .readOnly
                case .SQLITE_MISUSE: .badValue
                default: .other
                }
            }
        return SQLError(code, error.message ?? "SQLite error \(error.extendedResultCode)", statement: error.sql)
    }
}
