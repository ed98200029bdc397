import ArgumentParser
import Foundation
import Ledger

/// Verifies a ledger, or a copy of one, with nothing but its files.
struct LedgerVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Vérifie le registre, ou une copie, sans serveur ni réseau.",
        discussion: """
            Dit ce qui a été altéré, retiré, ajouté ou déplacé, et où. Se termine par un code d'erreur au premier défaut.
            Sans --key, la clé est lue dans le dossier : qui a pu le réécrire a pu la changer.
            """)
    @OptionGroup var data: DataOption
    @Argument(help: "Dossier du registre. Par défaut : ledger/ dans le dossier des données.")
    var folder: String?
    @Option(help: "Clé publique du registre ou d'un témoin, ou fichier qui la contient. Peut être répétée.")
    var key: [String] = []
    @Option(help: "Fichier d'un point de contrôle gardé ailleurs. Peut être répété.")
    var checkpoint: [String] = []
    @Flag(help: "Le registre est arrêté : tout doit être signé, jusqu'à la dernière ligne.")
    var closed = false
    @Flag(help: "Admettre qu'aucun point de contrôle n'existe.")
    var unsigned = false

    func run() throws {
        let directory = try folder.map { URL(filePath: $0) } ?? data.open().ledger
        let keys = try key.map { text in
            let content = (try? String(contentsOfFile: text, encoding: .utf8)) ?? text
            guard let key = NoteKey(content) else { throw ValidationError("Clé illisible : \(text)") }
            return key
        }
        let began = ContinuousClock.now
        let report = try LedgerReader(directory: directory)
            .verify(keys: keys, checkpoints: checkpoint.map { URL(filePath: $0) })
        show(report, keysAreGiven: keys.contains(where: report.keys.contains), in: began.duration(to: .now))
        let end = report.sequences?.upperBound ?? 0
        var isWhole = report.problems.isEmpty
        if report.checkpoints == 0, !unsigned {
            print("défaut : aucun point de contrôle signé, rien ne prouve que ces lignes sont celles d'origine")
            isWhole = false
        }
        if closed, report.signed < end {
            print("défaut : les enregistrements \(report.signed + 1) à \(end) ne sont pas signés")
            isWhole = false
        }
        guard isWhole else { throw ExitCode.failure }
        print("Le registre est entier.")
    }

    private func show(_ report: LedgerReport, keysAreGiven: Bool, in time: Duration) {
        print("segments : \(report.segments)")
        print("enregistrements : \(report.records)" + (report.purged > 0 ? ", et \(report.purged) purgés" : ""))
        if let range = report.sequences { print("numéros : \(range.lowerBound) à \(range.upperBound)") }
        if let first = report.firstTime, let last = report.lastTime {
            print("du \(first.formatted(.iso8601)) au \(last.formatted(.iso8601))")
        }
        print("points de contrôle : \(report.checkpoints), signés jusqu'à l'enregistrement \(report.signed)")
        if report.witnessed > 0 { print("co-signés par un témoin jusqu'à l'enregistrement \(report.witnessed)") }
        for key in report.keys { print("clé \(keysAreGiven ? "donnée" : "lue dans le dossier") : \(key)") }
        let rate = Double(report.records + report.purged) / max(time / .seconds(1), 1e-9)
        print("vitesse : \(Int(rate)) enregistrements par seconde")
        for problem in report.problems { print("défaut : \(problem)") }
    }
}

/// Gives the proof that one record stands in the ledger.
struct LedgerProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Donne la preuve qu'une ligne est au registre (C2SP tlog-proof).")
    @OptionGroup var data: DataOption
    @Option(help: "Dossier du registre. Par défaut : ledger/ dans le dossier des données.")
    var ledger: String?
    @Argument(help: "L'entrée, telle que l'en-tête X-Ledger-Entry la nomme, ou son numéro.")
    var entry: String
    @Flag(help: "Écrire la ligne elle-même, telle qu'elle est inscrite, au lieu de sa preuve.")
    var record = false

    func run() throws {
        let reader = LedgerReader(directory: try ledger.map { URL(filePath: $0) } ?? data.open().ledger)
        guard let number = entry.split(separator: "-").last, let sequence = UInt64(number) else {
            throw ValidationError("Entrée illisible : \(entry)")
        }
        if record {
            guard let payload = try reader.payload(of: sequence) else {
                throw ValidationError("Cette ligne n'existe pas, ou a été purgée.")
            }
            return print(String(decoding: payload, as: UTF8.self))
        }
        guard let proof = try reader.proof(of: sequence) else {
            throw ValidationError("Aucun point de contrôle ne couvre cette ligne.")
        }
        print("\(proof)", terminator: "")
    }
}

/// Checks a proof with nothing but the record and the key.
struct LedgerCheckProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-proof", abstract: "Vérifie la preuve d'une ligne, sans le registre.")
    @Option(help: "Clé publique du registre, ou fichier qui la contient.")
    var key: String
    @Argument(help: "Fichier de la preuve.")
    var proof: String
    @Argument(help: "Fichier de la ligne, telle qu'elle est inscrite.")
    var record: String

    func run() throws {
        let content = (try? String(contentsOfFile: key, encoding: .utf8)) ?? key
        guard let key = NoteKey(content) else { throw ValidationError("Clé illisible.") }
        let line = try String(contentsOfFile: record, encoding: .utf8).trimmingCharacters(in: .newlines)
        let text = try String(contentsOfFile: proof, encoding: .utf8)
        guard let proof = LedgerProof(text, payload: Array(line.utf8)), proof.holds(for: key) else {
            print("Cette preuve ne vaut pas pour cette ligne et cette clé.")
            throw ExitCode.failure
        }
        print("Cette ligne est au registre, la \(proof.index + 1)e.")
    }
}
