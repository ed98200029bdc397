import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@Suite struct SQLiteSnapshotTests {
    @Test func `a snapshot holds what was committed before it, for its owner only`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/test.sqlite")
            try await database.transaction { try $0.execute("CREATE TABLE a (b BIGINT)") }
            // Not by cancelling: a transaction under way would throw.
            let isOver = Atomic(false)
            let writer = Task {
                while !isOver.load(ordering: .relaxed) {
                    try await database.transaction { connection in
                        // Two rows or none: a snapshot between them would hold an odd number.
                        for _ in 0..<2 { try connection.execute("INSERT INTO a VALUES (7)") }
                    }
                }
            }
            for round in 0..<5 {
                try await database.transaction { try $0.execute("INSERT INTO a VALUES (-1), (-1)") }
                let copy = folder + "/copy-\(round)"
                try await SQLiteDatabase.snapshot(of: folder + "/test.sqlite", to: copy)
                let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                let counts = try await SQLiteDatabase.open(copy).read { connection in
                    try ["b >= 0", "b = -1"].map { condition in
                        try connection.query("SELECT count(*) AS n FROM a WHERE \(condition)")[0].integer("n")
                    }
                }
                #expect(counts[0].isMultiple(of: 2) && counts[1] == 2 * (round + 1))
            }
            isOver.store(true, ordering: .relaxed)
            try await writer.value
        }
    }

    @Test func `a snapshot takes the place of no file`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/test.sqlite")
            try await database.transaction { try $0.execute("CREATE TABLE a (b BIGINT)") }
            try Data("something".utf8).write(to: URL(filePath: folder + "/taken"))
            await #expect(throws: SQLError.self) {
                try await SQLiteDatabase.snapshot(of: folder + "/test.sqlite", to: folder + "/taken")
            }
            #expect(try Data(contentsOf: URL(filePath: folder + "/taken")) == Data("something".utf8))
        }
    }
}
