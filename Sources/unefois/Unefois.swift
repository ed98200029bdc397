import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

@main
struct Unefois: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unefois",
        abstract: "Les administrations n'ont plus à demander ce qu'une autre sait déjà.",
        version: unefoisVersion,
        subcommands: [
            ServeCommand.self, TryCommand.self, CatalogueCommand.self, TokenCommand.self, EditorCommand.self,
            DelegationCommand.self, ClientCommand.self, PurposeCommand.self, CasesCommand.self, ExplainCommand.self,
            SandboxCommand.self, LedgerCommand.self, PseudonymsCommand.self, DataRequestsCommand.self,
            MigrateCommand.self, BackupCommand.self, RestoreCommand.self, ImportCommand.self,
        ])

    /// Runs async code on the event loops themselves: a call then stays on the thread of its connection, where two
    /// pools of threads would hand it back and forth. Nothing may block there: files, SQL and the ledger have threads
    /// of their own. Measured in `docs/decisions/0006-event-loops-run-async-code.md`.
    static func main() async {
        _ = NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
        do {
            let command = try await asyncParseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                var command = command
                try command.run()
            }
        } catch let failure as CocoaError {
            exit(withError: CleanExit.failure(failure.inWords))
        } catch {
            exit(withError: error)
        }
    }
}

/// The version of the program.
let unefoisVersion = "0.1.0"
