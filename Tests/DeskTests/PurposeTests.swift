import Desk
import Foundation
import Storage
import TestSupport
import Testing
import Values

@Suite struct PurposeTests {
    private static func purpose(_ id: String, isDefault: Bool = false) -> Purpose {
        Purpose(
            id: id, title: "Finalité \(id)", legalBasis: "CRPA L114-8", quota: .init(calls: 50, period: .month),
            isDefault: isDefault, requiresCase: true)
    }

    @Test(arguments: TestDatabase.all)
    func `a grant gives back its purposes, the default one first`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            #expect(grant.purposes.map(\.id) == [Purpose.principal] && grant.purposes[0].quota == nil)
            #expect(
                try await store.declare(Self.purpose("bourse"), of: grant.id).purposes.last == Self.purpose("bourse"))
            let changed = try await store.declare(Self.purpose("bourse", isDefault: true), of: grant.id)
            #expect(changed.purposes.map(\.id) == ["bourse", Purpose.principal])
            #expect(changed.defaultPurpose?.id == "bourse")
            #expect(try await store.remove(purpose: Purpose.principal, of: grant.id).purposes.map(\.id) == ["bourse"])
            let snapshot = try await store.rights().rights
            #expect(snapshot.grants[grant.id]?.purposes == [Self.purpose("bourse", isDefault: true)])
            #expect(try await store.grants().first?.purposes.count == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a purpose that a call could not be checked against is refused`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            var untitled = Self.purpose("a")
            untitled.title = " "
            var empty = Self.purpose("a")
            empty.quota?.calls = 0
            var defaultLost = grant.purposes[0]
            defaultLost.isDefault = false
            for wrong in [untitled, empty, defaultLost]
                + ["", "A", "1a", "é", "a b", String(repeating: "a", count: 41)].map({ Self.purpose($0) })
            {
                await #expect(throws: DeskError.self, "\(wrong.id)") { try await store.declare(wrong, of: grant.id) }
            }
            await #expect(throws: DeskError.unknownGrant("x")) { try await store.declare(Self.purpose("a"), of: "x") }
            await #expect(throws: DeskError.unknownPurpose("x")) { try await store.remove(purpose: "x", of: grant.id) }
            await #expect(throws: DeskError.self) { try await store.remove(purpose: Purpose.principal, of: grant.id) }
            #expect(try await store.version().number == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a token may have a purpose of its own, which then stays as long as it`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            try await store.declare(Self.purpose("bourse"), of: grant.id)
            let token = try await store.createToken(for: grant.id, purpose: "bourse")
            #expect(try await store.tokens(of: grant.id) == [token] && token.purpose == "bourse")
            #expect(try await store.createToken(for: grant.id).purpose == nil)
            await #expect(throws: DeskError.unknownPurpose("x")) {
                try await store.createToken(for: grant.id, purpose: "x")
            }
            await #expect(throws: DeskError.self) { try await store.remove(purpose: "bourse", of: grant.id) }
            try await store.revoke(token: token.id)
            try await store.remove(purpose: "bourse", of: grant.id)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a grant of before has its purpose as its only one, without quota`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            let former = GrantStore.migrations.filter { $0.name < "m0050" }
            try await database.migrate(former, at: noon)
            func insert(_ id: String) async throws {
                try await database.transaction { connection in
                    try connection.execute(
                        """
                        INSERT INTO grants (id, siret, organisation, title, purpose, scopes, allowed_addresses, rate,
                        created_at, expires_at) VALUES ($1, '13002526500013', 'Ville', 'Cantine', 'Tarifs', '["a"]', '[]',
                        'standard', 0, 4000000000000)
                        """, [.text(id)])
                }
            }
            try await insert("before")
            let store = try await openStore(maker, folder)
            // A node of the former version still runs and makes one more.
            try await insert("beside")
            let only = Purpose(id: Purpose.principal, title: "Tarifs", isDefault: true)
            #expect(try await store.grants().map(\.purposes) == [[only], [only]])
            #expect(try await store.declare(Self.purpose("bourse"), of: "beside").purposes.count == 2)
        }
    }

    @Test(
        arguments: TestDatabase.all,
        [("quota_calls", "5", "NULL"), ("quota_period", "NULL", "'day'"), ("quota_period", "5", "'week'")])
    func `a quota that cannot be understood gives no snapshot`(
        _ maker: TestDatabase, _ quota: (name: String, calls: String, period: String)
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            try await store.create(store.demoGrant(scopes: ["a"]))
            let database = try await maker.open(folder)
            try await database.transaction {
                try $0.execute("UPDATE purposes SET quota_calls = \(quota.calls), quota_period = \(quota.period)")
            }
            await #expect(throws: DeskError.self) { try await store.rights().rights }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `counts add up over nodes, come back after a restart, and end with their period`(_ maker: TestDatabase)
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let calls = PurposeCallStore(database: try await maker.open(folder))
            func of(_ grant: String, _ span: String, _ number: Int) -> PurposeCalls {
                PurposeCalls(grant: grant, purpose: "p", span: span, calls: number)
            }
            _ = store
            #expect(try await calls.add([of("a", "2025-09-01", 3), of("b", "2025-09", 4)]).count == 2)
            #expect(try await calls.add([of("a", "2025-09-01", 2)]) == [of("a", "2025-09-01", 5)])
            let many = (0..<450).map { of("grant \($0)", "2025-09-01", 1) }
            #expect(try await calls.add(many).count == 450)
            _ = try await calls.add([of("a", "2025-08-31", 9), of("a", "2022", 1), of("a", "2023-01-01", 1)])
            let again = PurposeCallStore(database: try await maker.open(folder))
            let totals = Set(try await again.totals(at: noon))
            #expect(totals == Set([of("a", "2025-09-01", 5), of("b", "2025-09", 4)] + many))
            try await again.purge(at: noon)
            #expect(try await again.totals(at: Date(timeIntervalSince1970: 1_660_000_000)).isEmpty)
            #expect(try await again.totals(at: Date(timeIntervalSince1970: 1_672_570_800)).count == 1)
        }
    }
}
