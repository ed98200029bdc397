import ArgumentParser
import Desk
import Foundation
import JOSE
import Values

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Inscrit des clients OAuth, qui obtiennent des jetons courts sans secret partagé.",
        discussion: "Le service ne garde que la clé publique ou l'empreinte du certificat. Voyez docs/tokens.md.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Inscrit un client d'une habilitation ou d'un éditeur et affiche son identifiant.",
            discussion: "Il peut demander ses jetons en moins d'une seconde, même si le service tourne.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant de l'habilitation (unefois token list) ou de l'éditeur (unefois editor list).")
        var holder: String
        @Option(help: "Fichier de ses clés publiques : un JWK, ou un JWKS.")
        var jwks: String?
        @Option(help: "Fichier de son certificat, en PEM.")
        var certificate: String?
        @Flag(help: "Ne lui donner que des jetons liés à une clé par DPoP.")
        var dpopRequired = false

        func validate() throws {
            guard (jwks == nil) != (certificate == nil) else {
                throw ValidationError("Indiquez --jwks ou --certificate, l'un des deux.")
            }
        }

        func run() async throws {
            let credential = try credential()
            let store = try await data.open().openStore()
            let isVendor = try await store.vendors().contains { $0.id == holder }
            do {
                let client = try await store.createClient(
                    of: isVendor ? .vendor(holder) : .grant(holder), credential: credential,
                    requiresDPoP: dpopRequired)
                print(client.id)
            } catch let error as DeskError {
                throw CleanExit.failure(Self.reason(error))
            }
        }

        private func credential() throws -> OAuthClient.Credential {
            if let certificate {
                let text = try String(contentsOfFile: certificate, encoding: .utf8)
                guard let digest = CertificateDigest.ofPEM(text) else {
                    throw CleanExit.failure("\(certificate) n'est pas un certificat seul, en PEM")
                }
                return .certificate(digest)
            }
            let path = jwks ?? ""
            guard let json = try? JSON(parsing: Data(contentsOf: URL(filePath: path))) else {
                throw CleanExit.failure("\(path) n'est pas un fichier JSON")
            }
            let given = json["keys"]?.items ?? [json]
            var keys: [JSON] = []
            for (number, jwk) in given.enumerated() {
                do throws(PublicKey.Refused) {
                    keys.append(try PublicKey(jwk: jwk).jwk)
                } catch {
                    throw CleanExit.failure("clé \(number + 1) de \(path) refusée : \(error)")
                }
            }
            return .keys(keys)
        }

        private static func reason(_ error: DeskError) -> String {
            switch error {
            case .unknownGrant: "aucune habilitation ni aucun éditeur ne porte cet identifiant"
            case .grantRevoked: "cette habilitation a été révoquée"
            case .grantExpired: "cette habilitation a expiré"
            case .vendorRevoked: "cet éditeur a été révoqué"
            case .invalidClient: "un client a d'une à huit clés"
            default: "\(error)"
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Montre les clients.")
        @OptionGroup var data: DataOption

        func run() async throws {
            let rights = try await data.open().openStore().rights().rights
            let clients = rights.clients.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
            if clients.isEmpty { print("Aucun client.") }
            for client in clients {
                let (name, ended): (String, Date?) =
                    switch client.holder {
                    case .grant(let id): (rights.grants[id]?.organisation ?? id, rights.grants[id]?.revoked)
                    case .vendor(let id): (rights.vendors[id]?.name ?? id, rights.vendors[id]?.revoked)
                    }
                print("\(client.id)  \(name)\(RightState.text(client.revoked ?? ended))")
                print("    \(Self.credential(client))\(client.requiresDPoP ? " ; DPoP exigé" : "")")
            }
        }

        private static func credential(_ client: OAuthClient) -> String {
            switch client.credential {
            case .certificate(let digest): "certificat \(Base64URL.encode(digest))"
            case .keys(let keys):
                keys.map { jwk in
                    let name = jwk["kid"]?.text.map { " « \($0) »" } ?? ""
                    return "clé \(jwk["alg"]?.text ?? "")\(name)"
                }.joined(separator: ", ")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Révoque un client et les jetons qu'il a obtenus ; l'habilitation et ses jetons restent.")
        @OptionGroup var data: DataOption
        @Argument(help: "Identifiant du client.")
        var id: String

        func run() async throws {
            do {
                try await data.open().openStore().revoke(client: id)
            } catch DeskError.unknownClient {
                throw CleanExit.failure("aucun client ne porte cet identifiant")
            }
            print("Client révoqué.")
        }
    }
}
