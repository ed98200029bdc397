import ArgumentParser
import CatalogueModel
import Desk
import Foundation
import Values

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Crée, montre et révoque des jetons.",
        subcommands: [Create.self, Add.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Crée une habilitation et son jeton.",
            discussion: "Le jeton prend effet en moins d'une seconde, même si le service tourne.")

        @OptionGroup var data: DataOption
        @OptionGroup var catalogue: CatalogueOption
        @Flag(help: "Tous les périmètres du catalogue, sans limite d'appels : pour les contrôles seulement.")
        var allScopes = false
        @Option(name: .customLong("scope"), help: "Un périmètre ; répétez l'option.")
        var scopes: [String] = []
        @Option(help: "SIRET de l'organisme.")
        var siret = "13002526500013"
        @Option(help: "Nom de l'organisme.")
        var organisation = "Ville de Démonstration"
        @Option(help: "Intitulé de l'habilitation.")
        var title = "Habilitation créée en ligne de commande"
        @Option(help: "Finalité pour laquelle la donnée est demandée.")
        var purpose = "Essais"
        @Option(help: "Texte qui autorise l'échange.")
        var legalBasis = ""
        @Option(help: "Appels permis à la finalité : 5000/mois, 200/jour, 60000/an.")
        var quota: String?
        @Flag(help: "Chaque appel doit nommer un dossier ouvert (unefois cases).")
        var requiresCase = false
        @Option(help: "Limite propre, en appels par minute.")
        var perMinute: Int?
        @Option(name: .customLong("allow"), help: "Adresse ou bloc CIDR autorisé ; répétez l'option.")
        var addresses: [String] = []
        @Option(name: .customLong("datapass-id"), help: "Numéro de la demande sur DataPass, si elle y a été faite.")
        var datapassID: String?
        @Flag(name: .shortAndLong, help: "N'affiche que le jeton.")
        var quiet = false

        func validate() throws {
            guard CompanyNumber.isSiret(siret) else { throw ValidationError("--siret n'est pas un numéro SIRET.") }
            guard allScopes || !scopes.isEmpty else { throw ValidationError("Indiquez --scope ou --all-scopes.") }
            if let perMinute, perMinute < 1 { throw ValidationError("--per-minute doit être positif.") }
        }

        func run() async throws {
            let known = try catalogue.compile().scopes
            for scope in scopes where known[scope] == nil {
                throw ValidationError("Le périmètre \(scope) n'existe pas dans le catalogue.")
            }
            let folder = try data.open()
            let store = try await folder.openStore()
            let grant = try await store.create(
                Grant(
                    id: GrantStore.newID(), siret: siret, organisation: organisation, title: title,
                    purposes: [
                        Purpose(
                            id: Purpose.principal, title: purpose, legalBasis: legalBasis,
                            quota: try quota.flatMap(QuotaArgument.quota), isDefault: true, requiresCase: requiresCase)
                    ],
                    scopes: allScopes ? known.names : scopes, allowedAddresses: addresses,
                    limit: allScopes ? .unlimited : perMinute.map(Grant.Limit.perMinute) ?? .standard,
                    expires: Validity.end(from: Date()), datapassID: datapassID))
            let token = try await store.createToken(for: grant.id)
            let keys = try await SigningKeys.open(folder.signingKeys)
            let jwt = try await TokenIssuer(keys: keys).jwt(for: token, of: grant).exposed
            guard !quiet else { return print(jwt) }
            print(
                "Habilitation  \(grant.id)\nJeton         \(token.id)\nExpire le     \(Paris.date(at: token.expires).french)\n\n\(jwt)"
            )
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ajoute un jeton à une habilitation, au besoin pour une de ses finalités.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation (unefois token list).")
        var grant: String
        @Option(help: "Finalité des appels de ce jeton qui n'en nomment pas.")
        var purpose: String?

        func run() async throws {
            let folder = try data.open()
            let store = try await folder.openStore()
            do {
                let token = try await store.createToken(for: grant, purpose: purpose)
                guard let grant = try await store.grant(grant) else { throw DeskError.unknownGrant(grant) }
                let keys = try await SigningKeys.open(folder.signingKeys)
                print(try await TokenIssuer(keys: keys).jwt(for: token, of: grant).exposed)
            } catch let error as DeskError {
                throw CleanExit.failure(PurposeCommand.reason(error))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les habilitations et leurs jetons.")
        @OptionGroup var data: DataOption

        func run() async throws {
            let store = try await data.open().openStore()
            let grants = try await store.grants()
            if grants.isEmpty { print("Aucune habilitation.") }
            let usage = try await PurposeUsage(store, at: Date())
            for grant in grants {
                print(
                    "\(grant.id)  \(grant.organisation) — \(grant.title)\(RightState.text(grant.revoked, grant.expires))"
                )
                print("    périmètres : \(grant.scopes.joined(separator: ", "))")
                for purpose in grant.purposes { print("    finalité \(usage.line(purpose, of: grant.id))") }
                for token in try await store.tokens(of: grant.id) {
                    let purpose = token.purpose.map { " pour \($0)" } ?? ""
                    print("    jeton \(token.id)\(purpose)\(RightState.text(token.revoked, token.expires))")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Révoque un jeton, ou une habilitation avec tous ses jetons.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant du jeton ou de l'habilitation.")
        var id: String

        func run() async throws {
            let store = try await data.open().openStore()
            if try await store.grant(id) != nil {
                _ = try await store.revoke(grant: id)
                return print("Habilitation révoquée.")
            }
            do {
                _ = try await store.revoke(token: id)
                print("Jeton révoqué.")
            } catch {
                throw CleanExit.failure("aucun jeton ni habilitation ne porte cet identifiant")
            }
        }
    }
}
