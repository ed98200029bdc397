import Foundation
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

/// What the shipped descriptors of school and work send: their providers' protocols are not like the others'.
struct SchoolAndWorkRequestTests {
    private static let catalogue: Result<CompiledCatalogue, any Error> = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try CatalogueCompiler(folder: root.deletingLastPathComponent().appending(path: "Catalogue")).compile()
    }

    /// The request of that operation; parameters by the name on the wire, or by canonical name where FranceConnect tells.
    private static func request(
        _ id: String, _ parameters: [(name: String, value: JSON)]
    ) throws -> ProviderRequest {
        let catalogue = try catalogue.get()
        let operation = try #require(catalogue.operation(id))
        let facts = Replay(catalogue: catalogue).facts(operation, parameters: parameters)
        let plan = try #require(try operation.plan(for: facts))
        return try plan.request(at: "https://provider.example", facts)
    }

    private static let student: [(name: String, value: JSON)] = [
        ("nomNaissance", "CHARME"), ("prenoms", ["Lou", "Marie Aube"]), ("anneeDateNaissance", "2004"),
        ("moisDateNaissance", "2"), ("jourDateNaissance", "9"), ("sexeEtatCivil", "f"),
    ]

    @Test func `a citizen's scholarship is asked for by a GET that has a body`() throws {
        let request = try Self.request(
            "api_particulier_v5_cnous_etudiant_boursier_with_france_connect",
            Self.student + [("campaignYear", "2023")])
        #expect(request.method == .get && request.url == "https://provider.example")
        let expected: JSON = [
            "family_name": "CHARME", "given_name": "Lou, Marie Aube", "birthdate": "09/02/2004", "gender": "F",
            "birthplace": "", "campaignYear": 2023,
        ]
        #expect(request.text == expected.serialized)
    }

    @Test func `a scholarship is asked for by number or by civil status`() throws {
        let byNumber = try Self.request(
            "api_particulier_v4_cnous_etudiant_boursier_with_ine", [("ine", "0123456789A"), ("campaignYear", "2023")])
        #expect(byNumber.url == "https://provider.example/0123456789A?campaignYear=2023" && byNumber.body == nil)
        let place: [(name: String, value: JSON)] = [("codeCogInseeCommuneNaissance", "29019")]
        let byName = try Self.request(
            "api_particulier_v3_cnous_etudiant_boursier_with_civility", Self.student + place)
        #expect(byName.method == .post)
        let expected: JSON = [
            "lastName": "CHARME", "firstNames": "Lou, Marie Aube", "birthDate": "09/02/2004", "birthPlace": "29019",
            "civility": "F",
        ]
        #expect(byName.text == expected.serialized)
    }

    @Test func `version 2 separates first names by spaces, and FranceConnect wins over a number`() throws {
        let id = "api_particulier_v2_cnous_student_scholarship"
        let byName = try Self.request(
            id, [("nom", "CHARME"), ("prenoms", "Lou Aube"), ("dateDeNaissance", "2004-02-09"), ("sexe", "F")])
        let expected: JSON = [
            "lastName": "CHARME", "firstNames": "Lou, Aube", "birthDate": "09/02/2004", "civility": "F",
        ]
        #expect(byName.text == expected.serialized)
        let byCitizen = try Self.request(id, Self.student + [("ine", "0123456789B")])
        #expect(byCitizen.text.contains("family_name") && !byCitizen.url.contains("0123456789B"))
    }

    private static let pupil: [(name: String, value: JSON)] = student + [(name: "anneeScolaire", value: "2025")]

    @Test func `a pupil is asked for by school, and the ministry told for whom`() throws {
        let request = try Self.request(
            "api_particulier_v5_men_scolarites_with_civility", Self.pupil + [("codeEtablissement", "0299021H")])
        let query = [
            "nom=CHARME", "prenom=Lou", "sexe=2", "date-naissance=2004-02-09", "code-uai=0299021H",
            "annee-scolaire=2025", "scope=men_statut_scolarite%2Cmen_statut_boursier%2Cmen_echelon_bourse",
        ]
        #expect(request.url == "https://provider.example?" + query.joined(separator: "&"))
        #expect(request.method == .get)
        #expect(request.header("X-Siret-Partenaire") == "13002526500013")
    }

    @Test(arguments: [("codesBcnDepartements[]", "departement"), ("codesBcnRegions[]", "region")])
    func `a pupil is asked for by area`(parameter: String, kind: String) throws {
        let area: [(name: String, value: JSON)] = [("degreEtablissement", "2D"), (parameter, ["10", "12"])]
        let request = try Self.request("api_particulier_v3_men_scolarites_with_civility", Self.pupil + area)
        #expect(request.method == .post)
        #expect(request.url == "https://provider.example/perimetre")
        let expected: JSON = [
            "nom": "CHARME", "prenom": "Lou", "sexe": 2, "date-naissance": "2004-02-09", "annee-scolaire": "2025",
            "degre-etablissement": "2D", "type-perimetre": .string(kind), "valeurs-perimetre": ["10", "12"],
            "scope": "men_statut_scolarite,men_statut_boursier,men_echelon_bourse",
        ]
        #expect(request.text == expected.serialized)
    }

    @Test func `a job seeker's name is the whole body, whatever the header says`() throws {
        let request = try Self.request(
            "api_particulier_v3_france_travail_statut_with_identifiant", [("identifiant", "lou.charme731")])
        #expect(request.text == "lou.charme731" && request.header("Content-Type") == "application/json")
        #expect(request.header("X-pe-consommateur") == "DINUM - 00000000-0000-4000-8000-000000000001")
        let payments = try Self.request(
            "api_particulier_v2_pole_emploi_indemnites", [("identifiant", "lou.charme731")])
        #expect(payments.url == "https://provider.example?loginMnemotechnique=lou.charme731")
    }
}
