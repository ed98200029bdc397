import Foundation
import Storage
import TestSupport
import Testing

/// What every database of ours does alike.
@Suite struct SQLDatabaseTests {
    static let insert = "INSERT INTO things (id, name, size, ratio, owner) VALUES ($1, $2, $3, $4, $5)"

    @Test(arguments: TestDatabase.all)
    func `gives back each type as it was written`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let text = "L’été à Nîmes 🏛 '; DROP TABLE things; --"
            try await database.transaction {
                try $0.execute(Self.insert, [1, .text(text), .integer(.max), .real(1), nil])
            }
            let rows = try await database.read { try $0.query("SELECT * FROM things") }
            let row = try #require(rows.first)
            #expect(try row.text("name") == text)
            #expect(try row.integer("size") == .max)
            #expect(try row.real("ratio") == 1)
            #expect(try row.optionalInteger("owner") == nil)
            #expect(try row.optionalText("name") == text)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps instants to the millisecond`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let instant = Date(timeIntervalSince1970: 1_732_171_234.567)
            let rows = try await database.transaction {
                try $0.query(
                    "INSERT INTO things (id, name, size, owner) VALUES (1, 'a', $1, $2) RETURNING size, owner",
                    [.instant(instant), .instant(nil)])
            }
            #expect(try rows.first?.instant("size") == instant)
            #expect(try rows.first?.integer("size") == 1_732_171_234_567)
            #expect(try rows.first?.optionalInstant("owner") == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `binds parameters by their number, in any order and more than once`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let sql = "INSERT INTO things (name, id, size) VALUES ($2, $1, $1) RETURNING id, name, size"
            let rows = try await database.transaction { try $0.query(sql, [7, "seven"]) }
            #expect(try rows.first?.integer("id") == 7)
            #expect(try rows.first?.integer("size") == 7)
            #expect(try rows.first?.text("name") == "seven")
        }
    }

    @Test(arguments: TestDatabase.all)
    func `names the column and the statement of a wrong type, never the value`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let sql = "INSERT INTO things (id, name) VALUES (1, $1) RETURNING id, name, size, id AS twin, 1 AS twin"
            let rows = try await database.transaction { try $0.query(sql, ["secret"]) }
            let row = try #require(rows.first)
            let reads: [(SQLError.Code, String, (String) throws -> Void)] = [
                (.wrongType, "name", { _ = try row.integer($0) }), (.wrongType, "name", { _ = try row.real($0) }),
                (.wrongType, "id", { _ = try row.text($0) }), (.wrongType, "size", { _ = try row.integer($0) }),
                (.wrongType, "id", { _ = try row.optionalReal($0) }),
                (.missingColumn, "none", { _ = try row.optionalText($0) }),
                (.ambiguousColumn, "twin", { _ = try row.integer($0) }),
            ]
            for (code, column, read) in reads {
                let error = try #require(throws: SQLError.self) { try read(column) }
                #expect(error.code == code)
                #expect(error.reason.contains(column))
                #expect(error.statement == sql)
                #expect(!error.description.contains("secret"))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `says which kind of constraint was broken`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            try await database.transaction { try $0.execute(Self.insert, [1, "secret", nil, nil, nil]) }
            let cases: [(SQLError.Code, [SQLValue])] = [
                (.notUnique, [1, "b", nil, nil, nil]), (.notUnique, [2, "secret", nil, nil, nil]),
                (.notNull, [3, nil, nil, nil, nil]), (.check, [4, "d", -1, nil, nil]),
                (.foreignKey, [5, "e", nil, nil, 99]), (.badValue, [6, "f\0g", nil, nil, nil]),
                (.badValue, [7, "h", nil, .real(.nan), nil]), (.badValue, [8, "i", nil, nil]),
                (.badValue, [9, "j", nil, nil, nil, nil]),
            ]
            for (code, values) in cases {
                let error = await #expect(throws: SQLError.self) {
                    try await database.transaction { try $0.execute(Self.insert, values) }
                }
                #expect(error?.code == code)
                #expect(error?.description.contains("secret") == false)
            }
            try await Self.expectCount(1, database)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `undoes all of a transaction that throws`(_ maker: TestDatabase) async throws {
        struct Change: Error {}
        try await maker.withThings { database in
            await #expect(throws: Change.self) {
                try await database.transaction {
                    try $0.execute(Self.insert, [1, "a", nil, nil, nil])
                    throw Change()
                }
            }
            try await Self.expectCount(0, database)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `loses a transaction of which a statement failed, even if the error is swallowed`(
        _ maker: TestDatabase
    ) async throws {
        try await maker.withThings { database in
            let error = await #expect(throws: SQLError.self) {
                try await database.transaction {
                    try $0.execute(Self.insert, [1, "a", nil, nil, nil])
                    try? $0.execute(Self.insert, [1, "b", nil, nil, nil])
                }
            }
            #expect(error?.code == .transactionLost)
            try await Self.expectCount(0, database)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses to write in a read`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let error = await #expect(throws: SQLError.self) {
                try await database.read { try $0.execute(Self.insert, [1, "a", nil, nil, nil]) }
            }
            #expect(error?.code == .readOnly)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `loses no change of concurrent writers over two openings`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let databases = [try await maker.open(folder), try await maker.open(folder)]
            try await databases[0].migrate([TestDatabase.things], at: Date(timeIntervalSince1970: 0))
            try await databases[0].transaction { try $0.execute(Self.insert, [1, "a", 0, nil, nil]) }
            try await withThrowingTaskGroup { group in
                for turn in 0..<100 {
                    group.addTask {
                        try await databases[turn % 2].transaction { connection in
                            let size = try connection.query("SELECT size FROM things")[0].integer("size")
                            try connection.execute("UPDATE things SET size = $1", [.integer(size + 1)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sizes = try await databases[1].read { try $0.query("SELECT size FROM things") }
            #expect(try sizes.first?.integer("size") == 100)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `runs one statement for many values, and none of them where one fails`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let many = (1...300).map { [SQLValue.integer($0), .text("n\($0)"), nil, nil, nil] }
            try await database.transaction { try $0.execute(Self.insert, batch: many) }
            try await Self.expectCount(300, database)
            let error = await #expect(throws: SQLError.self) {
                try await database.transaction {
                    try $0.execute(Self.insert, batch: [[301, "a", nil, nil, nil], [1, "b", nil, nil, nil]])
                }
            }
            #expect(error?.code == .notUnique)
            let refused = await #expect(throws: SQLError.self) {
                try await database.transaction {
                    try $0.execute(Self.insert, batch: [[301, "a", nil, nil, nil], [302, "b\0", nil, nil, nil]])
                }
            }
            #expect(refused?.code == .badValue)
            try await Self.expectCount(300, database)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `counts, adds and compares with the same types`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            try await database.transaction {
                try $0.execute(Self.insert, batch: [[1, "a", 4, .real(0.1), nil], [2, "b", 3, .real(1e-300), 1]])
            }
            let row = try #require(
                await database.read {
                    try $0.query(
                        """
                        SELECT COUNT(*) AS count, SUM(size) AS sum, AVG(size) AS mean, MAX(ratio) AS most,
                        MIN(name) AS first, COUNT(*) = 2 AS two, MIN(ratio) AS least FROM things
                        """)
                }.first)
            #expect(try row.integer("count") == 2)
            #expect(try row.integer("sum") == 7)
            #expect(try row.real("mean") == 3.5)
            #expect(try row.real("most") == 0.1)
            #expect(try row.real("least") == 1e-300)
            #expect(try row.text("first") == "a")
            #expect(try row.integer("two") == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives the present of the database`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            let instant = try await database.read { try $0.instant() }
            #expect(abs(instant.timeIntervalSinceNow) < 60)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps to a limit that concurrent writers count and fill`(_ maker: TestDatabase) async throws {
        try await maker.withThings { database in
            try await withThrowingTaskGroup { group in
                for id in 0..<20 {
                    group.addTask {
                        try await database.transaction { connection in
                            let rows = try connection.query("SELECT COUNT(*) AS count FROM things")
                            guard try rows[0].integer("count") < 5 else { return }
                            try connection.execute(Self.insert, [.integer(id), .text("n\(id)"), nil, nil, nil])
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await Self.expectCount(5, database)
        }
    }

    private static func expectCount(_ count: Int, _ database: any SQLDatabase) async throws {
        let rows = try await database.read { try $0.query("SELECT COUNT(*) AS count FROM things") }
        #expect(try rows.first?.integer("count") == count)
    }
}
