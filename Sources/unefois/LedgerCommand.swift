import ArgumentParser
import Foundation
import Ledger
import Values

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Lit, vérifie, prouve et purge le registre des appels.",
        subcommands: [
            List.self, LedgerVerifyCommand.self, LedgerProveCommand.self, LedgerCheckProofCommand.self,
            LedgerIndexCommand.self, LedgerFindCommand.self, LedgerPurgeCommand.self, LedgerForgetCommand.self,
            LedgerFillCommand.self,
        ])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les derniers appels.")
        @OptionGroup var data: DataOption
        @Option(name: .shortAndLong, help: "Nombre d'appels.")
        var number = 20
        @Option(help: "Une opération seulement.")
        var operation: String?
        @Option(help: "Une habilitation seulement.")
        var grant: String?
        @Option(help: "Les appels d'un éditeur seulement, par son SIRET.")
        var editor: String?
        @Flag(help: "Un objet JSON par appel.")
        var json = false
        @Flag(help: "Aussi les intentions : ce qui allait être demandé.")
        var intents = false

        func run() throws {
            let reader = LedgerReader(directory: try data.open().ledger)
            let filter = LedgerFilter(
                operation: operation, grant: grant, vendor: editor, stage: intents ? nil : .outcome)
            let records = try reader.last(number, matching: filter)
            if records.isEmpty, !json { print("Aucun appel.") }
            for record in records { print(json ? record.serialized : Self.line(record)) }
        }

        static func line(_ record: CallRecord) -> String {
            let status = record.stage == .intent ? "intention" : "\(record.outcome.status)"
            let outcome = status + (record.outcome.code.map { " " + $0 } ?? "")
            let time = record.time.formatted(.iso8601)
            let caller = (record.organisation ?? "—") + (record.vendor.map { " par \($0)" } ?? "")
            return "\(record.sequence)  \(time)  \(outcome)  \(record.operation)  \(caller)  "
                + "\(record.subject ?? "—")  \(record.durations.total) µs"
        }
    }
}
