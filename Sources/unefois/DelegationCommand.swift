import ArgumentParser
import Desk
import Foundation
import Values

struct DelegationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegation", abstract: "Délègue à un éditeur le droit d'appeler sous une habilitation.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Délègue une habilitation à un éditeur et affiche l'identifiant de la délégation.",
            discussion: "Elle prend effet en moins d'une seconde, même si le service tourne.")
        @OptionGroup var data: DataOption
        @Option(help: "Identifiant de l'éditeur (unefois editor list).")
        var editor: String
        @Option(help: "Identifiant de l'habilitation (unefois token list).")
        var grant: String

        func run() async throws {
            let store = try await data.open().openStore()
            do {
                print(try await store.delegate(grant: grant, to: editor).id)
            } catch let error as DeskError {
                throw CleanExit.failure(Self.reason(error))
            }
        }

        private static func reason(_ error: DeskError) -> String {
            switch error {
            case .unknownVendor: "aucun éditeur ne porte cet identifiant"
            case .vendorRevoked: "cet éditeur a été révoqué"
            case .unknownGrant: "aucune habilitation ne porte cet identifiant"
            case .grantRevoked: "cette habilitation a été révoquée"
            case .grantExpired: "cette habilitation a expiré"
            case .alreadyDelegated: "cette habilitation est déjà déléguée à cet éditeur"
            default: "\(error)"
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les délégations.")
        @OptionGroup var data: DataOption
        @Option(help: "Celles d'un éditeur seulement.")
        var editor: String?

        func run() async throws {
            let rights = try await data.open().openStore().rights().rights
            let shown = rights.delegations.filter { delegation in editor.map { $0 == delegation.vendor } ?? true }
            if shown.isEmpty { print("Aucune délégation.") }
            for delegation in shown {
                let vendor = rights.vendors[delegation.vendor]?.name ?? delegation.vendor
                let grant = rights.grants[delegation.grant]
                let body = grant.map { "\($0.organisation) (\($0.siret)) — \($0.title)" } ?? delegation.grant
                let state = RightState.text(delegation.revoked ?? grant?.revoked, grant?.expires)
                print("\(delegation.id)  \(vendor) pour \(body)\(state)")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Retire une délégation ; l'habilitation et les autres délégations restent.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de la délégation.")
        var id: String

        func run() async throws {
            do {
                try await data.open().openStore().revoke(delegation: id)
            } catch DeskError.unknownDelegation {
                throw CleanExit.failure("aucune délégation ne porte cet identifiant")
            }
            print("Délégation retirée.")
        }
    }
}
