import Foundation
import Storage
import Testing

/// One kind of database that the suite runs on. PostgreSQL joins by adding its own to `all`.
struct DatabaseMaker: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Opens the database of that folder, empty the first time; again: another opening of the same database.
    let open: @Sendable (_ folder: String) async throws -> any SQLDatabase

    static let all = [
        DatabaseMaker(testDescription: "SQLite") { try await SQLiteDatabase.open($0 + "/test.sqlite") }
    ]
}

/// Gives `body` a folder of its own and removes it afterwards.
func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "unefois-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
}

extension DatabaseMaker {
    /// Gives `body` a database of its own with a table `things(id, name, size, ratio, owner)`.
    func withThings(_ body: (any SQLDatabase) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let database = try await open(folder)
            try await database.migrate([Self.things], at: Date(timeIntervalSince1970: 0))
            try await body(database)
        }
    }

    static let things = Migration(
        name: "m0001_things",
        sql: [
            """
            CREATE TABLE things (
                id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, size BIGINT CHECK (size >= 0),
                ratio DOUBLE PRECISION, owner BIGINT REFERENCES things (id))
            """
        ])
}
