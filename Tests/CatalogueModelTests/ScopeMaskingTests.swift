@testable import CatalogueModel
import Foundation
import Testing
import Values

/// No key is answered whose scope has not been granted.
@Suite struct ScopeMaskingTests {
    /// A provider's answer that each operation of an API accepts, from the API's recordings.
    static func facts(_ operation: APIOperation, _ replay: Replay) throws -> CallFacts? {
        let catalogue = try Shipped.catalogue
        for recording in operation.api.recordings where recording.expectedStatus == 200 {
            let bytes = try recording.body.map { try Data(contentsOf: Shipped.folder.appending(path: $0)) } ?? Data()
            let facts = replay.received(
                replay.facts(operation, parameters: recording.parameters), status: recording.status,
                headers: recording.headers, bytes: bytes, by: operation, pages: recording.pages)
            if case .answer = replay.outcome(
                operation, facts, scopes: catalogue.scopes.set(operation.acceptedScopeNames))
            {
                return facts
            }
        }
        return nil
    }

    /// Every subset of those names.
    static func subsets(_ names: [String]) -> [[String]] {
        (0..<(1 << names.count)).map { bits in names.indices.filter { bits >> $0 & 1 == 1 }.map { names[$0] } }
    }

    /// Paths of the keys in an answer whose scope, or that of an object around them, is not granted.
    static func leaks(_ answer: JSON, _ structure: Structure, _ granted: Set<String>, _ path: String = "") -> [String] {
        if !structure.choices.isEmpty { return leaks(answer, structure.choices, granted, path) }
        let known = Dictionary(structure.fields.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        return (answer.members ?? []).flatMap { member -> [String] in
            let place = "\(path)/\(member.key)"
            guard let field = known[member.key], field.scopeName.map(granted.contains) ?? true else { return [place] }
            switch field.value {
            case .leaf, .values: return []
            case .object(_, let inner): return leaks(member.value, inner, granted, place)
            case .list(_, let inner, _): return (member.value.items ?? []).flatMap { leaks($0, inner, granted, place) }
            case .choice(let choices): return leaks(member.value, choices, granted, place)
            }
        }
    }

    /// An object of one of several forms must be one whose scope is granted, or empty.
    static func leaks(_ answer: JSON, _ choices: [Field.Choice], _ granted: Set<String>, _ path: String) -> [String] {
        let allowed = choices.filter { $0.scopeName.map(granted.contains) ?? true }
        let all = allowed.map { leaks(answer, $0.structure, granted, path) }
        return answer.members?.isEmpty == true || all.contains([]) ? [] : ["\(path) (form)"]
    }

    @Test func `for every operation and every subset of its scopes, only granted keys are answered`() throws {
        let catalogue = try Shipped.catalogue
        let noon = Date(timeIntervalSince1970: 1_777_370_400)
        let replay = Replay(catalogue: catalogue, clock: .fixed(noon))
        for operation in catalogue.operations where operation.gathered.isEmpty {
            let facts = try #require(try Self.facts(operation, replay), "\(operation.id) has no recorded answer")
            #expect(operation.acceptedScopeNames.count <= 8)
            for names in Self.subsets(operation.acceptedScopeNames) {
                let outcome = replay.outcome(operation, facts, scopes: catalogue.scopes.set(names))
                guard case .answer(let answer) = outcome else {
                    Issue.record("\(operation.id) refuses")
                    continue
                }
                let data = operation.style == .particulierV2 ? answer : answer["data"] ?? .null
                #expect(Self.leaks(data, operation.answer.data, Set(names)) == [], "\(operation.id) \(names)")
            }
        }
    }

    /// Keys that a scope alone opens, as the public contract says; said a second time here on purpose.
    @Test(arguments: [
        ("v3_cnav_quotient_familial_with_civility", "cnaf_quotient_familial", ["quotient_familial"]),
        ("v3_cnav_quotient_familial_with_civility", "cnaf_enfants", ["enfants"]),
        ("v3_cnav_quotient_familial_with_civility", "cnaf_allocataires", ["allocataires"]),
        ("v3_cnav_quotient_familial_with_civility", "cnaf_adresse", ["adresse"]),
        ("v2_cnav_quotient_familial_v2", "cnaf_quotient_familial", ["quotientFamilial", "annee", "mois"]),
        (
            "v3_cnav_revenu_solidarite_active_with_civility", "revenu_solidarite_active",
            ["est_beneficiaire", "date_debut_droit"]
        ),
        ("v3_cnav_revenu_solidarite_active_with_civility", "revenu_solidarite_active_majoration", ["avec_majoration"]),
        ("v2_cnav_revenu_solidarite_active", "revenu_solidarite_active_majoration", ["majoration"]),
        ("v3_cnav_prime_activite_with_civility", "prime_activite", ["est_beneficiaire", "date_debut_droit"]),
        ("v3_cnav_prime_activite_with_civility", "prime_activite_majoration", ["avec_majoration"]),
        (
            "v3_cnav_allocation_adulte_handicape_with_civility", "allocation_adulte_handicape",
            ["est_beneficiaire", "date_debut_droit"]
        ),
        (
            "v3_cnav_participation_familiale_eaje_with_civility", "cnav_participation_familiale_eaje_enfants",
            ["enfants"]
        ),
        (
            "v3_cnav_participation_familiale_eaje_with_civility", "cnav_participation_familiale_eaje_parametres_calcul",
            ["parametres_calcul_participation_familiale"]
        ),
        ("v3_mesri_statut_etudiant_with_ine", "mesri_identite", ["identite"]),
        ("v3_mesri_statut_etudiant_with_ine", "mesri_admissions", ["admissions"]),
        ("v3_mesri_statut_etudiant_with_ine", "mesri_admission_inscrit", []),
        ("v3_mesri_statut_etudiant_with_france_connect", "mesri_identite", []),
        ("v2_mesri_student_status", "mesri_identifiant", ["ine", "inscriptions"]),
        ("v2_mesri_student_status", "mesri_identite", ["nom", "prenom", "dateNaissance", "inscriptions"]),
        ("v5_cnous_etudiant_boursier_with_ine", "cnous_ine", ["ine"]),
        ("v4_cnous_etudiant_boursier_with_civility", "cnous_statut_boursier", ["statut_boursier"]),
        ("v3_cnous_etudiant_boursier_with_ine", "cnous_statut_bourse", []),
        ("v3_cnous_etudiant_boursier_with_france_connect", "cnous_identite", []),
        ("v2_cnous_student_scholarship", "cnous_statut_bourse", ["statut", "statutLibelle"]),
        ("v2_cnous_student_scholarship", "cnous_ville_etudes", ["villeEtudes", "etablissement"]),
        ("v5_men_scolarites_with_civility", "men_regime_pensionnat", ["regime_pensionnat"]),
        ("v4_men_scolarites_with_civility", "men_regime_pensionnat", []),
        (
            "v3_men_scolarites_with_civility", "men_statut_scolarite",
            ["annee_scolaire", "est_scolarise", "statut_eleve"]
        ),
        ("v2_men_scolarites", "men_statut_boursier", ["code_etablissement", "est_boursier"]),
        ("v3_france_travail_statut_with_identifiant", "pole_emploi_inscription", ["inscription"]),
        ("v2_pole_emploi_statut", "pole_emploi_contact", ["identifiant", "email", "telephone", "telephone2"]),
        ("v3_france_travail_indemnites_with_identifiant", "pole_emploi_paiements", ["identifiant", "paiements"]),
        (
            "v3_cnav_allocation_rentree_scolaire_with_civility", "cnav_allocation_rentree_scolaire",
            ["est_beneficiaire", "date_debut_droit"]
        ),
    ])
    func `a scope opens its keys and no other`(_ id: String, _ scope: String, _ keys: [String]) throws {
        let catalogue = try Shipped.catalogue
        let operation = try #require(catalogue.operation("api_particulier_\(id)"))
        let replay = Replay(catalogue: catalogue, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)))
        let facts = try #require(try Self.facts(operation, replay))
        guard case .answer(let answer) = replay.outcome(operation, facts, scopes: catalogue.scopes.set([scope])) else {
            Issue.record("refused")
            return
        }
        let data = operation.style == .particulierV2 ? answer : answer["data"] ?? .null
        #expect(data.members?.map(\.key).sorted() == keys.sorted())
    }

    @Test func `an entry of a student whose kind is not granted stays empty`() throws {
        let catalogue = try Shipped.catalogue
        let operation = try #require(catalogue.operation("api_particulier_v2_mesri_student_status"))
        let replay = Replay(catalogue: catalogue)
        let facts = try #require(try Self.facts(operation, replay))
        func keys(_ scopes: [String]) -> [[String]] {
            guard case .answer(let answer) = replay.outcome(operation, facts, scopes: catalogue.scopes.set(scopes))
            else { return [] }
            return (answer["inscriptions"]?.items ?? []).map { ($0.members ?? []).map(\.key) }
        }
        let dates = ["statut", "regime", "dateDebutInscription", "dateFinInscription"]
        #expect(keys(["mesri_inscription_etudiant"]) == [dates, [], [], []])
        #expect(keys(["mesri_admission"]) == [[], dates, [], []])
        #expect(
            keys(["mesri_inscription_autre", "mesri_etablissements"]) == [
                [], [], dates + ["codeCommune", "etablissement"], [],
            ])
        #expect(keys(["mesri_etablissements"]) == [[], [], [], []])
    }
}
