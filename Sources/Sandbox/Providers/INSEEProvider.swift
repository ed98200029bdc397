import HTTPTypes
import Hummingbird
import Values

/// The business register (INSEE, API Sirene 3.11) and the register of communes.
struct INSEEProvider: SimulatedProvider {
    static let id = "insee"

    let population: Population
    let credentials: Credentials

    private static let base = "/api-sirene/prive/3.11"
    private static let scope = "am_application_scope default"

    func answer(_ call: Call) async -> Reply {
        if call.path == "/token" { return token(call) }
        guard call.method == .get else { return Reply(status: .methodNotAllowed) }
        if call.path == "/metadonnees/geo/communes" { return communes(call.query) }
        guard call.path.hasPrefix(Self.base) else { return .notFound }
        guard credentials.accepts(token: call.bearer, for: Self.scope) else {
            return failure(.unauthorized, "Jeton absent ou expiré")
        }
        if call.path == Self.base + "/siret" { return headOffice(call.query["q"] ?? "") }
        if call.path == Self.base + "/siret/liensSuccession" { return successions(call.query["q"] ?? "") }
        if let siren = call.segment(after: Self.base + "/siren/") { return company(siren, call) }
        if let siret = call.segment(after: Self.base + "/siret/") { return establishment(siret, call) }
        return .notFound
    }

    private func token(_ call: Call) -> Reply {
        let form = call.form
        guard call.method == .post, form["grant_type"] == "password" else { return .oauth("unsupported_grant_type") }
        guard credentials.accepts(form["client_id"], form["client_secret"]),
            credentials.accepts(form["username"], form["password"])
        else { return .oauth("invalid_grant", status: .unauthorized) }
        return credentials.grant(for: Self.scope)
    }

    private func company(_ siren: String, _ call: Call) -> Reply {
        guard siren.utf8.count == 9 else { return failure(.badRequest, "Siren mal formé") }
        guard let company = population.company(siren) else { return failure(.notFound, "Siren \(siren) inconnu") }
        switch company.fate {
        case .forbidden: return failure(.forbidden, "Unité légale \(siren) non communicable")
        case .duplicate(let other): return moved("/siren/" + other, call)
        case .known: break
        }
        return .json(["header": header(), "uniteLegale": record(of: company).company])
    }

    private func establishment(_ siret: String, _ call: Call) -> Reply {
        guard siret.utf8.count == 14 else { return failure(.badRequest, "Siret mal formé") }
        guard let company = population.company(String(siret.prefix(9))),
            let establishment = company.establishments.first(where: { company.siret($0) == siret })
        else { return failure(.notFound, "Siret \(siret) inconnu") }
        switch company.fate {
        case .forbidden: return failure(.forbidden, "Établissement \(siret) non communicable")
        case .duplicate(let other):
            guard let heir = population.company(other), let head = heir.head else { return .notFound }
            return moved("/siret/" + heir.siret(head), call)
        case .known: break
        }
        return .json(["header": header(), "etablissement": record(of: company).establishment(establishment)])
    }

    private func headOffice(_ query: String) -> Reply {
        guard let match = query.wholeMatch(of: /etablissementSiege:true AND siren:(\d{9})/) else {
            return failure(.badRequest, "Recherche non comprise")
        }
        guard let company = population.company(String(match.1)), let head = company.head else {
            return failure(.notFound, "Aucun établissement trouvé")
        }
        switch company.fate {
        case .forbidden: return failure(.forbidden, "Unité légale non communicable")
        case .duplicate: return failure(.notFound, "Aucun établissement trouvé")
        case .known: break
        }
        return .json(["header": header(total: 1), "etablissements": [record(of: company).establishment(head)]])
    }

    private func successions(_ query: String) -> Reply {
        let pattern = /siretEtablissementSuccesseur:(\d{14}) OR siretEtablissementPredecesseur:(\d{14})/
        guard let match = query.wholeMatch(of: pattern), match.1 == match.2 else {
            return failure(.badRequest, "Recherche non comprise")
        }
        let siret = String(match.1)
        let links = (population.company(String(siret.prefix(9)))?.successions ?? []).filter {
            $0.from == siret || $0.to == siret
        }
        guard !links.isEmpty else { return failure(.notFound, "Aucun lien de succession trouvé") }
        let items = links.map { link -> JSON in
            [
                "siretEtablissementPredecesseur": .string(link.from), "siretEtablissementSuccesseur": .string(link.to),
                "dateLienSuccession": .string(link.date.description), "transfertSiege": .bool(link.movesHead),
                "continuiteEconomique": .bool(link.isContinuous),
                "dateDernierTraitementLienSuccession": .string(link.date.description + "T08:00:00.000"),
            ]
        }
        return .json(["header": header(total: items.count), "liensSuccession": .array(items)])
    }

    private func record(of company: Company) -> SireneRecord {
        SireneRecord(of: company, owner: company.owner.map { population.people[$0] })
    }

    private func moved(_ path: String, _ call: Call) -> Reply {
        failure(.movedPermanently, "Doublon").with(.location, "http://" + call.authority + Self.base + path)
    }

    private func header(total: Int? = nil) -> JSON {
        let counts: [JSON.Member] =
            total.map { [.init("total", .integer($0)), .init("debut", 0), .init("nombre", .integer($0))] } ?? []
        return .object([.init("statut", 200), .init("message", "OK")] + counts)
    }

    private func failure(_ status: HTTPResponse.Status, _ message: String) -> Reply {
        .json(["header": ["statut": .integer(status.code), "message": .string(message)]], status: status)
    }

    /// The communes whose name holds a text, as they were at a date; the extract knows those of today only.
    private func communes(_ query: Form) -> Reply {
        let wanted = folded(query["filtreNom"] ?? "")
        let found = Places.communes.filter { !$0.isDistrict && folded($0.name).contains(wanted) }
        guard !found.isEmpty else { return failure(.notFound, "Aucune commune trouvée") }
        return .json(
            .array(
                found.map { commune in
                    let (kind, bare) = Self.article(of: commune.name)
                    return [
                        "code": .string(commune.code),
                        "uri": .string("http://id.insee.fr/geo/commune/" + commune.code), "type": "Commune",
                        "dateCreation": "1943-01-01", "intituleSansArticle": .string(bare),
                        "typeArticle": .string(kind), "intitule": .string(commune.name),
                    ]
                }))
    }

    /// The kind of article (INSEE, TNCC) a name starts with, and the rest of the name.
    private static func article(of name: String) -> (kind: String, bare: String) {
        for (article, kind) in [("La ", "3"), ("Les ", "4"), ("Le ", "2"), ("L'", "5")] where name.hasPrefix(article) {
            return (kind, String(name.dropFirst(article.count)))
        }
        return ("0", name)
    }
}
