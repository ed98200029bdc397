import ArgumentParser
import Desk
import Foundation
import Values

struct EditorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "editor", abstract: "Inscrit des éditeurs de logiciels et gère leurs jetons.",
        discussion: "Un jeton d'éditeur n'ouvre rien par lui-même : voyez « unefois delegation ».",
        subcommands: [Create.self, Token.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Inscrit un éditeur et affiche son identifiant.")
        @OptionGroup var data: DataOption
        @Option(help: "SIRET de l'éditeur.")
        var siret: String
        @Option(help: "Nom de l'éditeur.")
        var name: String
        @Option(name: .customLong("allow"), help: "Adresse ou bloc CIDR d'où il appelle ; répétez l'option.")
        var addresses: [String] = []

        func validate() throws {
            guard CompanyNumber.isSiret(siret) else { throw ValidationError("--siret n'est pas un numéro SIRET.") }
            for address in addresses where AddressBlock(address) == nil {
                throw ValidationError("--allow \(address) n'est ni une adresse ni un bloc.")
            }
        }

        func run() async throws {
            let store = try await data.open().openStore()
            let vendor = try await store.create(
                SoftwareVendor(id: GrantStore.newID(), siret: siret, name: name, allowedAddresses: addresses))
            print(vendor.id)
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Crée un jeton d'un éditeur et l'affiche.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'éditeur.")
        var editor: String
        @Flag(name: .shortAndLong, help: "N'affiche que le jeton.")
        var quiet = false

        func run() async throws {
            let folder = try data.open()
            let store = try await folder.openStore()
            guard let vendor = try await store.vendors().first(where: { $0.id == editor }) else {
                throw CleanExit.failure("aucun éditeur ne porte cet identifiant")
            }
            let token: VendorToken
            do {
                token = try await store.createToken(forVendor: vendor.id)
            } catch DeskError.vendorRevoked {
                throw CleanExit.failure("cet éditeur a été révoqué")
            }
            let keys = try await SigningKeys.open(folder.signingKeys)
            let jwt = try await TokenIssuer(keys: keys).jwt(for: token, of: vendor).exposed
            guard !quiet else { return print(jwt) }
            print(
                "Éditeur       \(vendor.name)\nJeton         \(token.id)\nExpire le     \(Paris.date(at: token.expires).french)\n\n\(jwt)"
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les éditeurs et leurs jetons.")
        @OptionGroup var data: DataOption

        func run() async throws {
            let store = try await data.open().openStore()
            let vendors = try await store.vendors()
            if vendors.isEmpty { print("Aucun éditeur.") }
            for vendor in vendors {
                print("\(vendor.id)  \(vendor.name) (\(vendor.siret))\(RightState.text(vendor.revoked))")
                for token in try await store.tokens(ofVendor: vendor.id) {
                    print("    jeton \(token.id)\(RightState.text(token.revoked, token.expires))")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Révoque un jeton d'éditeur, ou un éditeur avec tous ses jetons.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant du jeton ou de l'éditeur.")
        var id: String

        func run() async throws {
            let store = try await data.open().openStore()
            do {
                if try await store.vendors().contains(where: { $0.id == id }) {
                    try await store.revoke(vendor: id)
                    print("Éditeur révoqué.")
                } else {
                    try await store.revoke(vendorToken: id)
                    print("Jeton révoqué.")
                }
            } catch DeskError.unknownToken {
                throw CleanExit.failure("aucun jeton d'éditeur ni éditeur ne porte cet identifiant")
            }
        }
    }
}

/// Until when a right holds, as the lists of the command line end their lines.
enum RightState {
    static func text(_ revoked: Date?, _ expires: Date? = nil) -> String {
        if let revoked { return "  révoqué le \(Paris.date(at: revoked).french)" }
        guard let expires else { return "" }
        return expires < Date() ? "  expiré" : "  jusqu'au \(Paris.date(at: expires).french)"
    }
}
