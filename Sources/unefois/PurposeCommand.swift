import ArgumentParser
import Desk
import Foundation
import Gateway
import Values

struct PurposeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purpose", abstract: "Déclare les finalités d'une habilitation et leurs quotas.",
        discussion: "Un appel nomme sa finalité dans l'en-tête X-Purpose ; sans lui, elle est celle du jeton, sinon "
            + "celle par défaut. Voyez docs/purposes.md.",
        subcommands: [Declare.self, List.self, Remove.self])

    struct Declare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Déclare une finalité, ou change celle qui existe ; ce qui n'est pas dit reste.",
            discussion: "Elle prend effet en moins d'une seconde, même si le service tourne.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation (unefois token list).")
        var grant: String
        @Argument(help: "Identifiant de la finalité : un mot en minuscules, comme cantine.")
        var purpose: String
        @Option(help: "Intitulé de la finalité.")
        var title: String?
        @Option(help: "Texte qui autorise l'échange.")
        var legalBasis: String?
        @Option(help: "Appels permis : 5000/mois, 200/jour, 60000/an, ou aucun.")
        var quota: String?
        @Flag(name: .customLong("default"), help: "En faire la finalité des appels qui n'en nomment pas.")
        var isDefault = false
        @Flag(inversion: .prefixedNo, help: "Chaque appel doit nommer un dossier ouvert (unefois cases).")
        var requiresCase: Bool?

        func run() async throws {
            let store = try await data.open().openStore()
            let known = try await store.grant(grant)?.purposes.first { $0.id == purpose }
            var wanted = known ?? Purpose(id: purpose, title: "")
            if let title { wanted.title = title }
            if let legalBasis { wanted.legalBasis = legalBasis }
            if let quota { wanted.quota = try QuotaArgument.quota(quota) }
            if isDefault { wanted.isDefault = true }
            if let requiresCase { wanted.requiresCase = requiresCase }
            do {
                try await store.declare(wanted, of: grant)
            } catch let error as DeskError {
                throw CleanExit.failure(PurposeCommand.reason(error))
            }
            print("Finalité \(purpose) déclarée.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Montre les finalités d'une habilitation et leurs appels de la période en cours.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation.")
        var grant: String

        func run() async throws {
            let store = try await data.open().openStore()
            guard let grant = try await store.grant(grant) else {
                throw CleanExit.failure(PurposeCommand.reason(.unknownGrant(grant)))
            }
            let usage = try await PurposeUsage(store, at: Date())
            for purpose in grant.purposes { print(usage.line(purpose, of: grant.id)) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Retire une finalité ; les appels qui la nomment sont refusés.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation.")
        var grant: String
        @Argument(help: "Identifiant de la finalité.")
        var purpose: String

        func run() async throws {
            do {
                try await data.open().openStore().remove(purpose: purpose, of: grant)
            } catch let error as DeskError {
                throw CleanExit.failure(PurposeCommand.reason(error))
            }
            print("Finalité \(purpose) retirée.")
        }
    }

    static func reason(_ error: DeskError) -> String {
        switch error {
        case .unknownGrant: "aucune habilitation ne porte cet identifiant"
        case .grantRevoked: "cette habilitation a été révoquée"
        case .grantExpired: "cette habilitation a expiré"
        case .unknownPurpose: "cette habilitation n'a pas de finalité de ce nom"
        case .invalidPurpose(let reason):
            switch reason {
            case "its id is no small word": "l'identifiant est un mot de 1 à 40 minuscules, chiffres ou tirets"
            case "it has no title": "une finalité nouvelle demande --title"
            case "a token calls under it": "un jeton en cours l'emploie : révoquez-le d'abord"
            case "its quota allows no call": "un quota permet au moins un appel"
            default: "les appels qui ne nomment pas de finalité l'emploient : donnez ce rôle à une autre (--default)"
            }
        default: "\(error)"
        }
    }
}

/// A quota as the command line writes it.
enum QuotaArgument {
    static func quota(_ text: String) throws -> Purpose.Quota? {
        if text == "aucun" { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let calls = Int(parts[0]), calls > 0,
            let period = Purpose.Period.allCases.first(where: { $0.french == parts[1] })
        else { throw ValidationError("Un quota s'écrit 200/jour, 5000/mois, 60000/an ou aucun.") }
        return Purpose.Quota(calls: calls, period: period)
    }
}

/// How many calls purposes have made in the periods under way, as lists of the command line tell.
struct PurposeUsage {
    private let calls: [PurposeCalls]
    private let now: Date

    init(_ store: GrantStore, at now: Date) async throws {
        calls = try await PurposeCallStore(database: store.database).totals(at: now)
        self.now = now
    }

    func line(_ purpose: Purpose, of grant: Grant.ID) -> String {
        let span = (purpose.quota?.period ?? .month).span(at: now).name
        let used = calls.first { ($0.grant, $0.purpose, $0.span) == (grant, purpose.id, span) }?.calls ?? 0
        var line = "\(purpose.id) — \(purpose.title) : "
        if let quota = purpose.quota {
            line += "\(used) sur \(QuotaText.calls(quota.calls, quota.period))"
            if used >= quota.calls {
                line += " (quota atteint)"
            } else if used >= quota.warning {
                line += " (plus de 80 % du quota)"
            }
        } else {
            line += "\(used) ce mois-ci, sans quota"
        }
        if purpose.isDefault { line += ", par défaut" }
        if purpose.requiresCase { line += ", dossier obligatoire" }
        return purpose.legalBasis.isEmpty ? line : line + " [\(purpose.legalBasis)]"
    }
}
