import ArgumentParser
import Desk
import Foundation
import Values

struct DataRequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data-requests", abstract: "Liste les demandes de données faites sur la carte.")
    @OptionGroup var data: DataOption
    @Option(help: "Une donnée seulement, par son identifiant.")
    var datum: String?
    @Flag(help: "Un objet JSON par demande.")
    var json = false

    func run() async throws {
        let store = DataRequestStore(database: try await data.open().openDatabase())
        let requests = try await store.requests().filter { datum == nil || $0.datum == datum }
        if requests.isEmpty, !json { print("Aucune demande.") }
        for request in requests { print(json ? Self.object(request).serialized : Self.line(request)) }
    }

    private static func line(_ request: DataRequest) -> String {
        let reason = request.reason.replacing("\n", with: " ")
        return "\(request.made.formatted(.iso8601))  \(request.datum)  \(request.siret)  \(reason)"
    }

    private static func object(_ request: DataRequest) -> JSON {
        [
            "made": .string(request.made.formatted(.iso8601)), "datum": .string(request.datum),
            "siret": .string(request.siret), "reason": .string(request.reason),
        ]
    }
}
