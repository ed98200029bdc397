import CatalogueModel
import DataProviders
import Desk
import Foundation
import Gateway
import Ledger
import Nodes
import Operations
import Proofs
import Storage
import Values

/// A database that several nodes use.
struct SharedDatabase: Sendable {
    /// `postgres://…`; it may hold a password.
    let address: Redacted<String>
    let connections: Int

    init(address: Redacted<String>, connections: Int) { (self.address, self.connections) = (address, connections) }

    /// Nil where the settings name none.
    init?(_ settings: Settings) {
        guard let address = settings.database else { return nil }
        self.init(address: address, connections: settings.databaseConnections)
    }

    func open() async throws -> any SQLDatabase {
        guard let known = PostgreSQLAddress(address.exposed) else {
            throw SharedKeys.Failure(description: "l’adresse de la base n’est pas lisible (postgres://…)")
        }
        return try await PostgreSQLDatabase.open(known, connections: connections)
    }
}

extension DataFolder {
    /// The database as it is.
    func openAnyVersion() async throws -> any SQLDatabase {
        if let shared { return try await shared.open() }
        return try await SQLiteDatabase.open(database)
    }

    /// The database, brought to the program's version, and the keys that belong to it.
    func openDatabase(clock: WallClock = .system) async throws -> any SQLDatabase {
        let database = try await openAnyVersion()
        _ = try await database.migrate(Self.migrations, at: clock.now())
        if let keys = try await sharedKeys(database, clock: clock) {
            try await agree(on: keys, database, clock)
        }
        return database
    }

    /// What brings the keys of the nodes to agree; nil where this one is alone.
    func sharedKeys(_ database: any SQLDatabase, clock: WallClock) async throws -> SharedKeys? {
        guard database.isShared else { return nil }
        return try await SharedKeys.open(database, folder: url.path) { Self.isShared($0, at: clock.now()) }
    }

    /// Takes the others' keys, makes those that nobody has, and gives them: one node at a time, lest two of them make
    /// different ones.
    private func agree(on keys: SharedKeys, _ database: any SQLDatabase, _ clock: WallClock) async throws {
        let lease = Lease(database: database, name: "keys", holder: UUID().uuidString, lasting: 30)
        guard try await lease.take(within: .seconds(40)) else {
            throw SharedKeys.Failure(description: "un autre nœud tient les clés depuis trop longtemps")
        }
        do {
            try await keys.exchange()
            try await makeKeys(database, clock)
            try await keys.exchange()
        } catch {
            try? await lease.release()
            throw error
        }
        try await lease.release()
    }

    /// Makes every key that is missing, those of the coming week too: afterwards no node has to make one by itself.
    func makeKeys(_ database: any SQLDatabase, _ clock: WallClock) async throws {
        let pseudonyms = try PseudonymKeys(directory: pseudonymKeys)
        for instant in [clock.now(), clock.now() + 7 * 86_400] {
            _ = try LinkSeal(folder: linkKeys, clock: .fixed(instant))
            _ = try pseudonyms.pseudonym(of: [], at: instant)
        }
        _ = try await SigningKeys.open(signingKeys)
        _ = try FranceConnectKeys(file: franceConnectKey)
        _ = try Proofs(database: database, keyFile: proofKey, clock: clock)
        _ = try openQuestions(GrantStore(database: database, clock: clock))
    }

    /// Whether a file of the folder is a key that nodes share. Keys of links past are not: they are to be forgotten.
    static func isShared(_ name: String, at now: Date) -> Bool {
        if ["questions.key", "keys/proofs.key", "keys/france-connect.pem"].contains(name) { return true }
        if name.wholeMatch(of: /keys\/\d{4,}\.jwk/) != nil { return true }
        if name.wholeMatch(of: /pseudonym-keys\/\d{4}\.key/) != nil { return true }
        guard let link = name.wholeMatch(of: /link-keys\/links-(\d{4}-\d{2})\.key/) else { return false }
        let today = Paris.date(at: now)
        let before = CivilDate(year: today.year, month: today.month, day: 1).adding(days: -1)
        return [before, today, today.adding(days: 8)].contains { $0.description.hasPrefix(link.1) }
    }
}
