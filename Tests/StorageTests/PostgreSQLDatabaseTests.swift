import Foundation
import Storage
import TestSupport
import Testing

/// What is particular to PostgreSQL.
@Suite struct PostgreSQLDatabaseTests {
    @Test(arguments: TestDatabase.postgreSQL)
    func `wakes those who read notices once the transaction is committed`(_ maker: TestDatabase) async throws {
        struct Change: Error {}
        try await withTemporaryFolder { folder in
            let (writer, reader) = (try await maker.open(folder), try await maker.open(folder))
            var notices = try #require(reader.notices(of: "grants")).makeAsyncIterator()
            var others = try #require(reader.notices(of: "others")).makeAsyncIterator()
            // Those that may have been missed before it listened.
            _ = await notices.next()
            try? await writer.transaction {
                try $0.notify("grants")
                throw Change()
            }
            let began = ContinuousClock.now
            try await writer.transaction { try $0.notify("others") }
            _ = await others.next()
            try await writer.transaction { try $0.notify("grants") }
            _ = await notices.next()
            #expect(began.duration(to: .now) < .seconds(2))
        }
    }

    @Test(arguments: TestDatabase.postgreSQL)
    func `goes on with prepared statements after another process has changed the schema`(
        _ maker: TestDatabase
    ) async throws {
        try await withTemporaryFolder { folder in
            let (one, other) = (try await maker.open(folder), try await maker.open(folder))
            try await one.migrate([TestDatabase.things], at: .now)
            for _ in 0..<8 { _ = try await one.read { try $0.query("SELECT * FROM things") } }
            try await other.transaction { try $0.execute("ALTER TABLE things ADD COLUMN colour TEXT") }
            for _ in 0..<8 { _ = try await one.read { try $0.query("SELECT * FROM things") } }
        }
    }

    @Test(.enabled(if: PostgreSQLCluster.programs != nil, "\(PostgreSQLCluster.absence)"))
    func `says when the database is lost, and works again when it is back`() async throws {
        let cluster = try await onThread { try #require(PostgreSQLCluster.start()) }
        let address = try #require(PostgreSQLAddress(cluster.address()))
        let database = try await PostgreSQLDatabase.open(address, connections: 2)
        try await database.migrate([TestDatabase.things], at: .now)
        var notices = try #require(database.notices(of: "grants")).makeAsyncIterator()
        _ = await notices.next()
        #expect(database.isReachable)

        await #expect(throws: Never.self) { try await onThread { cluster.crash() } }
        let began = ContinuousClock.now
        for _ in 0..<20 {
            let error = await #expect(throws: SQLError.self) { try await database.read { try $0.query("SELECT 1") } }
            #expect(error?.code == .unreachable)
        }
        #expect(began.duration(to: .now) < .seconds(5))
        #expect(!database.isReachable)

        await #expect(throws: Never.self) { try await onThread { cluster.restart() } }
        // Something may have been missed meanwhile.
        _ = await notices.next()
        try await eventually { (try? await database.read { try $0.query("SELECT id FROM things") }) != nil }
        #expect(database.isReachable)
        try await database.transaction { try $0.execute("INSERT INTO things (id, name) VALUES (1, 'a')") }
    }

    @Test(arguments: TestDatabase.postgreSQL)
    func `gives up a statement that takes too long`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            let error = await #expect(throws: SQLError.self) {
                try await database.read { try $0.query("SELECT pg_sleep(30) IS NULL AS done") }
            }
            #expect(error?.code == .busy)
            _ = try await database.read { try $0.query("SELECT 1 AS one") }
        }
    }

    @Test func `never shows the password of an address`() async throws {
        #expect(PostgreSQLAddress("postgres://a:secret@[h/y") == nil)
        #expect(PostgreSQLAddress("mysql://a:secret@h/y") == nil)
        let address = try #require(PostgreSQLAddress("postgresql://a:secret@127.0.0.1:1/y"))
        #expect(!String(reflecting: address).contains("secret"))
        let error = await #expect(throws: SQLError.self) { try await PostgreSQLDatabase.open(address) }
        #expect(error?.code == .unreachable)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `asks a distant server for its certificate, unless the address says otherwise`() throws {
        let distant = try #require(PostgreSQLAddress("postgres://a@db.example.fr/y"))
        #expect(distant.sslMode == "verify-full")
        #expect(try #require(PostgreSQLAddress("postgres://a@db.example.fr/y?sslmode=disable")).sslMode == "disable")
        #expect(try #require(PostgreSQLAddress("postgres://a@127.0.0.1/y")).sslMode == nil)
    }
}

/// Waits for at most ten seconds until something is so.
func eventually(_ condition: () async -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !(await condition()) {
        try #require(deadline > .now, "it is still not so")
        try await Task.sleep(for: .milliseconds(50))
    }
}
