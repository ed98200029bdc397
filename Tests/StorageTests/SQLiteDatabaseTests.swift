import Foundation
import Storage
import TestSupport
import Testing

/// What is particular to SQLite files.
@Suite struct SQLiteDatabaseTests {
    @Test func `keeps the file and its log to their owner`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/test.sqlite"
            let database = try await SQLiteDatabase.open(path)
            try await database.transaction { try $0.execute("CREATE TABLE a (b BIGINT)") }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(files == ["test.sqlite", "test.sqlite-shm", "test.sqlite-wal"])
            for file in files { #expect(try mode(folder + "/" + file) == 0o600) }
        }
    }

    @Test func `closes to others a file that was open to them`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/test.sqlite"
            #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]))
            _ = try await SQLiteDatabase.open(path)
            #expect(try mode(path) == 0o600)
        }
    }

    @Test func `writes ahead, flushes each commit, and checks foreign keys`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/test.sqlite")
            for (pragma, value) in [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)] {
                let rows = try await database.transaction { try $0.query("SELECT * FROM pragma_\(pragma)") }
                #expect(try rows.first?.integer(pragma == "busy_timeout" ? "timeout" : pragma) == value)
            }
            let rows = try await database.transaction { try $0.query("SELECT * FROM pragma_journal_mode") }
            #expect(try rows.first?.text("journal_mode") == "wal")
        }
    }

    @Test func `refuses a file that is no database`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/test.sqlite"
            try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
            await #expect(throws: SQLError.self) { try await SQLiteDatabase.open(path) }
        }
    }

    @Test func `refuses a folder that does not exist`() async throws {
        try await withTemporaryFolder { folder in
            await #expect(throws: FileError.self) { try await SQLiteDatabase.open(folder + "/none/test.sqlite") }
        }
    }

    private func mode(_ path: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}
