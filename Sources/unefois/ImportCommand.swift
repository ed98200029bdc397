import ArgumentParser
import Foundation
import Geography

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Importe des données de référence.", subcommands: [Cog.self])

    struct Cog: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Importe le code officiel géographique et les codes postaux.",
            discussion: """
                DOSSIER contient les fichiers de l'INSEE (communes, départements, régions, mouvements, populations), de \
                la DGCL (EPCI) et de La Poste, en CSV ; docs/geography.md donne leurs noms. Rien ne change si un \
                fichier a un défaut. Le service en marche doit être redémarré.
                """)
        @OptionGroup var data: DataOption
        @Argument(help: "Dossier des fichiers.")
        var folder: String

        func run() throws {
            do {
                let cog = try CogImport(URL(filePath: folder))
                let file = try data.open().geography
                try GeographyFile.write(cog.geography, to: file)
                for table in cog.report {
                    let ignored = table.ignored > 0 ? " (dont \(table.ignored) hors des communes d'aujourd'hui)" : ""
                    print("\(table.table) : \(table.rows) lignes\(ignored)")
                }
                if !cog.missing.isEmpty { print("sans fichier : \(cog.missing.joined(separator: ", "))") }
                print("\(cog.geography.summary)\nécrits dans \(file.path)")
            } catch {
                throw CleanExit.failure("import refusé, rien n'a changé\n\(error)")
            }
        }
    }
}
