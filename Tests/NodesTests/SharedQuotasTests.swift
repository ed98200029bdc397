import CatalogueModel
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import DataProviders
@testable import Nodes

/// The one promise: no span of the period holds more requests than the provider takes, whatever node they leave from.
@Suite(.serialized) struct SharedQuotasTests {
    private static func claim(_ calls: Int, _ period: Int) -> QuotaClaim {
        QuotaClaim(provider: "bank", part: "", quota: ProviderQuota(calls: calls, period: period))
    }

    /// Requests of each node after which it has not been kept from its part.
    private static let enough = 30

    /// When requests arrived at the provider, of however many nodes.
    private final class Provider: Sendable {
        private let arrivals = Mutex<[(instant: ContinuousClock.Instant, node: Int)]>([])
        func receive(_ node: Int) { arrivals.withLock { $0.append((.now, node)) } }
        func count(of node: Int) -> Int { arrivals.withLock { $0.count { $0.node == node } } }

        /// The most in any span of that length.
        func most(in period: Duration) -> Int {
            let sorted = arrivals.withLock { $0.map(\.instant) }.sorted()
            var (first, most) = (0, 0)
            for (index, instant) in sorted.enumerated() {
                while sorted[first] + period < instant { first += 1 }
                most = max(most, index - first + 1)
            }
            return most
        }
    }

    /// Sends as many requests as the node lets through, for some seconds and until each node has sent enough: a busy
    /// machine needs longer.
    private static func hurry(
        _ quotas: SharedQuotas, _ node: Int, _ claim: QuotaClaim, _ provider: Provider,
        since start: ContinuousClock.Instant
    ) async throws {
        var random = SystemRandomNumberGenerator()
        func isWithin(_ seconds: Int) -> Bool { start.duration(to: .now) < .seconds(seconds) }
        func isShort(_ node: Int) -> Bool { provider.count(of: node) < enough }
        while isWithin(6) || (0..<3).contains(where: isShort) && isWithin(60) {
            if await quotas.take([claim]) == nil {
                // It arrives at some time between its leave and the end of its exchange.
                if Bool.random(using: &random) {
                    provider.receive(node)
                } else {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &random)))
                    provider.receive(node)
                }
                quotas.end([claim])
            } else {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `three nodes in a hurry never exceed it, and all get on`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let (claim, provider) = (Self.claim(30, 1), Provider())
            let start = ContinuousClock.now
            try await withThrowingTaskGroup { group in
                for number in 0..<3 {
                    let quotas = SharedQuotas(database: try await open(), node: "n\(number)")
                    group.addTask {
                        try await withThrowingTaskGroup { inner in
                            let renewal = Task { try await quotas.run() }
                            for _ in 0..<4 {
                                inner.addTask { try await Self.hurry(quotas, number, claim, provider, since: start) }
                            }
                            try await inner.waitForAll()
                            renewal.cancel()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(provider.most(in: .seconds(1)) <= 30)
            for node in 0..<3 { #expect(provider.count(of: node) >= Self.enough) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a node gets the places that another does not use`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let claim = Self.claim(16, 1)
            let one = SharedQuotas(database: try await open(), node: "one")
            let two = SharedQuotas(database: try await open(), node: "two")
            for _ in 0..<16 { #expect(await one.take([claim]) == nil) }
            for _ in 0..<16 { one.end([claim]) }
            // All are the first's, and were used just now.
            #expect(await two.take([claim]) != nil)
            let start = ContinuousClock.now
            var isTaken = false
            while !isTaken, start.duration(to: .now) < .seconds(60) {
                try await Task.sleep(for: .milliseconds(300))
                await one.renew()
                isTaken = await two.take([claim]) == nil
            }
            #expect(isTaken)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `takes a place in every budget or in none`(_ maker: TestDatabase) async throws {
        try await withNodes(maker) { open, _ in
            let quotas = SharedQuotas(database: try await open(), node: "one")
            let (wide, narrow) = (Self.claim(100, 60), Self.claim(1, 60))
            #expect(await quotas.take([wide, narrow]) == nil)
            for _ in 0..<20 { #expect(await quotas.take([wide, narrow])?.full == narrow) }
            for _ in 0..<99 { #expect(await quotas.take([wide]) == nil) }
            #expect(await quotas.take([wide])?.full == wide)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `keeps the places of a node that is gone from the others, until a period after its leave`(
        _ maker: TestDatabase
    ) async throws {
        try await withNodes(maker) { open, _ in
            let claim = Self.claim(4, 1)
            let (dead, heir) = (
                SharedQuotas(database: try await open(), node: "dead"),
                SharedQuotas(database: try await open(), node: "heir")
            )
            for _ in 0..<4 { #expect(await dead.take([claim]) == nil) }
            try await Task.sleep(for: .milliseconds(1500))
            // It said nothing: its requests may still be under way.
            #expect(await heir.take([claim]) != nil)
            for _ in 0..<4 { dead.end([claim]) }
            await dead.close()
            #expect(await dead.take([claim]) != nil)
            try await Task.sleep(for: .milliseconds(1300))
            for _ in 0..<4 { #expect(await heir.take([claim]) == nil) }
        }
    }
}
