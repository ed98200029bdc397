import Foundation
import Nodes
import Storage
import TestSupport
import Testing
import Values

@testable import CatalogueModel
@testable import Gateway

/// Limits that several nodes count together.
@Suite struct SharedCountsTests {
    private static let now = 1_756_728_000

    /// Nodes on one database, each with its own opening of it.
    private struct Nodes {
        var limiters: [RateLimiter] = []
        var exchanges: [SharedCounts] = []
        var known: [SharedCounts.Known] = []

        /// Every node tells and hears, twice so that the first has heard the last.
        mutating func exchange() async throws {
            for _ in 0..<2 {
                for index in limiters.indices { try await exchanges[index].exchange(&known[index]) }
            }
        }

        func call(_ node: Int, limit: Int, caller: String = "caller") -> RateLimiter.Quota? {
            limiters[node].count(caller, Model.operation(), .perMinute(limit), now: SharedCountsTests.now)
        }

        /// How many of so many calls a node lets through.
        func admitted(_ node: Int, of calls: Int, limit: Int) -> Int {
            (0..<calls).count { _ in call(node, limit: limit)?.isExceeded == false }
        }
    }

    private func withNodes(
        _ count: Int, _ maker: TestDatabase, _ body: (inout Nodes) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await maker.open(folder).migrate(NodeTables.migrations, at: .now)
            var nodes = Nodes()
            for number in 0..<count {
                let limiter = RateLimiter()
                limiter.share()
                nodes.limiters.append(limiter)
                nodes.exchanges.append(
                    SharedCounts(
                        database: try await maker.open(folder), limiter: limiter, node: "n\(number)",
                        clock: .fixed(Date(timeIntervalSince1970: Double(Self.now))), purges: { true }))
                nodes.known.append(SharedCounts.Known())
            }
            try await body(&nodes)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a caller of one node has all of its limit there, and none of it elsewhere`(
        _ maker: TestDatabase
    ) async throws {
        try await withNodes(3, maker) { nodes in
            #expect(nodes.admitted(0, of: 15, limit: 20) == 15)
            try await nodes.exchange()
            #expect(nodes.admitted(0, of: 10, limit: 20) == 5)
            try await nodes.exchange()
            #expect(nodes.admitted(1, of: 5, limit: 20) == 0)
            #expect(nodes.call(2, limit: 20) == .init(limit: 20, remaining: 0, reset: Self.now + 60, isExceeded: true))
            // Another caller is another count.
            #expect(nodes.call(2, limit: 20, caller: "other")?.remaining == 19)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is left is divided among the nodes that a caller uses: at most one call too many for each other node`(
        _ maker: TestDatabase
    ) async throws {
        try await withNodes(3, maker) { nodes in
            var total = (0..<3).reduce(0) { $0 + nodes.admitted($1, of: 4, limit: 100) }
            // Each node is asked for all that it would give, between one exchange and the next.
            for _ in 0..<12 {
                try await nodes.exchange()
                for node in 0..<3 { total += nodes.admitted(node, of: 200, limit: 100) }
            }
            #expect((100...102).contains(total))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a caller new to all nodes passes its limit by no more than the calls before the first exchange`(
        _ maker: TestDatabase
    ) async throws {
        try await withNodes(2, maker) { nodes in
            let first = nodes.admitted(0, of: 30, limit: 20) + nodes.admitted(1, of: 30, limit: 20)
            #expect(first == 40)
            try await nodes.exchange()
            #expect(nodes.admitted(0, of: 30, limit: 20) + nodes.admitted(1, of: 30, limit: 20) == 0)
        }
    }

    @Test func `counts that could not be told are told with the next`() async throws {
        let (told, hears) = (RateLimiter(), RateLimiter())
        told.share()
        let operation = Model.operation()
        for _ in 0..<3 { _ = told.count("a", operation, .perMinute(10), now: Self.now) }
        let changes = told.takeChanges()
        #expect(changes.map(\.calls) == [3])
        #expect(told.takeChanges().isEmpty)
        told.putBack(changes)
        _ = told.count("a", operation, .perMinute(10), now: Self.now)
        let again = told.takeChanges()
        #expect(again.map(\.calls) == [4])
        hears.learn(told: [], others: again.map { ($0, 1) })
        #expect(hears.count("a", operation, .perMinute(10), now: Self.now)?.remaining == 5)
    }

    @Test func `addresses and citizens are told to nobody`() {
        let limiter = RateLimiter()
        limiter.share()
        for caller in ["address:192.0.2.1", "franceconnect:abc"] {
            _ = limiter.count(caller, Model.operation(), .perMinute(10), now: Self.now)
        }
        _ = limiter.secondsToWait(at: .proofs, "192.0.2.1", now: Self.now)
        #expect(limiter.takeChanges().isEmpty)
    }
}
