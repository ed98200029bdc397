import ArgumentParser

@main
struct Unefois: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unefois",
        abstract: "Les administrations n'ont plus à demander ce qu'une autre sait déjà.",
        version: unefoisVersion,
        subcommands: [
            ServeCommand.self, CatalogueCommand.self, TokenCommand.self, SandboxCommand.self, LedgerCommand.self,
            MigrateCommand.self,
        ])
}

/// The version of the program.
let unefoisVersion = "0.1.0"
