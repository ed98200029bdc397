import Desk
import Foundation
import Storage
import TestSupport
import Testing
import Values

/// What is read of the rights after changes.
@Suite struct RightsReadingTests {
    private static let readers = 3

    @Test(arguments: TestDatabase.all)
    func `whoever takes the changes one after another knows what is stored`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            var changes = Changes(store: store)
            for _ in 0..<4 { try await changes.grant() }
            let first = try await store.rights()
            var readers = Array(repeating: first, count: Self.readers).map { (rights: $0.rights, version: $0.version) }
            for step in 1...60 {
                try await changes.one()
                // The first reads after each change, the others less and less often.
                for index in readers.indices where step % (index * 4 + 1) == 0 {
                    let reading = try await store.rights(since: readers[index].version)
                    #expect(reading.since == readers[index].version)
                    readers[index].rights.take(reading.rights)
                    readers[index].version = reading.version
                    let all = try await store.rights()
                    #expect(reading.version == all.version && equal(readers[index].rights, all.rights))
                }
            }
            #expect(changes.kinds.count == Changes.Kind.allCases.count)
        }
    }

    private func equal(_ left: GrantSnapshot, _ right: GrantSnapshot) -> Bool {
        left.grants == right.grants && left.tokens == right.tokens && left.vendors == right.vendors
            && left.vendorTokens == right.vendorTokens && left.clients == right.clients
            && Dictionary(grouping: left.delegations, by: \.vendor)
                == Dictionary(grouping: right.delegations, by: \.vendor)
    }

    @Test(arguments: TestDatabase.all)
    func `one change is read alone`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let others = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            _ = try await store.createToken(for: others.id)
            let grant = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            let (first, second) = (
                try await store.createToken(for: grant.id), try await store.createToken(for: grant.id)
            )
            let known = try await store.version()
            #expect(try await store.rights(since: known).rights.grants.isEmpty)
            let revoked = try await store.revoke(token: first.id)
            let rights = try await store.rights(since: known).rights
            #expect(rights.grants == [grant.id: grant])
            #expect(rights.tokens == [revoked.id: revoked, second.id: second])
        }
    }

    @Test(
        arguments: TestDatabase.all,
        [
            "UPDATE grant_changes SET version = version + 1",
            "DELETE FROM right_changes WHERE version = 2", "DELETE FROM right_changes WHERE version = 3",
            "UPDATE right_changes SET mark = 'other' WHERE version = 2",
        ])
    func `all is read again where the changes since cannot be told`(_ maker: TestDatabase, _ event: String) async throws
    {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            for _ in 0..<2 { _ = try await store.create(GrantStoreTests.grant(ending: noon + 60)) }
            let known = try await store.version()
            #expect(known.number == 2)
            _ = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            #expect(try await store.rights(since: known).rights.grants.count == 1)
            let database = try await maker.open(folder)
            try await database.transaction { try $0.execute(event) }
            let reading = try await store.rights(since: known)
            #expect(reading.since == nil && reading.rights.grants.count == 3)
            _ = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            let next = try await store.rights(since: reading.version)
            #expect(next.rights.grants.count == (next.since == nil ? 4 : 1))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what has not changed is not read again, whoever made the last change`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            // Of before the first change that was ever noted.
            let none = try await store.version()
            let grant = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            let reading = try await store.rights(since: none)
            #expect(reading.since == none && reading.rights.grants == [grant.id: grant])
            let database = try await maker.open(folder)
            try await database.transaction { try $0.execute("UPDATE grant_changes SET version = version + 1") }
            let all = try await store.rights(since: reading.version)
            #expect(all.since == nil && all.version.mark == nil && all.rights.grants.count == 1)
            let again = try await store.rights(since: all.version)
            #expect(again.since == all.version && again.version == all.version && again.rights.grants.isEmpty)
        }
    }

    @Test func `many grants and tokens are read page by page`() async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(.sqlite, folder)
            let one = try await store.create(GrantStoreTests.grant(ending: noon + 60))
            _ = try await store.createToken(for: one.id)
            let database = try await TestDatabase.sqlite.open(folder)
            try await database.transaction { connection in
                for number in 0..<4_321 {
                    try connection.execute(
                        """
                        INSERT INTO grants SELECT id || $1, siret, organisation, title, purpose, scopes,
                        allowed_addresses, rate, created_at, expires_at, revoked_at, datapass_id FROM grants WHERE id = $2
                        """, [.text("-\(number)"), .text(one.id)])
                    try connection.execute(
                        """
                        INSERT INTO tokens SELECT id || $1, grant_id || $1, issued_at, expires_at, revoked_at, purpose
                        FROM tokens WHERE grant_id = $2
                        """, [.text("-\(number)"), .text(one.id)])
                }
            }
            let rights = try await store.rights().rights
            #expect(rights.grants.count == 4_322 && rights.tokens.count == 4_322)
            #expect(rights.grants.values.allSatisfy { $0.purposes == one.purposes && $0.scopes == one.scopes })
            #expect(rights.tokens.values.allSatisfy { rights.grants[$0.grant] != nil })
        }
    }
}

/// Changes of rights by chance, of every kind.
private struct Changes {
    enum Kind: CaseIterable {
        case grant, token, revokeToken, revokeGrant, prolong, purpose, vendor, vendorToken, delegate, revokeDelegation
        case client, revokeClient, revokeVendor, revokeVendorToken
    }

    let store: GrantStore
    var random = SeededGenerator(seed: 7)
    var kinds: Set<Kind> = []
    private var (grants, tokens, vendors): ([Grant.ID], [AccessToken.ID], [SoftwareVendor.ID]) = ([], [], [])
    private var (vendorTokens, delegations, clients): ([String], [String], [String]) = ([], [], [])

    init(store: GrantStore) { self.store = store }

    mutating func grant() async throws {
        grants.append(try await store.create(GrantStoreTests.grant(ending: noon + 600)).id)
    }

    /// Does one thing; another where that one is refused, as a token of a revoked grant is.
    mutating func one() async throws {
        let left = Kind.allCases.filter { !kinds.contains($0) }
        while true {
            guard
                let kind = (left.isEmpty || Bool.random(using: &random) ? Kind.allCases : left).randomElement(
                    using: &random)
            else { continue }
            do {
                try await perform(kind)
                kinds.insert(kind)
                return
            } catch is DeskError {}
        }
    }

    private mutating func perform(_ kind: Kind) async throws {
        func any(_ ids: [String]) -> String { ids.randomElement(using: &random) ?? "none" }
        switch kind {
        case .grant: try await grant()
        case .token: tokens.append(try await store.createToken(for: any(grants)).id)
        case .revokeToken: try await store.revoke(token: any(tokens))
        case .revokeGrant: if Int.random(in: 0..<3, using: &random) == 0 { try await store.revoke(grant: any(grants)) }
        case .prolong:
            try await store.prolong(grant: any(grants), until: noon + .random(in: 600...9_000, using: &random))
        case .purpose:
            let purpose = Purpose(id: "p\(Int.random(in: 0..<3, using: &random))", title: "Autre")
            try await store.declare(purpose, of: any(grants))
        case .vendor:
            let vendor = SoftwareVendor(id: GrantStore.newID(), siret: "41816609600051", name: "Éditeur")
            vendors.append(try await store.create(vendor).id)
        case .vendorToken: vendorTokens.append(try await store.createToken(forVendor: any(vendors)).id)
        case .delegate: delegations.append(try await store.delegate(grant: any(grants), to: any(vendors)).id)
        case .revokeDelegation: try await store.revoke(delegation: any(delegations))
        case .client:
            let holder: OAuthClient.Holder = Bool.random(using: &random) ? .grant(any(grants)) : .vendor(any(vendors))
            let credential = OAuthClient.Credential.certificate([UInt8](repeating: 7, count: 32))
            clients.append(try await store.createClient(of: holder, credential: credential).id)
        case .revokeClient: try await store.revoke(client: any(clients))
        case .revokeVendor:
            if vendors.count > 2 { try await store.revoke(vendor: any(vendors)) }
        case .revokeVendorToken: try await store.revoke(vendorToken: any(vendorTokens))
        }
    }
}
