import Foundation
import ProviderHealth
import TestSupport
import Testing
import Values

struct HealthStoreTests {
    private static func finding(_ state: HealthState, _ provider: String = "cnav", _ name: String? = nil)
        -> HealthStore.Finding
    {
        .init(.init(provider: provider, name: name ?? provider), state)
    }

    @Test(arguments: TestDatabase.all)
    func `time and incidents are kept, and survive the process`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            for (minute, state) in [HealthState.ok, .down, .degraded, .ok, .maintenance, .unknown].enumerated() {
                _ = try await store.record([Self.finding(state)], at: noon + Double(minute) * 60)
            }
            let again = try await openStore(maker, folder)
            let history = try await again.record([Self.finding(.ok)], at: noon + 360)
            #expect(
                history.tallies["cnav"]?[today]
                    == DayTally([.ok: 120, .degraded: 60, .down: 60, .maintenance: 60, .unknown: 60]))
            #expect(
                history.incidents
                    == [Incident(provider: "cnav", start: noon + 60, end: noon + 180, kind: .down)])
            let record = try #require(history.records[.init(provider: "cnav", name: "cnav")])
            #expect(record.state == .ok && record.updated == noon + 360 && record.lastOK == noon + 360)
            #expect(try await again.history() == history)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an incident lasts over a short absence and ends with a long one`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            var store = try await openStore(maker, folder)
            for minute in 0..<3 { _ = try await store.record([Self.finding(.down)], at: noon + Double(minute) * 60) }
            store = try await openStore(maker, folder)
            var history = try await store.record([Self.finding(.down)], at: noon + 240)
            #expect(history.incidents == [Incident(provider: "cnav", start: noon, kind: .down)])
            store = try await openStore(maker, folder)
            history = try await store.record([Self.finding(.ok)], at: noon + 7200)
            #expect(history.incidents == [Incident(provider: "cnav", start: noon, end: noon + 240, kind: .down)])
            #expect(history.tallies["cnav"]?[today] == DayTally([.down: 240, .unknown: 6960]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `parts of a provider are known, without a history of their own`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            for minute in 0..<3 {
                _ = try await store.record(
                    [Self.finding(.down, "cnav", "qf"), Self.finding(.ok)], at: noon + Double(minute) * 60)
            }
            let history = try await store.history()
            #expect(history.records[.init(provider: "cnav", name: "qf")]?.state == .down)
            #expect(history.incidents.isEmpty && history.tallies == ["cnav": [today: DayTally([.ok: 120])]])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `two processes that look at one provider count each second once`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let stores = [try await openStore(maker, folder), try await openStore(maker, folder)]
            for step in 0..<10 {
                _ = try await stores[step % 2].record([Self.finding(.ok)], at: noon + Double(step) * 30)
            }
            #expect(try await stores[0].history().tallies["cnav"]?[today] == DayTally([.ok: 270]))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is older than 90 days is forgotten, what lasts is not`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            for (provider, states) in [("a", [HealthState.down, .down, .ok]), ("b", [.down, .down, .down])] {
                for (minute, state) in states.enumerated() {
                    _ = try await store.record([Self.finding(state, provider)], at: noon + Double(minute) * 60)
                }
            }
            // Provider b is no longer looked at; its incident has no end.
            let last = HealthHistory.firstDay(on: today.adding(days: 89))
            #expect(last == today)
            var history = try await store.record([Self.finding(.ok, "c")], at: noon + 89 * 86_400)
            #expect(history.tallies["a"]?[today] != nil && history.incidents.count == 2)
            history = try await store.record([Self.finding(.ok, "c")], at: noon + 90 * 86_400)
            #expect(history.tallies["a"] == nil && history.tallies["b"] == nil)
            #expect(history.incidents.map(\.provider) == ["b"])
        }
    }
}
