import Crypto
import Documents
import Hummingbird
import Values

/// The certificates of vigilance of the bodies that collect social contributions.
struct URSSAFProvider: SimulatedProvider {
    static let id = "urssaf"

    let population: Population
    let credentials: Credentials

    private static let scope = "attn.api_entreprise"

    func answer(_ call: Call) async -> Reply {
        guard call.method == .post else { return Reply(status: .methodNotAllowed) }
        switch call.path {
        case "/api/oauth/v1/token": return token(call.form)
        case "/attn/entreprise/v1/demandes/api_entreprise": return certificate(call)
        default: return .notFound
        }
    }

    private func token(_ form: Form) -> Reply {
        guard form["grant_type"] == "client_credentials" else { return .oauth("unsupported_grant_type") }
        guard credentials.accepts(form["client_id"], form["client_secret"]) else {
            return .oauth("invalid_client", status: .unauthorized)
        }
        guard form["scope"] == Self.scope else { return .oauth("invalid_scope") }
        return credentials.grant(for: Self.scope)
    }

    private func certificate(_ call: Call) -> Reply {
        guard credentials.accepts(token: call.bearer, for: Self.scope) else {
            return .oauth("invalid_token", status: .unauthorized)
        }
        guard let order = call.json, order["typeAttestation"]?.text == "AVG_UR", order["idClient"]?.text != nil,
            CompanyNumber.isSiret(order["beneficiaire"]?.text ?? ""), let siren = order["siren"]?.text
        else { return refusal("FUNC500", "Demande incomplète", "Un champ de la demande manque ou est mal formé") }
        guard let company = population.company(siren), company.ceased == nil else { return Self.unknown }
        switch company.standing {
        case .upToDate: break
        case .refused: return refusal("FUNC502", "Attestation refusée", "Des cotisations restent dues")
        case .manualReview: return refusal("FUNC503", "Vérification manuelle", "Un gestionnaire étudie la situation")
        case .underReview: return refusal("FUNC504", "Vérification en cours", "La demande est en cours d'étude")
        case .unknown: return Self.unknown
        }
        let owner = company.owner.map { population.people[$0].fullName }
        let pdf = document(for: company, name: owner ?? company.name)
        return Reply.text(pdf.base64, type: "text/plain")
    }

    private static var unknown: Reply { refusal("FUNC517", "Siren inconnu", "Aucun compte à ce Siren") }

    private static func refusal(_ code: String, _ message: String, _ description: String) -> Reply {
        .json(
            [["code": .string(code), "message": .string(message), "description": .string(description)]],
            status: .badRequest)
    }

    private func refusal(_ code: String, _ message: String, _ description: String) -> Reply {
        Self.refusal(code, message, description)
    }

    /// A certificate as of the end of last month.
    private func document(for company: Company, name: String) -> PlainPDF {
        let today = population.clock.today
        let date = today.endOfMonth(after: -1)
        let digest = SHA256.hash(data: Array((company.siren + date.description).utf8))
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let code = String(digest.prefix(15).map { alphabet[Int($0) % alphabet.count] })
        return PlainPDF(pages: [
            [
                "SPÉCIMEN SANS VALEUR : DONNÉES FICTIVES", "Attestation de vigilance", "Entreprise : " + name,
                "Siren : " + company.siren, "Code de sécurité :", code,
            ],
            [
                "SPÉCIMEN SANS VALEUR : DONNÉES FICTIVES", "Situation de l'entreprise " + company.siren,
                "L'entreprise a rempli ses obligations", "à la date du \(date.french)", "Fait le \(today.french)",
            ],
        ])
    }
}
