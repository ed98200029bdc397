import Foundation
import Storage
import TestSupport
import Testing

@Suite struct MigrationTests {
    private static let start = Date(timeIntervalSince1970: 1_700_000_000)
    private static let second = Migration(name: "m0002_more", sql: ["CREATE TABLE more (id BIGINT)"])

    @Test(arguments: TestDatabase.all)
    func `applies each migration once, with its date`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            #expect(try await database.migrate([TestDatabase.things], at: Self.start) == ["m0001_things"])
            let both = [TestDatabase.things, Self.second]
            #expect(try await database.migrate(both, at: Self.start + 1) == ["m0002_more"])
            #expect(try await maker.open(folder).migrate(both, at: Self.start + 2) == [])
            let rows = try await database.read { try $0.query("SELECT * FROM migrations ORDER BY name") }
            #expect(try rows.map { try $0.text("name") } == ["m0001_things", "m0002_more"])
            #expect(try rows.map { try $0.instant("applied_at") } == [Self.start, Self.start + 1])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `agrees with processes that start at once on an empty database`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await maker.open(folder).migrate([TestDatabase.things, Self.second], at: Self.start)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["m0001_things", "m0002_more"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a database on which a newer program has run`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            try await database.migrate([TestDatabase.things, Self.second], at: Self.start)
            await #expect(throws: MigrationError.newerDatabase(["m0002_more"])) {
                try await database.migrate([TestDatabase.things], at: Self.start)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `leaves nothing of a migration that fails half-way`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            let broken = Migration(name: "m0003_broken", sql: ["CREATE TABLE half (id BIGINT)", "CREATE NONSENSE"])
            await #expect(throws: SQLError.self) {
                try await database.migrate([TestDatabase.things, broken], at: Self.start)
            }
            let mended = Migration(name: "m0003_broken", sql: ["CREATE TABLE half (id BIGINT)"])
            #expect(try await database.migrate([TestDatabase.things, mended], at: Self.start) == ["m0003_broken"])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses two migrations of one name`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            await #expect(throws: MigrationError.sameName("m0002_more")) {
                try await database.migrate([Self.second, Self.second], at: Self.start)
            }
        }
    }
}
