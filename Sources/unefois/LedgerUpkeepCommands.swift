import ArgumentParser
import CatalogueModel
import Foundation
import Gateway
import Ledger
import Values

/// Brings the tables for searching up to date.
struct LedgerIndexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Met à jour l'index du registre dans la base, qui se refait à volonté.")
    @OptionGroup var data: DataOption
    @Flag(help: "Refaire l'index depuis la première ligne.")
    var rebuild = false

    func run() async throws {
        let folder = try data.open()
        let index = LedgerIndex(
            database: try await folder.openDatabase(), reader: LedgerReader(directory: folder.ledger))
        print("lignes indexées : \(try await index.update(again: rebuild))")
    }
}

/// Finds records by the index.
struct LedgerFindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Cherche dans l'index un appel, ou les appels qui concernent un sujet.")
    @OptionGroup var data: DataOption
    @Option(help: "Identifiant de l'appel (X-Request-Id).")
    var request: String?
    @Option(help: "Pseudonyme, SIREN ou SIRET.")
    var subject: String?

    func validate() throws {
        guard (request == nil) != (subject == nil) else { throw ValidationError("Indiquez --request ou --subject.") }
    }

    func run() async throws {
        let folder = try data.open()
        let reader = LedgerReader(directory: folder.ledger)
        let index = LedgerIndex(database: try await folder.openDatabase(), reader: reader)
        let sequences = try await index.sequences(requestID: request, subject: subject)
        if sequences.isEmpty { print("Aucune ligne ; l'index est-il à jour ? (ledger index)") }
        for sequence in sequences {
            guard let record = try reader.payload(of: sequence).flatMap({ CallRecord(payload: $0) }) else { continue }
            print(LedgerCommand.List.line(record))
        }
    }
}

/// Removes records whose time is over; their hashes stay.
struct LedgerPurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge", abstract: "Retire les lignes dont la durée est passée, avec une preuve de purge signée.",
        discussion: "Le registre se vérifie toujours : les empreintes restent. Le segment en cours n'est pas touché.")
    @OptionGroup var data: DataOption
    @Option(help: "Mois de conservation de toutes les lignes.")
    var months = 36
    @Option(help: "Mois de conservation des appels qui concernent une personne.")
    var person: Int?
    @Option(help: "Mois de conservation des appels qui concernent une entreprise.")
    var company: Int?
    @Option(help: "Mois de conservation des demandes de données ouvertes sans jeton.")
    var open: Int?

    func validate() throws {
        guard [months, person ?? 1, company ?? 1, open ?? 1].allSatisfy((1...1200).contains) else {
            throw ValidationError("Un nombre de mois va de 1 à 1200.")
        }
    }

    func run() throws {
        let (folder, now) = (try data.open(), Date.now)
        func limit(_ months: Int?) -> Date {
            Calendar(identifier: .gregorian).date(byAdding: .month, value: -(months ?? self.months), to: now)
                ?? .distantPast
        }
        let purge = try LedgerPurge(
            directory: folder.ledger, keys: folder.ledgerKey,
            limits: [.person: limit(person), .company: limit(company), .open: limit(open), .other: limit(nil)], now: now
        )
        print("lignes purgées : \(try purge.run())")
    }
}

/// Takes one person's part out of the keys of pseudonyms.
struct LedgerForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Rend muets à jamais les pseudonymes d'une personne.",
        discussion: """
            Lit sur l'entrée standard une ligne « nom=valeur » par élément d'identité, pour que rien n'en reste dans
            l'historique du terminal : \(FranceConnectIdentity.parameters.joined(separator: ", ")), ou ine seul.
            Le registre n'est pas touché et se vérifie toujours. Les sauvegardes de pseudonym-keys/ sont à détruire aussi.
            """)
    @OptionGroup var data: DataOption

    func run() async throws {
        var values: [String: String] = [:]
        while let line = readLine() {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, FranceConnectIdentity.parameters.contains(parts[0]) || parts[0] == "ine" else {
                throw ValidationError("Chaque ligne est « nom=valeur », d'un élément d'identité connu.")
            }
            values[parts[0]] = parts[1]
        }
        guard let person = Subject.person(values) else { throw ValidationError("Aucune identité n'a été donnée.") }
        let whole = try await data.open().changePseudonyms { try $0.forget(person) }
        print("C'est fait : rien ne mène plus de cette personne à ses lignes.")
        for year in whole {
            print(
                "Sauf pour \(year) : sa clé, d'une version antérieure, ne s'oublie qu'entière (pseudonyms destroy \(year))."
            )
        }
        if !whole.isEmpty { throw ExitCode.failure }
    }
}

/// Appends records as fast as it can and tells which are durable: for the crash tests.
struct LedgerFillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fill", shouldDisplay: false)
    @OptionGroup var data: DataOption
    @Option var calls = Int.max
    @Option var atOnce = 64
    @Option var segmentBytes = 64 << 20

    func run() async throws {
        let folder = try data.open()
        guard !FileManager.default.fileExists(atPath: folder.database) else {
            throw ValidationError("Ce dossier est celui d'une instance : rien n'y est inventé.")
        }
        let writer = try LedgerWriter(directory: folder.ledger, limits: LedgerLimits(segmentBytes: segmentBytes))
        let checkpointer = try Checkpointer(writer, CheckpointSigner(directory: folder.ledgerKey, ledger: writer.id))
        let lane = FillLane(writer: writer, run: UUID().uuidString)
        await withTaskGroup { group in
            for first in 0..<atOnce {
                group.addTask { [calls, atOnce] in
                    for number in stride(from: first, to: calls, by: atOnce) where await !lane.call(number) { return }
                }
            }
        }
        await writer.close()
        await checkpointer.finish()
    }
}

/// One after the other, intents and outcomes; what is durable is told on standard output.
private struct FillLane: Sendable {
    let writer: LedgerWriter
    let run: String

    /// False once the ledger takes nothing more.
    func call(_ number: Int) async -> Bool {
        let id = "\(run)-\(number)"
        let base = CallRecord(
            stage: .intent, time: .now, requestID: id, grant: "grant", token: "token", organisation: "13002526500013",
            recipient: "13002526500013", purpose: "essai", operation: "essai", provider: "essai", scopes: ["un"],
            subject: "2026-00000000:00000000000000000000000000000000")
        do {
            let intent = try writer.begin(base)
            var outcome = base
            (outcome.stage, outcome.outcome) = (.outcome, .init(status: 200))
            let sequence = try await writer.append(outcome, after: intent)
            // One write a line: a killed process leaves whole lines only.
            let line = Array("\(sequence) \(id)\n".utf8)
            return line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) } == line.count
        } catch { return false }
    }
}
