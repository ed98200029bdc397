import ArgumentParser
import Foundation

/// What each stage of a call costs, apart from the network and from each other.
@main
struct StageBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage-benchmarks", abstract: "Mesure chaque étape d'un appel, hors du réseau.")

    @Option(help: "Dossier du catalogue.")
    var catalogue = "Catalogue"
    @Option(help: "Réponse du fournisseur.")
    var answer = "Benchmarks/quotient-familial.json"
    @Option(help: "Nombres d'habilitations, séparés par des virgules.")
    var grants = "100,10000,1000000"

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let hub = try await BenchedHub(
            catalogue: URL(filePath: catalogue), answer: Array(Data(contentsOf: URL(filePath: answer))), folder: folder)

        let call = try await CallStages(hub)
        let costs = try call.measure()
        Table.print(["étape", "par appel", "ns", "malloc"], costs.map(\.row))
        let sum = costs.reduce(0) { $0 + $1.nanoseconds * Double($1.turns) }
        print("\nSomme : \(Table.number(sum / 1000)) µs.")
        let whole = try await call.wholeCall()
        print("Appel entier, registre compris, sans réseau, 32 à la fois : \(Table.number(whole / 1000)) µs.\n")

        var rows: [[String]] = []
        for count in grants.split(separator: ",").compactMap({ Int($0) }) {
            rows.append(try await GrantStages(hub, count: count).row())
        }
        Table.print(GrantStages.columns, rows)
        print("")
        rows = []
        for writers in [1, 8, 64] { rows.append(try await LedgerStages(folder, writers: writers).row()) }
        Table.print(LedgerStages.columns, rows)
    }
}

/// Markdown, numbers to the right.
enum Table {
    static func print(_ columns: [String], _ rows: [[String]]) {
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        let rule = columns.indices.map { $0 == 0 ? "---" : "---:" }
        for cells in [columns, rule] + rows { Swift.print(line(cells)) }
    }

    /// Three significant digits at least, thousands apart.
    static func number(_ value: Double) -> String {
        guard value >= 100 else { return String(format: value < 10 ? "%.2f" : "%.1f", value).replacing(".", with: ",") }
        var (text, rest) = ("", Int(value.rounded()))
        while rest >= 1000 {
            text = String(format: " %03d", rest % 1000) + text
            rest /= 1000
        }
        return String(rest) + text
    }
}
