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
        for api in hub.catalogue.apis { lines.append("    \(base)/catalogue/\(api.id)") }
        if let adminPort { lines.append("  Métriques        http://\(settings.host):\(adminPort)/metrics") }
        for (id, address) in (sandbox?.addresses ?? [:]).sorted(by: { $0.key < $1.key }) {
            lines.append("  Simulateur       \(id.padding(toLength: 15, withPad: " ", startingAt: 0)) \(address)")
        }
        if let demoToken, let operation = hub.catalogue.operation(Self.demonstration) {
            lines += [
                "", "Un jeton de démonstration (personnes fictives seulement) :", "", "  \(demoToken)", "",
                "Un premier appel : le quotient familial d'une famille fictive.", "",
                "  " + CurlLine.text(operation, base: base, token: demoToken),
                "", "D'autres personnes et entreprises à essayer : unefois sandbox people, unefois sandbox companies",
            ]
        }
        print(lines.joined(separator: "\n"))
        print("")
        fflush(nil)
    }

    static let demonstration = "api_particulier_v3_cnav_quotient_familial_with_civility"
}

/// The command line of a call with the catalogue's own example.
enum CurlLine {
    static func text(_ operation: APIOperation, base: String, token: String) -> String {
        var text = "curl -sG '\(base)\(path(operation))' -H 'Authorization: Bearer \(token)'"
        for (name, value) in query(operation) { text += " \\\n    --data-urlencode '\(name)=\(value)'" }
        return text
    }

    /// The route with its variables filled in.
    static func path(_ operation: APIOperation) -> String {
        operation.parameters.filter(\.isInPath).reduce(operation.route) { path, parameter in
            path.replacingOccurrences(of: "{\(parameter.plainName)}", with: value(parameter, operation)?.text ?? "")
        }
    }

    /// Parameters of the example; those of a choice (name of commune beside its code) are left out.
    static func query(_ operation: APIOperation) -> [(String, String)] {
        var pairs: [(String, String)] = []
        switch operation.style {
        case .entreprise:
            pairs = [("context", "Aide publique"), ("object", "Dossier 2026-001"), ("recipient", "13002526500013")]
        case .particulier: pairs = [("recipient", "13002526500013")]
        case .particulierV2: break
        }
        for parameter in operation.parameters where !parameter.isInPath && isShown(parameter, operation) {
            let value = value(parameter, operation)
            for item in value?.items ?? [value].compactMap(\.self) { pairs.append((parameter.name, item.text ?? "")) }
        }
        return pairs
    }

    private static func value(_ parameter: Parameter, _ operation: APIOperation) -> JSON? {
        operation.example.first { $0.name == parameter.name }?.value ?? parameter.example
    }

    private static let optionalShown: Set = [
        "anneeDateNaissance", "moisDateNaissance", "jourDateNaissance", "codeCogInseeCommuneNaissance",
    ]

    private static func isShown(_ parameter: Parameter, _ operation: APIOperation) -> Bool {
        parameter.isRequired || operation.example.contains { $0.name == parameter.name }
            || optionalShown.contains(operation.slots[parameter.slot])
    }
}
