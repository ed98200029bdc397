import Foundation
import Storage
import Synchronization

/// One kind of database that a test runs on.
package struct TestDatabase: Sendable, CustomStringConvertible {
    package let description: String
    /// Opens the database of that folder, empty the first time; again: another opening of the same database.
    package let open: @Sendable (_ folder: String) async throws -> any SQLDatabase

    /// SQLite, and PostgreSQL where it is installed.
    package static let all = [sqlite] + postgreSQL

    package static let sqlite = TestDatabase(description: "SQLite") {
        try await SQLiteDatabase.open($0 + "/test.sqlite")
    }

    /// PostgreSQL alone; none where it is not installed, which is said once.
    package static let postgreSQL: [TestDatabase] = {
        guard PostgreSQLCluster.programs != nil else {
            FileHandle.standardError.write(Data("tests on PostgreSQL skipped: \(PostgreSQLCluster.absence)\n".utf8))
            return []
        }
        return [
            TestDatabase(description: "PostgreSQL") { folder in
                let address = try await onThread { try TestDatabase.address(of: folder) }
                return try await PostgreSQLDatabase.open(address, connections: 4)
            }
        ]
    }()

    private static let schemas = Mutex<[String: String]>([:])

    /// The server of the process does not start.
    package struct NoServer: Error {}

    /// The address of the folder's schema on the server of the process.
    package static func address(of folder: String) throws -> PostgreSQLAddress {
        guard let address = PostgreSQLAddress(try uri(of: folder)) else { throw NoServer() }
        return address
    }

    package static func uri(of folder: String) throws -> String {
        try schemas.withLock { schemas in
            if let known = schemas[folder] { return known }
            guard let cluster = PostgreSQLCluster.shared else { throw NoServer() }
            let fresh = cluster.address()
            schemas[folder] = fresh
            return fresh
        }
    }
}
