import Foundation
import Nodes
import Storage
import TestSupport
import Testing

/// Gives `body` a database of its own with the tables of nodes, opened as often as it likes.
func withNodes(
    _ maker: TestDatabase, _ body: (_ open: () async throws -> any SQLDatabase, _ folder: String) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await maker.open(folder).migrate(NodeTables.migrations, at: .now)
        try await body({ try await maker.open(folder) }, folder)
    }
}

@Suite struct LeaseTests {
    @Test(arguments: TestDatabase.all)
    func `has one holder at a time, who may renew it and leave it`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let one = Lease(database: try await open(), name: "work", holder: "one", lasting: 30)
            let other = Lease(database: try await open(), name: "work", holder: "other", lasting: 30)
            #expect(try await one.take())
            #expect(try await !other.take())
            #expect(try await one.take())
            try await other.release()
            #expect(try await !other.take())
            try await one.release()
            #expect(try await other.take())
            #expect(try await !one.take())
            let another = Lease(database: try await open(), name: "else", holder: "one", lasting: 30)
            #expect(try await another.take())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `is taken over once its holder has not renewed it`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let database = try await open()
            let dead = Lease(database: database, name: "work", holder: "dead", lasting: 0.3)
            let heir = Lease(database: database, name: "work", holder: "heir", lasting: 30)
            #expect(try await dead.take())
            #expect(try await !heir.take())
            #expect(try await heir.take(within: .seconds(5)))
            #expect(try await !dead.take())
        }
    }

    @Test(arguments: TestDatabase.all)
    func `goes to one of those who ask at once`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let databases = [try await open(), try await open(), try await open()]
            let takers = try await withThrowingTaskGroup(of: Bool.self) { group in
                for turn in 0..<12 {
                    let lease = Lease(database: databases[turn % 3], name: "work", holder: "h\(turn)", lasting: 30)
                    group.addTask { try await lease.take() }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(takers == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `gives the common work to one process, and to the next when it leaves`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let (a, b) = (
                try await NodePresence.enter(open(), name: "a"), try await NodePresence.enter(open(), name: "b")
            )
            #expect(a.isAtWork)
            #expect(!b.isAtWork)
            #expect(a.process != b.process)
            let run = Task { try await b.run() }
            await a.leave()
            #expect(!a.isAtWork)
            let deadline = ContinuousClock.now + .seconds(8)
            while !b.isAtWork, deadline > .now { try await Task.sleep(for: .milliseconds(50)) }
            #expect(b.isAtWork)
            run.cancel()
        }
    }
}
