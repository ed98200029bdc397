import ArgumentParser
import Foundation
import Storage

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Met la base de données à la version du programme.",
        discussion: "Le service le fait aussi à son démarrage.")
    @OptionGroup var data: DataOption

    func run() async throws {
        let database = try await data.open().openAnyVersion()
        let applied = try await database.migrate(DataFolder.migrations, at: Date())
        print(applied.isEmpty ? "La base est à jour." : applied.map { "appliqué : \($0)" }.joined(separator: "\n"))
    }
}
