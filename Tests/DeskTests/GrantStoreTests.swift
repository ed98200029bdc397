import Desk
import Foundation
import Storage
import TestSupport
import Testing
import Values

@Suite struct GrantStoreTests {
    @Test(arguments: TestDatabase.all)
    func `gives back a grant as it was created`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            for limit in [Grant.Limit.standard, .unlimited, .perMinute(120)] {
                var grant = store.demoGrant(scopes: ["cnaf_quotient_familial", "l'« autre »"], limit: limit)
                grant.allowedAddresses = ["192.0.2.0/24", "2001:db8::1"]
                #expect(try await store.create(grant) == grant)
                #expect(try await store.grant(grant.id) == grant)
            }
            #expect(try await store.grants().count == 3)
            #expect(try await store.grant("none") == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `lasts eighteen months`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            #expect(grant.expires == Date(timeIntervalSince1970: 1_772_366_400 + 365 * 86400))
            #expect(grant.siret == "13002526500013")
            #expect(grant.organisation == "Ville de Démonstration")
            #expect(try await store.createToken(for: grant.id).expires == grant.expires)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a grant that could not be checked`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let changes: [(inout Grant) -> Void] = [
                { $0.siret = "13002526500014" }, { $0.organisation = " " }, { $0.title = "" }, { $0.purposes = [] },
                { $0.scopes = [] }, { $0.scopes = ["a", ""] }, { $0.limit = .perMinute(0) }, { $0.expires = noon },
            ]
            for change in changes {
                var grant = store.demoGrant(scopes: ["a"])
                change(&grant)
                await #expect(throws: DeskError.self) { try await store.create(grant) }
            }
            #expect(try await store.version().number == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a second grant of the same id`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            await #expect(throws: SQLError.self) { try await store.create(grant) }
            #expect(try await store.version().number == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a revoked grant gives no token and is not prolonged`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            #expect(try await store.revoke(grant: grant.id).revoked == noon)
            let later = GrantStore(database: try await maker.open(folder), clock: .system)
            #expect(try await later.revoke(grant: grant.id).revoked == noon)
            await #expect(throws: DeskError.grantRevoked(grant.id)) { try await store.createToken(for: grant.id) }
            await #expect(throws: DeskError.grantRevoked(grant.id)) { try await store.prolong(grant: grant.id) }
            await #expect(throws: DeskError.unknownGrant("none")) { try await store.revoke(grant: "none") }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `an expired grant gives no token and is not prolonged`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let grant = try await openStore(maker, folder).create(GrantStoreTests.grant(ending: noon + 60))
            let later = try await openStore(maker, folder, clock: .fixed(noon + 60))
            await #expect(throws: DeskError.grantExpired(grant.id)) { try await later.createToken(for: grant.id) }
            await #expect(throws: DeskError.grantExpired(grant.id)) { try await later.prolong(grant: grant.id) }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `prolonging moves the tokens that ended with the grant, and no other`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(GrantStoreTests.grant(ending: noon + 1000))
            let whole = try await store.createToken(for: grant.id, expires: noon + 5000)
            let short = try await store.createToken(for: grant.id, expires: noon + 10)
            let revoked = try await store.revoke(token: store.createToken(for: grant.id).id)
            #expect(whole.expires == noon + 1000)
            #expect(try await store.prolong(grant: grant.id).expires == Validity.end(from: noon))
            let tokens = try await store.rights().rights.tokens
            #expect(tokens[whole.id]?.expires == Validity.end(from: noon))
            #expect(tokens[short.id] == short)
            #expect(tokens[revoked.id] == revoked)
            await #expect(throws: DeskError.endsEarlier(grant.id)) {
                try await store.prolong(grant: grant.id, until: noon + 2000)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `tokens are listed and revoked one by one`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let first = try await store.createToken(for: grant.id)
            let second = try await store.createToken(for: grant.id)
            #expect(try await store.revoke(token: first.id).revoked == noon)
            let tokens = try await store.tokens(of: grant.id)
            #expect(Set(tokens.map(\.id)) == [first.id, second.id])
            #expect(tokens.filter { $0.revoked == nil } == [second])
            await #expect(throws: DeskError.unknownToken("none")) { try await store.revoke(token: "none") }
            await #expect(throws: DeskError.unknownGrant("none")) { try await store.createToken(for: "none") }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `each change, and nothing else, makes a new version`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            let token = try await store.createToken(for: grant.id)
            try await store.prolong(grant: grant.id)
            try await store.revoke(token: token.id)
            try await store.revoke(grant: grant.id)
            _ = try? await store.revoke(grant: "none")
            let reading = try await store.rights()
            #expect(reading.version.number == 5)
            #expect(try await store.version() == reading.version)
            #expect(reading.rights.grants[grant.id]?.revoked == noon)
            #expect(reading.rights.tokens[token.id]?.grant == grant.id)
        }
    }

    @Test(arguments: [("rate", "-3"), ("rate", "many"), ("scopes", "a"), ("scopes", "[1]"), ("scopes", "{}")])
    func `gives no snapshot where a grant cannot be understood`(_ column: String, _ value: String) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(.sqlite, folder)
            try await store.create(store.demoGrant(scopes: ["a"]))
            let database = try await TestDatabase.sqlite.open(folder)
            try await database.transaction { try $0.execute("UPDATE grants SET \(column) = $1", [.text(value)]) }
            await #expect(throws: DeskError.self) { try await store.rights().rights }
        }
    }

    static func grant(ending: Date) -> Grant {
        Grant(
            id: GrantStore.newID(), siret: "13002526500013", organisation: "Ville", title: "Cantine",
            purpose: "Tarifs", scopes: ["a"], expires: ending)
    }
}
