import ArgumentParser
import CatalogueModel
import Desk
import Foundation
import Geography
import Ledger
import Nodes
import Proofs
import ProviderHealth
import Storage
import Values

/// The folder of an instance's data, and what each file in it is.
struct DataFolder {
    let url: URL
    /// The database that nodes share; nil: a file of the folder.
    let shared: SharedDatabase?

    /// Opens the folder, made (0700) where it is missing.
    init(_ path: String, shared: SharedDatabase? = nil) throws {
        url = URL(filePath: path)
        self.shared = shared
        try FileManager.default.createDirectory(
            atPath: url.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    var database: String { url.appending(path: "unefois.sqlite").path }
    var signingKeys: String { url.appending(path: "keys").path }
    var franceConnectKey: String { url.appending(path: "keys/france-connect.pem").path }
    /// The published half of the FranceConnect key, for the simulated FranceConnect.
    var franceConnectJWKS: String { url.appending(path: "keys/france-connect-jwks.json").path }
    /// Certificates of the sandbox, made anew at each start.
    var sandboxCertificates: String { url.appending(path: "sandbox-certificates").path }
    var ledger: URL { url.appending(path: "ledger") }
    /// The key that signs the ledger's checkpoints, apart from the ledger.
    var ledgerKey: URL { url.appending(path: "ledger-key") }
    /// The key of this instance as a witness, and what it saw of other ledgers.
    var witnessKey: URL { url.appending(path: "ledger-witness") }
    var pseudonymKeys: URL { url.appending(path: "pseudonym-keys") }
    var documents: String { url.appending(path: "documents").path }
    /// The key of the marks on proofs.
    var proofKey: String { url.appending(path: "keys/proofs.key").path }
    /// The key under which cases stand in their register.
    var caseKeys: String { url.appending(path: "case-keys").path }
    /// Keys of the addresses below `/proxy`, one a month.
    var linkKeys: String { url.appending(path: "link-keys").path }

    /// The imported geographic code.
    var geography: URL { url.appending(path: "geography.tsv") }

    /// The tables of every room, in the order of their making.
    static let migrations =
        GrantStore.migrations + QuestionStore.migrations + DataRequestStore.migrations + HealthStore.migrations
        + Proofs.migrations + SeenProofs.migrations + LedgerIndex.migrations + NodeTables.migrations

    /// The grants of the database.
    func openStore(clock: WallClock = .system) async throws -> GrantStore {
        GrantStore(database: try await openDatabase(clock: clock), clock: clock)
    }
}

extension DataFolder {
    /// The counter of guarded questions, in the grants' database.
    func openQuestions(_ store: GrantStore) throws -> QuestionStore {
        try QuestionStore(database: store.database, keyFile: url.appending(path: "questions.key").path)
    }

    /// The geographic code, read and indexed on a thread of its own.
    func openGeography() async throws -> Gazetteer {
        let file = geography
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try GeographyFile.gazetteer(imported: file) })
            }
        }
    }
}

/// The `--data` option that several commands share.
struct DataOption: ParsableArguments {
    @Option(help: "Dossier des données de l'instance.")
    var data = ProcessInfo.processInfo.environment["UNEFOIS_DATA"] ?? "data"

    @Option(help: "Base PostgreSQL des nœuds (postgres://…). Par défaut : celle de UNEFOIS_DATABASE, sinon un fichier.")
    var database: String?

    func open() throws -> DataFolder {
        let told = database ?? ProcessInfo.processInfo.environment["UNEFOIS_DATABASE"] ?? ""
        return try DataFolder(
            data, shared: told.isEmpty ? nil : SharedDatabase(address: Redacted(told), connections: 2))
    }
}

/// The `--catalogue` option that several commands share.
struct CatalogueOption: ParsableArguments {
    @Option(help: "Dossier du catalogue. Par défaut : Catalogue/, ici ou à côté du programme.")
    var catalogue: String?

    func folder() throws -> URL {
        try CatalogueFolder.find(catalogue ?? ProcessInfo.processInfo.environment["UNEFOIS_CATALOGUE"])
    }

    func compile() throws -> CompiledCatalogue { try CatalogueCompiler(folder: folder()).compile() }
}

/// Finds the catalogue's folder: as told, here, or beside the program or one of the folders above it.
enum CatalogueFolder {
    static func find(_ told: String?) throws -> URL {
        if let told { return URL(filePath: told) }
        var candidates = [URL(filePath: FileManager.default.currentDirectoryPath)]
        var folder = ProgramFiles.program.deletingLastPathComponent()
        for _ in 0..<5 {
            candidates.append(folder)
            candidates.append(folder.appending(path: "share/unefois"))
            folder.deleteLastPathComponent()
        }
        for candidate in candidates {
            let catalogue = candidate.appending(path: "Catalogue")
            if FileManager.default.fileExists(atPath: catalogue.appending(path: "errors.yaml").path) {
                return catalogue
            }
        }
        throw ValidationError("Catalogue introuvable : indiquez son dossier avec --catalogue.")
    }
}
