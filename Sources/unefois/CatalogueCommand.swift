import ArgumentParser
import CatalogueModel
import Foundation

struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue", abstract: "Vérifie le catalogue et rejoue des réponses enregistrées.",
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Vérifie chaque descripteur et rejoue ses exemples.")
        @OptionGroup var catalogue: CatalogueOption

        func run() throws {
            do {
                let folder = try catalogue.folder()
                let compiled = try CatalogueCompiler(folder: folder).compile()
                let recordings = compiled.apis.reduce(0) { $0 + $1.recordings.count }
                print("\(compiled.apis.count) API, \(compiled.operations.count) opérations, \(recordings) exemples : aucun défaut.")
            } catch let fault as CatalogueFault {
                print(fault.description)
                throw ExitCode.failure
            }
        }
    }
}
