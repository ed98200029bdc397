import ArgumentParser
import CatalogueModel
import DataProviders
import Foundation
import Gateway
import Hummingbird
import Logging
import Metrics
import Operations
import Sandbox
import ServiceLifecycle
import Values

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Démarre le service.", discussion: Settings.help)

    @Argument(parsing: .captureForPassthrough, help: "Options : voir le tableau ci-dessus.")
    var options: [String] = []

    func run() async throws {
        guard !options.contains("--help"), !options.contains("-h") else {
            print(ServeCommand.helpMessage())
            return
        }
        let settings: Settings
        do {
            settings = try await Settings.load(arguments: options)
        } catch {
            throw CleanExit.failure(error.description)
        }
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let output = LogOutput.bootstrap(format: settings.logFormat, level: settings.logLevel)
        do {
            try await Server(settings: settings, registry: registry).run()
        } catch {
            output.flush(seconds: 2)
            throw CleanExit.failure((error as? CocoaError)?.inWords ?? "\(error)")
        }
        output.flush(seconds: 2)
    }
}

extension CleanExit {
    /// A message for the operator, and a failed exit.
    static func failure(_ message: String) -> any Error {
        FileHandle.standardError.write(Data(("unefois : " + message + "\n").utf8))
        return ExitCode.failure
    }
}
