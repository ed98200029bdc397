import HTTPTypes
import Hummingbird
import Values

/// The bus of the social benefits (CNAV, for CNAF, MSA and Sécurité sociale).
struct CNAVProvider: SimulatedProvider {
    static let id = "cnav"

    let population: Population
    let credentials: Credentials

    /// A benefit: its path is also the scope its token must have.
    enum Benefit: String, CaseIterable {
        case quotientFamilial = "quotient_familial"
        case rsa = "revenu_solidarite_active"
        case primeActivite = "prime_activite"
        case aah = "allocation_adulte_handicape"
        case aeeh = "allocation_enfant_handicape"
        case asf = "allocation_soutien_familial"
        case c2s = "complementaire_sante_solidaire"
        case eaje = "participation_familiale_eaje"
        case ars = "allocation_rentree_scolaire"
    }

    func answer(_ call: Call) async -> Reply {
        if call.path == "/token" { return token(call) }
        guard let name = call.segment(after: "/"), let benefit = Benefit(rawValue: name), call.method == .get else {
            return failure(40401, "Ce service n'existe pas", status: .notFound)
        }
        guard credentials.accepts(token: call.bearer, for: benefit.rawValue) else {
            return failure(40101, "Jeton absent, expiré ou d'une autre portée", status: .unauthorized)
        }
        if let (code, message) = refusal(call.query, of: benefit) {
            return failure(code, message, status: .badRequest)
        }
        let found = population.people(like: identity(call.query))
        if found.count > 1 { return failure(40409, "Plusieurs personnes possibles", status: .notFound) }
        guard let index = found.first else { return unattached }
        return answer(benefit, for: index, query: call.query)
    }

    private func token(_ call: Call) -> Reply {
        guard call.method == .post, call.form["grant_type"] == "client_credentials" else {
            return .oauth("unsupported_grant_type")
        }
        guard let (user, password) = call.basic, credentials.accepts(user, password) else {
            return .oauth("invalid_client", status: .unauthorized)
        }
        guard let scope = call.form["scope"], Benefit(rawValue: scope) != nil else { return .oauth("invalid_scope") }
        return credentials.grant(for: scope)
    }

    /// The first parameter that is missing or ill-formed.
    private func refusal(_ query: Form, of benefit: Benefit) -> (Int, String)? {
        if query["nomNaissance"] == nil, query["nomUsage"] == nil { return (40002, "Aucun nom n'est donné") }
        if query["listePrenoms"] == nil { return (40003, "Aucun prénom n'est donné") }
        guard let genre = query["genre"], Sex(rawValue: genre) != nil else { return (40004, "Le genre est M ou F") }
        if let date = query["dateNaissance"], CivilDate(date) == nil { return (40013, "Date de naissance mal formée") }
        guard benefit == .quotientFamilial else { return nil }
        if let year = query["anneeDemandee"], year.utf8.count != 4 || Int(year) == nil {
            return (40013, "Année mal formée")
        }
        if let month = query["moisDemande"], month.utf8.count != 2 || !(1...12).contains(Int(month) ?? 0) {
            return (40013, "Mois mal formé")
        }
        return nil
    }

    private func identity(_ query: Form) -> Identity {
        Identity(
            name: query["nomNaissance"] ?? query["nomUsage"],
            firstNames: query["listePrenoms"].map { $0.split(separator: " ").map(String.init) } ?? [],
            birth: query["dateNaissance"].flatMap { CivilDate($0) }, sex: query["genre"],
            commune: query["codeLieuNaissance"], communeName: query["villeNaissance"],
            department: query["depNaissance"], country: query["codePaysNaissance"])
    }

    private func answer(_ benefit: Benefit, for index: Int, query: Form) -> Reply {
        let person = population.people[index]
        let family = population.families[person.family]
        guard let regime = family.regime else { return unattached }
        let file = BenefitFile(
            family: family, person: person, isFirstChild: family.children.first == index,
            members: { population.people[$0] }, today: population.clock.today)
        let content: JSON? =
            switch benefit {
            case .quotientFamilial: file.quotient(year: query["anneeDemandee"], month: query["moisDemande"])
            case .eaje: file.childcare
            default: file.benefit(benefit)
            }
        let header = regime == .cnaf ? "00810011" : "00171001"
        guard let content else {
            return failure(40401, "Aucun dossier chez cet organisme", status: .notFound).with(.regime, header)
        }
        return Reply.json(content).with(.regime, header)
    }

    private var unattached: Reply {
        failure(40406, "Aucun organisme n'est rattaché à cette personne", status: .notFound)
    }

    private func failure(_ code: Int, _ message: String, status: HTTPResponse.Status) -> Reply {
        .json(["errorCode": .integer(code), "error": .string(message)], status: status)
    }
}

extension HTTPField.Name {
    /// The regime that answered.
    fileprivate static let regime = HTTPField.Name("X-APISECU-FD") ?? .server
}
