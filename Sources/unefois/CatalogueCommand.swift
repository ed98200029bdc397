import ArgumentParser
import CatalogueModel
import Foundation
import Values

struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue", abstract: "Vérifie le catalogue et rejoue des réponses enregistrées.",
        subcommands: [Check.self, ReplayCommand.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Vérifie chaque descripteur et rejoue ses exemples.")
        @OptionGroup var catalogue: CatalogueOption

        func run() throws {
            do {
                let folder = try catalogue.folder()
                let compiled = try CatalogueCompiler(folder: folder).compile()
                let differences = RecordingReplay(catalogue: compiled, folder: folder).differences()
                guard differences.isEmpty else {
                    print(differences.map(\.description).joined(separator: "\n"))
                    throw ExitCode.failure
                }
                let recordings = compiled.apis.reduce(0) { $0 + $1.recordings.count }
                print(
                    "\(compiled.apis.count) API, \(compiled.operations.count) opérations, \(recordings) exemples : aucun défaut."
                )
            } catch let fault as CatalogueFault {
                print(fault.description)
                throw ExitCode.failure
            }
        }
    }
}

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Rejoue des réponses enregistrées de fournisseurs.",
        discussion: """
            Un faux fournisseur sert chaque réponse sur HTTP, l'appel public correspondant est fait avec tous les \
            périmètres, et le résultat est comparé à ce que dit l'index.
            """)
    @OptionGroup var catalogue: CatalogueOption
    @Argument(help: "Fichier d'index.")
    var index: String
    @Option(help: "Un fournisseur seulement.")
    var provider: String?
    @Option(help: "Instant d'où part l'horloge, comme 2026-04-28T12:00:00Z. Par défaut : aujourd'hui à midi.")
    var clock: String?

    func run() async throws {
        // At night the providers that announce maintenance would refuse calls whose answers are compared.
        let noon = Paris.instant(of: WallClock.system.today, minute: 12 * 60)
        let start = try clock.map { try ClockText.date($0) } ?? noon
        let replay = try Replay(
            index: ReplayIndex(index), catalogue: catalogue.compile(),
            clock: start.map { .starting(at: $0) } ?? .system)
        let count = try await replay.run(provider: provider) { print($0) }
        if count.skipped > 0 { print("\(count.skipped) opérations hors du catalogue, laissées de côté") }
        print("\(count.passed) passed, \(count.failed) failed")
        if count.failed > 0 || count.passed == 0 { throw ExitCode.failure }
    }
}
