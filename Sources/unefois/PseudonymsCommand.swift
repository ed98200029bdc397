import ArgumentParser
import Foundation
import Ledger
import Values

struct PseudonymsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pseudonyms", abstract: "Les clés des pseudonymes du registre.", subcommands: [Destroy.self])

    struct Destroy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Détruit la clé d'une année : ses pseudonymes deviennent muets, sans retour.",
            discussion: """
                Sur une base partagée, elle l'est sur tous les nœuds. Les sauvegardes la gardent jusqu'à leur fin. La \
                clé de l'année en cours est remplacée par une autre.
                """)
        @OptionGroup var data: DataOption
        @Argument(help: "Année civile, de Paris.")
        var year: Int

        func validate() throws {
            guard (2000...Paris.date(at: Date()).year).contains(year) else {
                throw ValidationError("Cette année n'a pas de clé.")
            }
        }

        func run() async throws {
            let year = year
            try await data.open().changePseudonyms { keys in
                try keys.destroyKey(of: year)
                // At once, lest two nodes make different ones.
                if year == Paris.date(at: Date()).year { _ = try keys.pseudonym(of: [], at: Date()) }
            }
            print("La clé de \(year) est détruite.")
        }
    }
}
