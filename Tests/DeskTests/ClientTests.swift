import Desk
import Foundation
import Storage
import TestSupport
import Testing
import Values

@Suite struct ClientTests {
    private static let key: JSON = ["kty": "OKP", "crv": "Ed25519", "x": "AAAA", "alg": "EdDSA"]
    private static let digest = [UInt8](repeating: 7, count: 32)

    @Test(arguments: TestDatabase.all)
    func `gives back the clients of grants and vendors as they were registered`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let vendor = try await store.create(
                SoftwareVendor(id: GrantStore.newID(), siret: "41816609600051", name: "Logiciels du Midi"))
            let first = try await store.createClient(of: .grant(grant.id), credential: .keys([Self.key]))
            let second = try await store.createClient(
                of: .vendor(vendor.id), credential: .certificate(Self.digest), requiresDPoP: true)
            #expect(first.holder == .grant(grant.id) && first.credential == .keys([Self.key]) && !first.requiresDPoP)
            #expect(second.holder == .vendor(vendor.id) && second.credential == .certificate(Self.digest))
            #expect(second.requiresDPoP && second.created == noon && second.revoked == nil)
            let snapshot = try await store.rights().rights
            #expect(snapshot.clients == [first.id: first, second.id: second])
            let later = try await openStore(maker, folder, clock: .fixed(noon + 60))
            #expect(try await store.revoke(client: first.id).revoked == noon)
            #expect(try await later.revoke(client: first.id).revoked == noon)
            #expect(try await store.clients().count { $0.revoked == nil } == 1)
            #expect(try await store.version().number == 6)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a client needs a right in force and something to prove itself by`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let ended = try await store.create(store.demoGrant(scopes: ["a"]))
            try await store.revoke(grant: ended.id)
            for (holder, credential) in [
                (.grant("none"), .keys([Self.key])), (.grant(ended.id), .keys([Self.key])),
                (.vendor("none"), .certificate(Self.digest)), (.grant(grant.id), .keys([])),
                (.grant(grant.id), .keys([JSON](repeating: Self.key, count: 9))),
                (.grant(grant.id), .certificate(Array(Self.digest.prefix(20)))),
            ] as [(OAuthClient.Holder, OAuthClient.Credential)] {
                await #expect(throws: DeskError.self) {
                    try await store.createClient(of: holder, credential: credential)
                }
            }
            await #expect(throws: DeskError.unknownClient("none")) { try await store.revoke(client: "none") }
            #expect(try await store.clients().isEmpty)
        }
    }
}

@Suite struct SeenProofsTests {
    private static func open(_ folder: String, clock: WallClock = .fixed(noon)) async throws -> SeenProofs {
        let database = try await SQLiteDatabase.open(folder + "/proofs.sqlite")
        try await database.migrate(SeenProofs.migrations, at: noon)
        return SeenProofs(database: database, clock: clock)
    }

    @Test func `a proof serves once, whichever process it is shown to`() async throws {
        try await withTemporaryFolder { folder in
            let (first, second) = (try await Self.open(folder), try await Self.open(folder))
            #expect(try await first.isFirst("a", until: noon + 60))
            #expect(try await !first.isFirst("a", until: noon + 60))
            #expect(try await !second.isFirst("a", until: noon + 60))
            #expect(try await second.isFirst("b", until: noon + 60))
            #expect(try await !first.isFirst("b", until: noon + 60))
        }
    }

    @Test func `of many calls at once with the same proofs each proof serves one`() async throws {
        try await withTemporaryFolder { folder in
            let nodes = [try await Self.open(folder), try await Self.open(folder)]
            let served = try await withThrowingTaskGroup(of: [Int].self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        var served: [Int] = []
                        for number in 0..<500 {
                            let proof = (number * 7 + caller * 250) % 2_000
                            if try await nodes[caller % 2].isFirst("\(proof)", until: noon + 60) {
                                served.append(proof)
                            }
                        }
                        return served
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(served).count == served.count)
            let shown = Set((0..<8).flatMap { caller in (0..<500).map { ($0 * 7 + caller * 250) % 2_000 } })
            #expect(Set(served) == shown)
        }
    }

    @Test func `proofs are forgotten a minute after their end, and not before`() async throws {
        try await withTemporaryFolder { folder in
            let proofs = try await Self.open(folder)
            for (name, end) in [("old", -61.0), ("just", -59), ("new", 60)] {
                #expect(try await proofs.isFirst(name, until: noon + end))
            }
            #expect(try await proofs.purge() == 1)
            let restarted = try await Self.open(folder)
            for (name, isFirst) in [("old", true), ("just", false), ("new", false)] {
                #expect(try await restarted.isFirst(name, until: noon + 60) == isFirst)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a database that cannot be asked admits no proof`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/empty.sqlite")
            let proofs = SeenProofs(database: database, clock: .fixed(noon))
            await #expect(throws: SQLError.self) { try await proofs.isFirst("a", until: noon + 60) }
        }
    }
}
