import Desk
import Foundation
import JWTKit
import Storage
import TestSupport
import Testing
import Values

@Suite struct VendorTests {
    private static func vendor(_ name: String = "Logiciels du Midi") -> SoftwareVendor {
        SoftwareVendor(
            id: GrantStore.newID(), siret: "41816609600051", name: name,
            allowedAddresses: ["192.0.2.0/24", "2001:db8::1"])
    }

    @Test(arguments: TestDatabase.all)
    func `gives back vendors, tokens and delegations as they were made, at one moment`(_ maker: TestDatabase)
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let vendor = Self.vendor()
            #expect(try await store.create(vendor) == vendor)
            var wanted = store.demoGrant(scopes: ["a"])
            wanted.datapassID = "12345"
            let grant = try await store.create(wanted)
            #expect(grant == wanted)
            let token = try await store.createToken(forVendor: vendor.id)
            let delegation = try await store.delegate(grant: grant.id, to: vendor.id)
            #expect(token.expires == Validity.end(from: noon) && delegation.created == noon)
            let snapshot = try await store.rights().rights
            #expect(snapshot.grants[grant.id] == grant)
            #expect(snapshot.vendors == [vendor.id: vendor] && snapshot.vendorTokens == [token.id: token])
            #expect(snapshot.delegations == [delegation] && snapshot.tokens.isEmpty)
            #expect(try await store.vendors() == [vendor])
            #expect(try await store.tokens(ofVendor: vendor.id) == [token])
            #expect(try await store.delegations() == [delegation])
        }
    }

    @Test(arguments: TestDatabase.all)
    func `refuses a vendor that could not be told apart or checked`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let changes: [(SoftwareVendor) -> SoftwareVendor] = [
                { SoftwareVendor(id: "1", siret: $0.siret, name: $0.name) },
                { SoftwareVendor(id: $0.id, siret: "41816609600052", name: $0.name) },
                { SoftwareVendor(id: $0.id, siret: $0.siret, name: " ") },
            ]
            for change in changes {
                await #expect(throws: DeskError.self) { try await store.create(change(Self.vendor())) }
            }
            #expect(try await store.version().number == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a right that ended is not delegated, nor delegated to who is out, nor twice`(_ maker: TestDatabase)
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let (vendor, other) = (try await store.create(Self.vendor()), try await store.create(Self.vendor("B")))
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let ended = try await store.create(store.demoGrant(scopes: ["a"]))
            try await store.revoke(grant: ended.id)
            try await store.revoke(vendor: other.id)
            await #expect(throws: DeskError.unknownVendor("none")) {
                try await store.delegate(grant: grant.id, to: "none")
            }
            await #expect(throws: DeskError.unknownGrant("none")) {
                try await store.delegate(grant: "none", to: vendor.id)
            }
            await #expect(throws: DeskError.vendorRevoked(other.id)) {
                try await store.delegate(grant: grant.id, to: other.id)
            }
            await #expect(throws: DeskError.vendorRevoked(other.id)) {
                try await store.createToken(forVendor: other.id)
            }
            await #expect(throws: DeskError.grantRevoked(ended.id)) {
                try await store.delegate(grant: ended.id, to: vendor.id)
            }
            let first = try await store.delegate(grant: grant.id, to: vendor.id)
            await #expect(throws: DeskError.alreadyDelegated(grant.id)) {
                try await store.delegate(grant: grant.id, to: vendor.id)
            }
            // Taken back, it can be given again; the former stays ended.
            #expect(try await store.revoke(delegation: first.id).revoked == noon)
            #expect(try await store.delegate(grant: grant.id, to: vendor.id).id != first.id)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what is ended once stays ended as it was`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let vendor = try await store.create(Self.vendor())
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let token = try await store.createToken(forVendor: vendor.id)
            let delegation = try await store.delegate(grant: grant.id, to: vendor.id)
            let later = try await openStore(maker, folder, clock: .fixed(noon + 60))
            for store in [store, later] {
                #expect(try await store.revoke(vendorToken: token.id).revoked == noon)
                #expect(try await store.revoke(delegation: delegation.id).revoked == noon)
                #expect(try await store.revoke(vendor: vendor.id).revoked == noon)
            }
            let version = try await store.version()
            await #expect(throws: DeskError.unknownToken("none")) { try await store.revoke(vendorToken: "none") }
            await #expect(throws: DeskError.unknownVendor("none")) { try await store.revoke(vendor: "none") }
            await #expect(throws: DeskError.unknownDelegation("none")) { try await store.revoke(delegation: "none") }
            #expect(try await store.version() == version)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a database of the version before keeps its grants`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let database = try await maker.open(folder)
            try await database.migrate(Array(GrantStore.migrations.prefix(1)), at: noon)
            let values: [SQLValue] = [.text(GrantStore.newID()), .integer(1_900_000_000_000)]
            try await database.transaction { connection in
                try connection.execute(
                    """
                    INSERT INTO grants (id, siret, organisation, title, purpose, scopes, allowed_addresses, rate,
                    created_at, expires_at) VALUES ($1, '13002526500013', 'V', 'T', 'P', '["a"]', '[]', '60', 0, $2)
                    """, values)
            }
            let grant = try #require(try await openStore(maker, folder).rights().rights.grants.values.first)
            #expect(grant.scopes == ["a"] && grant.limit == .perMinute(60) && grant.datapassID == nil)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a vendor's token says that it is one and claims no scope`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let store = try await openStore(maker, folder)
            let vendor = try await store.create(Self.vendor())
            let grant = try await store.create(store.demoGrant(scopes: ["a"]))
            let issuer = try TokenIssuer(keys: await SigningKeys.open(folder + "/keys"))
            let token = try await store.createToken(forVendor: vendor.id)
            let claims = try Self.claims(await issuer.jwt(for: token, of: vendor).exposed)
            #expect(claims["editor"] == true && claims["scopes"] == [] && claims["jti"]?.text == token.id)
            #expect(claims["uid"]?.text == vendor.id && claims["sub"]?.text == vendor.name)
            let own = try await store.createToken(for: grant.id)
            #expect(try Self.claims(await issuer.jwt(for: own, of: grant).exposed)["editor"] == nil)
            let stranger = Self.vendor("B")
            await #expect(throws: DeskError.unknownVendor(vendor.id)) { try await issuer.jwt(for: token, of: stranger) }
        }
    }

    private static func claims(_ jwt: String) throws -> JSON {
        let parts = jwt.split(separator: ".")
        return try JSON(parsing: try #require(Base64URL.decode(parts[1])))
    }
}
