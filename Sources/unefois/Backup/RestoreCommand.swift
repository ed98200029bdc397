import ArgumentParser
import Backup
import Foundation
import Ledger
import Storage

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Rétablit un dossier de données depuis une sauvegarde.",
        discussion: """
            Le dossier doit être vide. Rien n'y reste d'une sauvegarde altérée, incomplète ou d'une autre clé.
            Se termine par un code d'erreur si le registre rétabli n'est pas entier.
            """)
    @OptionGroup var data: DataOption
    @Argument(help: "La sauvegarde.")
    var source: String
    @Option(help: "Fichier du secret qui l'ouvre.")
    var identity: String
    @Option(help: "SHA-256 que « unefois backup » avait affiché : refuse toute autre sauvegarde.")
    var digest: String?
    @Flag(help: "Lit et vérifie toute la sauvegarde sans rien écrire.")
    var check = false

    func run() async throws {
        do {
            let reader = ArchiveReader(source, identity: try BackupIdentity(file: identity))
            let (target, digest) = (check ? nil : data.data, digest)
            let contents = try await Blocking.run {
                if let digest, try reader.digest() != digest.lowercased() { throw BackupError.otherDigest }
                return try reader.extract(to: target)
            }
            let made = contents.made.formatted(.iso8601)
            print("faite le \(made) par unefois \(contents.program)")
            print("fichiers \(contents.files)\noctets \(contents.bytes)")
        } catch let error as BackupError {
            throw CleanExit.failure(error.description)
        }
        if check { return print("La sauvegarde est entière.") }
        try await DataRestoration(folder: URL(filePath: data.data)).verify()
    }
}

/// What a restored folder is checked for.
struct DataRestoration: Sendable {
    let folder: URL

    /// Reads the database and the ledger, and says what they hold.
    /// - Throws: an exit with a failure where one of them is not whole.
    func verify() async throws {
        let (database, ledger) = (folder.appending(path: "unefois.sqlite").path, folder.appending(path: "ledger"))
        if FileManager.default.fileExists(atPath: database) {
            let counts = try await SQLiteDatabase.open(database).read { connection in
                let check = try connection.query("PRAGMA integrity_check").map { try $0.text("integrity_check") }
                guard check == ["ok"] else { throw CleanExit.failure("la base rétablie est altérée") }
                return try ["grants", "tokens"].map { table in
                    try connection.query("SELECT count(*) AS n FROM \(table)").first?.integer("n") ?? 0
                }
            }
            print("habilitations \(counts[0])\njetons \(counts[1])")
        }
        guard FileManager.default.fileExists(atPath: ledger.path) else { return }
        let report = try await Blocking.run { try LedgerReader(directory: ledger).verify() }
        print("enregistrements \(report.records), signés jusqu'au numéro \(report.signed)")
        if let range = report.sequences { print("numéros \(range.lowerBound) à \(range.upperBound)") }
        for problem in report.problems { print("défaut : \(problem)") }
        guard report.problems.isEmpty else { throw CleanExit.failure("le registre rétabli n'est pas entier") }
        print("Le registre est entier.")
    }
}
