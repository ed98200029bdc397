import Foundation
import Storage
import TestSupport
import Testing
import Values

@testable import Desk

@Suite struct DataRequestStoreTests {
    private func withStore(
        _ maker: TestDatabase, mostAnHour: Int = 200,
        _ body: (@escaping (Date) -> DataRequestStore) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            try await database.migrate(GrantStore.migrations + DataRequestStore.migrations, at: noon)
            try await body { DataRequestStore(database: database, clock: .fixed($0), mostAnHour: mostAnHour) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an organisation counts once for a datum, and its last words are kept`(_ maker: TestDatabase) async throws {
        try await withStore(maker) { store in
            #expect(try await store(noon).record(datum: "a", siret: "1", reason: "avant") == true)
            #expect(try await store(noon + 60).record(datum: "a", siret: "1", reason: "après") == true)
            #expect(try await store(noon).record(datum: "a", siret: "2", reason: "autre") == true)
            #expect(try await store(noon).record(datum: "b", siret: "1", reason: "autre") == true)
            #expect(try await store(noon).counts() == ["a": 2, "b": 1])
            let first = try await store(noon).requests().first
            #expect(first == DataRequest(datum: "a", siret: "1", reason: "après", made: noon + 60))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an hour takes so many requests and no more`(_ maker: TestDatabase) async throws {
        try await withStore(maker, mostAnHour: 2) { store in
            for (siret, seconds, isTaken) in [("1", 0.0, true), ("2", 10, true), ("3", 3599, false), ("3", 3601, true)]
            {
                let recorded = try await store(noon + seconds).record(datum: "a", siret: siret, reason: "")
                #expect(recorded == isTaken, "\(siret) after \(seconds) s")
            }
            #expect(try await store(noon).counts() == ["a": 3])
        }
    }
}
