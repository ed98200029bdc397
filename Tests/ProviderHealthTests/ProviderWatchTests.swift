import CatalogueModel
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import ProviderHealth

struct ProviderWatchTests {
    /// A watch over the small catalogue.
    private struct Bench: Sendable {
        let watch: ProviderWatch
        let examiner = ScriptedExaminer()
        let clock = MovingClock()
        let catalogue: CompiledCatalogue
        private let spared = Mutexed()

        final class Mutexed: Sendable {
            private let names = Mutex<[String]>([])
            var value: [String] {
                get { names.withLock { $0 } }
                set { names.withLock { $0 = newValue } }
            }
        }

        init(_ store: HealthStore) throws {
            let catalogue = try SmallCatalogue.compiled.get()
            self.catalogue = catalogue
            watch = ProviderWatch(
                catalogue: { catalogue }, examiner: examiner, spared: { [spared] in spared.value }, store: store,
                clock: clock.wall)
        }

        func spare(_ names: String...) { spared.value = names }

        func state(_ provider: String, _ name: String? = nil) -> HealthState? {
            catalogue.providers[provider].flatMap { watch.present($0, name ?? provider)?.state }
        }

        /// Looks so many times, a minute apart.
        func look(_ times: Int = 1) async {
            for _ in 0..<times {
                clock.advance(60)
                await watch.round()
            }
        }
    }

    private static func withBench(_ body: (Bench, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in try await body(Bench(await openStore(.sqlite, folder)), folder) }
    }

    @Test func `what is found is known at once, of the parts and of the whole`() async throws {
        try await Self.withBench { bench, _ in
            #expect(bench.state("banque") == .unknown && bench.state("banque", "autre") == nil)
            bench.examiner.tell("cles", .down)
            bench.examiner.tell("caisse", .unknown)
            await bench.look()
            #expect(bench.state("banque", "compte") == .ok && bench.state("banque", "cles") == .down)
            #expect(bench.state("banque") == .degraded && bench.state("caisse") == .unknown)
            let present = bench.watch.present(try #require(bench.catalogue.providers["banque"]), "compte")
            #expect(present?.updated == bench.clock.now && present?.lastOK == bench.clock.now)
            #expect(Set(bench.examiner.asked) == ["compte", "cles", "caisse"] && bench.examiner.mostAtOnce == 1)
        }
    }

    @Test func `what nobody has looked at for five minutes is unknown`() async throws {
        try await Self.withBench { bench, _ in
            await bench.look()
            bench.clock.advance(300)
            #expect(bench.state("banque") == .ok)
            bench.clock.advance(1)
            #expect(bench.state("banque") == .unknown)
        }
    }

    @Test func `a provider in maintenance is not asked, and says until when`() async throws {
        try await Self.withBench { bench, _ in
            // Sunday 17 May 2026, 23:10 in Paris.
            bench.clock.set(Date(timeIntervalSince1970: 1_779_052_200))
            bench.examiner.tell("compte", .down)
            await bench.look()
            #expect(bench.examiner.asked == ["caisse"])
            let provider = try #require(bench.catalogue.providers["banque"])
            for name in ["banque", "compte", "cles"] {
                let present = try #require(bench.watch.present(provider, name))
                #expect(present.state == .maintenance)
                #expect(present.until == Date(timeIntervalSince1970: 1_779_054_300))
            }
            // The end of the window is known before the next look.
            bench.clock.set(Date(timeIntervalSince1970: 1_779_054_300))
            #expect(bench.state("banque") == .unknown)
            await bench.look()
            #expect(bench.state("banque", "compte") == .down)
        }
    }

    @Test func `a window of one API closes what tells of it only`() async throws {
        try await Self.withBench { bench, _ in
            // Saturday 16 May 2026, 10:30 in Paris.
            bench.clock.set(noon + 86_400 - 5400)
            await bench.look()
            #expect(bench.state("banque", "compte") == .maintenance && bench.state("banque", "cles") == .ok)
            #expect(bench.state("banque") == .maintenance && !bench.examiner.asked.contains("compte"))
            bench.examiner.tell("cles", .down)
            await bench.look()
            #expect(bench.state("banque") == .degraded)
        }
    }

    @Test func `a provider that the breaker spares is not asked, and is down at once`() async throws {
        try await Self.withBench { bench, _ in
            await bench.look()
            bench.spare("banque")
            #expect(bench.state("banque") == .down && bench.state("caisse") == .ok)
            await bench.look(2)
            #expect(bench.examiner.asked.filter { $0 == "compte" }.count == 1)
            #expect(bench.watch.report().providers.first?.incidents.count == 1)
        }
    }

    @Test func `the report tells 90 days, incidents, closings and issues`() async throws {
        try await Self.withBench { bench, folder in
            bench.examiner.tell("compte", .down)
            bench.examiner.tell("cles", .down)
            await bench.look(3)
            bench.examiner.tell("compte", .ok)
            bench.examiner.tell("cles", .ok)
            await bench.look(3)
            let report = bench.watch.report()
            #expect(report.providers.map(\.id) == ["banque", "caisse"] && report.generated == bench.clock.now)
            let bank = try #require(report.providers.first)
            #expect(bank.days.count == 90 && bank.days.last?.day == today)
            #expect(bank.days.last?.tally == DayTally([.ok: 120, .down: 180]) && bank.availability == 0.4)
            #expect(bank.incidents == [Incident(provider: "banque", start: noon + 60, end: noon + 240, kind: .down)])
            #expect(
                bank.upcoming.map(\.window.apis) == [["compte"], []]
                    && bank.issues.map(\.text) == ["Retard.", "Compte : Soldes faux."])
            #expect(bank.sources.map(\.name) == ["compte", "cles"])
            // Another process over the same database begins where this one ended.
            let next = try Bench(await openStore(.sqlite, folder))
            try await next.watch.load()
            next.clock.set(bench.clock.now)
            #expect(next.watch.report().providers.first?.days == bank.days)
            #expect(next.state("banque") == .ok)
        }
    }

    @Test func `without its database it still knows how things are`() async throws {
        try await withTemporaryFolder { folder in
            let bench = try Bench(HealthStore(database: LostDatabase()))
            bench.examiner.tell("compte", .down)
            await bench.look(2)
            #expect(bench.state("banque", "compte") == .down && bench.state("banque") == .degraded)
            bench.examiner.tell("compte", .ok)
            await bench.look()
            #expect(bench.state("banque") == .ok)
        }
    }

    @Test func `it looks until it is cancelled`() async throws {
        try await Self.withBench { bench, _ in
            let task = Task { try await bench.watch.run() }
            while bench.examiner.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}

private struct LostDatabase: SQLDatabase {
    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        throw SQLError(.other, "lost")
    }

    func transaction<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws
        -> Value
    {
        throw SQLError(.other, "lost")
    }
}
