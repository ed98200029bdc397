import ArgumentParser
import Foundation
import Ledger
import Values

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Lit et vérifie le registre des appels.",
        subcommands: [List.self, Verify.self])

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

        func run() throws {
            let reader = LedgerReader(directory: try data.open().ledger)
            let filter = LedgerFilter(operation: operation, grant: grant, vendor: editor)
            let records = try reader.last(number, matching: filter)
            if records.isEmpty, !json { print("Aucun appel.") }
            for record in records { print(json ? record.serialized : Self.line(record)) }
        }

        private static func line(_ record: CallRecord) -> String {
            let outcome = "\(record.outcome.status)" + (record.outcome.code.map { " " + $0 } ?? "")
            let time = record.time.formatted(.iso8601)
            let caller = (record.organisation ?? "—") + (record.vendor.map { " par \($0)" } ?? "")
            return "\(record.sequence)  \(time)  \(outcome)  \(record.operation)  \(caller)  "
                + "\(record.subject ?? "—")  \(record.durations.total) µs"
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Vérifie que le registre est entier.",
            discussion: "Se termine par un code d'erreur si un enregistrement manque ou est altéré.")
        @OptionGroup var data: DataOption

        func run() throws {
            let report = try LedgerReader(directory: try data.open().ledger).verify()
            print("segments \(report.segments)\ncalls \(report.records)")
            if let range = report.sequences { print("sequences \(range.lowerBound)…\(range.upperBound)") }
            for problem in report.problems { print("problem \(problem)") }
            guard report.problems.isEmpty else { throw ExitCode.failure }
            print("Le registre est entier.")
        }
    }
}
