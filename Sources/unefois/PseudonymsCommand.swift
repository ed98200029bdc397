import ArgumentParser
import Foundation
import Ledger
import Nodes
import Values

struct PseudonymsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pseudonyms", abstract: "Les clés des pseudonymes du registre.", subcommands: [Destroy.self])

    struct Destroy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Détruit la clé d'une année révolue : ses pseudonymes deviennent muets, sans retour.",
            discussion: """
                Sur une base partagée, la clé est détruite sur tous les nœuds en une minute. Un service qui s'en est \
                servi la garde en mémoire jusqu'à son arrêt ; les sauvegardes, jusqu'à leur fin.
                """)
        @OptionGroup var data: DataOption
        @Argument(help: "Année civile, de Paris.")
        var year: Int

        func validate() throws {
            guard (2000..<Paris.date(at: Date()).year).contains(year) else {
                throw ValidationError("Seule la clé d'une année révolue peut être détruite.")
            }
        }

        func run() async throws {
            let folder = try data.open()
            if folder.shared != nil {
                let database = try await folder.openDatabase()
                try await folder.sharedKeys(database, clock: .system)?.destroy("pseudonym-keys/\(year).key")
            }
            try PseudonymKeys(directory: folder.pseudonymKeys).destroyKey(of: year)
            print("La clé de \(year) est détruite.")
        }
    }
}
