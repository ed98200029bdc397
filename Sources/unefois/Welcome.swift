import CatalogueModel
import Foundation
import Operations
import Values

/// What a newcomer reads when the service has started.
struct Welcome: Sendable {
    let hub: Hub
    let settings: Settings
    let sandbox: SandboxProcess?
    let demoToken: String?

    func show(port: Int, adminPort: Int?) async {
        let base = hub.address.url
        var lines = [
            "", "UneFois est prêt.", "",
            "  Accueil          \(base)/",
            "  Catalogue        \(base)/catalogue",
            "  OpenAPI          \(base)/openapi",
        ]
        lines.append("    \(hub.catalogue.apis.count) API, \(hub.catalogue.operations.count) adresses")
        lines.append("  Géographie       \(base)/geo/communes, \(hub.geography.origin)")
        if let adminPort { lines.append("  Métriques        http://\(settings.adminHost):\(adminPort)/metrics") }
        for (id, address) in (sandbox?.addresses ?? [:]).sorted(by: { $0.key < $1.key }) where !id.hasPrefix("_") {
            lines.append("  Simulateur       \(id.padding(toLength: 20, withPad: " ", startingAt: 0)) \(address)")
        }
        if let demoToken, let operation = hub.catalogue.operation(Self.demonstration) {
            lines += [
                "", "Un jeton de démonstration (personnes fictives seulement) :", "", "  \(demoToken)", "",
                "Un premier appel : le quotient familial d'une famille fictive.", "",
                "  " + CallExample(operation).curl(publicURL: base, token: demoToken).replacing("\n", with: "\n  "),
                "", "D'autres personnes et entreprises à essayer : unefois sandbox people, unefois sandbox companies",
            ]
        }
        print(lines.joined(separator: "\n"))
        print("")
        fflush(nil)
    }

    static let demonstration = "api_particulier_v3_cnav_quotient_familial_with_civility"
}
