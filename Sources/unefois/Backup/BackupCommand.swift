import ArgumentParser
import Backup
import Foundation
import Ledger
import Storage

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Sauvegarde le dossier des données, chiffré.",
        discussion: "Le service peut tourner pendant ce temps. Voir docs/operations.md.",
        subcommands: [Make.self, Keygen.self], defaultSubcommand: Make.self)

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Fait une sauvegarde (c'est ce que fait « unefois backup DESTINATION »).",
            discussion: "Si le registre n'est pas entier, la sauvegarde est faite, et la commande échoue.")
        @OptionGroup var data: DataOption
        @Argument(help: "Fichier à écrire, ou dossier où l'écrire sous un nom daté.")
        var destination: String
        @Option(help: "Fichier des clés publiques qui pourront l'ouvrir (unefois backup keygen).")
        var recipients: String
        @Flag(help: "Aussi les documents en attente de remise.")
        var withDocuments = false
        @Option(name: .customLong("with"), help: "Un fichier de plus, comme l'export de pg_dump ; répétez l'option.")
        var extras: [String] = []

        func run() async throws {
            do {
                guard FileManager.default.fileExists(atPath: data.data) else {
                    throw BackupError.file(action: "lecture impossible", path: data.data, code: ENOENT)
                }
                let recipients = try BackupRecipient.read(recipients)
                let now = Date()
                let path = target(at: now)
                let backup = DataBackup(
                    folder: URL(filePath: data.data), withDocuments: withDocuments, extras: extras, say: Terminal.say)
                let made = try await backup.write(to: path, for: recipients, at: now)
                print("sauvegarde \(path)\nfichiers \(made.files)\noctets \(made.bytes)\nsha256 \(made.digest)")
                if !made.hasDatabase {
                    Terminal.say("Pas de base SQLite dans ce dossier : joignez celle de PostgreSQL (pg_dump, --with).")
                }
                try await verifyLedger()
            } catch let error as BackupError {
                throw CleanExit.failure(error.description)
            }
        }

        private func target(at date: Date) -> String {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: destination, isDirectory: &isFolder), isFolder.boolValue else {
                return destination
            }
            let moment = date.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
            return URL(filePath: destination).appending(path: "unefois-\(moment).backup").path
        }

        /// Of the ledger that was copied. A write under way at its end is no fault.
        private func verifyLedger() async throws {
            let ledger = URL(filePath: data.data).appending(path: "ledger")
            guard FileManager.default.fileExists(atPath: ledger.path) else { return }
            let report = try await Blocking.run { try LedgerReader(directory: ledger).verify() }
            let problems = report.problems.filter { $0.kind != .tornTail }
            print("enregistrements \(report.records), signés jusqu'au numéro \(report.signed)")
            for problem in problems { print("défaut : \(problem)") }
            guard problems.isEmpty else {
                throw CleanExit.failure("le registre n'est pas entier ; la sauvegarde le contient tel qu'il est.")
            }
            print("Le registre est entier.")
        }
    }

    struct Keygen: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keygen", abstract: "Fait la clé des sauvegardes : un secret et sa moitié publique.",
            discussion: """
                Le secret ouvre toutes les sauvegardes : faites-le hors de la machine qui sauvegarde, gardez-en deux
                copies en lieux sûrs. La moitié publique, FICHIER.pub, est seule utile pour sauvegarder.
                """)
        @Argument(help: "Fichier du secret ; il ne doit pas exister.")
        var file: String

        func run() throws {
            let identity = try BackupIdentity()
            guard try PrivateFile.create(file, Array((identity.line.exposed + "\n").utf8)) else {
                throw CleanExit.failure(BackupError.exists(file).description)
            }
            guard try PrivateFile.create(file + ".pub", Array((identity.recipient.line + "\n").utf8)) else {
                throw CleanExit.failure(BackupError.exists(file + ".pub").description)
            }
            print("secret \(file)\npublic \(file).pub")
        }
    }
}

/// What is told to the person at the terminal, apart from results.
enum Terminal {
    @Sendable static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
