import Foundation
import Storage
import TestSupport

extension TestDatabase {
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
