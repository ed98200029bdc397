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
        try await keys.alone {
            try await keys.exchange()
            try await makeKeys(database, clock)
            try await keys.exchange()
        }
    }

    /// Changes or destroys keys of pseudonyms, here and on every node.
    func changePseudonyms<Value: Sendable>(
        _ work: @escaping @Sendable (PseudonymKeys) throws -> Value
    ) async throws -> Value {
        let folder = pseudonymKeys
        guard shared != nil else { return try work(PseudonymKeys(directory: folder)) }
        let database = try await openDatabase()
        guard let keys = try await sharedKeys(database, clock: .system) else {
            return try work(PseudonymKeys(directory: folder))
        }
        return try await keys.change { try work(PseudonymKeys(directory: folder)) }
    }

    /// Makes every key that is missing.
    private func makeKeys(_ database: any SQLDatabase, _ clock: WallClock) async throws {
        let folder = self
        try await folder.makeComingKeys(clock)
        try await Blocking.run {
            _ = try FranceConnectKeys(file: folder.franceConnectKey)
            _ = try Proofs(database: database, keyFile: folder.proofKey, clock: clock)
            _ = try folder.openQuestions(GrantStore(database: database, clock: clock))
            _ = try CaseStore(database: database, keyFolder: folder.caseKeys, clock: clock)
        }
        _ = try await SigningKeys.open(signingKeys)
    }

    /// Makes the keys of this month and year, and those of the coming week: no node has to make one by itself.
    func makeComingKeys(_ clock: WallClock) async throws {
        let folder = self
        try await Blocking.run {
            let pseudonyms = try PseudonymKeys(directory: folder.pseudonymKeys)
            for instant in [clock.now(), clock.now() + 7 * 86_400] {
                _ = try LinkSeal(folder: folder.linkKeys, clock: .fixed(instant))
                _ = try pseudonyms.pseudonym(of: [], at: instant)
            }
        }
    }

    private static let single = [
        "questions.key", "keys/proofs.key", "keys/france-connect.pem", "case-keys/cases.key",
    ]

    /// Whether a file of the folder is a key that nodes share. Keys of links past are not: they are to be forgotten.
    static func isShared(_ name: String, at now: Date) -> Bool {
        if single.contains(name) { return true }
        if name.wholeMatch(of: /keys\/\d{4,}\.jwk/) != nil { return true }
        if name.wholeMatch(of: /pseudonym-keys\/\d{4}\.key/) != nil { return true }
        guard let link = name.wholeMatch(of: /link-keys\/links-(\d{4}-\d{2})\.key/) else { return false }
        let today = Paris.date(at: now)
        let before = CivilDate(year: today.year, month: today.month, day: 1).adding(days: -1)
        return [before, today, today.adding(days: 8)].contains { $0.description.hasPrefix(link.1) }
    }
}
