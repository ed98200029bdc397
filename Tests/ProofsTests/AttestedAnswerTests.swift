import CatalogueModel
import Documents
import Foundation
import Testing
import Values

@testable import Proofs

/// What people read of an answer, with the labels of the shipped catalogue.
struct AttestedAnswerTests {
    private static let catalogue = Result {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try CatalogueCompiler(folder: root.appending(path: "Catalogue")).compile()
    }

    private static func sections(_ operation: String, _ body: JSON) throws -> [Attestation.Section] {
        let operation = try #require(try catalogue.get().operation(operation))
        return AttestedAnswer.sections(operation.answer, body)
    }

    private static let quotient = "api_particulier_v3_cnav_quotient_familial_with_civility"

    @Test func `each person of a list has a section, with dates and truth values as people write them`() throws {
        let body: JSON = [
            "data": [
                "allocataires": [
                    ["nom_naissance": "ROUX", "nom_usage": nil, "date_naissance": "1987-06-27"],
                    ["nom_naissance": "NOIR", "date_naissance": "1980-00-00"],
                ],
                "enfants": [], "adresse": nil,
                "quotient_familial": ["valeur": 620, "fournisseur": "CNAF"],
            ]
        ]
        let sections = try Self.sections(Self.quotient, body)
        let titles = sections.map(\.title)
        #expect(titles[0] == "Ce qui a été répondu" && titles.filter { $0.hasSuffix("sur 2") }.count == 2)
        let rows = sections.flatMap(\.rows)
        #expect(rows.contains(Report.Row("Nom d'usage", "Non renseigné")))
        #expect(rows.map(\.value).contains("27/06/1987") && rows.map(\.value).contains("1980 (mois et jour inconnus)"))
        #expect(sections[0].rows.map(\.value) == ["Aucun", "Non renseigné"])
        #expect(rows.map(\.value).contains("620"))
    }

    @Test func `a key that the catalogue does not know is left out, for nobody can say what it means`() throws {
        let sections = try Self.sections(Self.quotient, ["data": ["inconnu": "secret", "enfants": nil]])
        #expect(sections.flatMap(\.rows).map(\.value) == ["Non renseigné"])
        #expect(try Self.sections(Self.quotient, ["data": [:]]).first?.rows.first?.value == "Aucune information")
        #expect(try Self.sections(Self.quotient, nil).count == 1)
    }

    @Test func `a day that the contract writes in seconds is a date`() throws {
        let body: JSON = ["data": ["siren": "012345674", "date_creation": 1_346_623_200]]
        let rows = try Self.sections("api_entreprise_v3_insee_unites_legales", body).flatMap(\.rows)
        #expect(rows.contains(Report.Row("Création", "03/09/2012")))
    }

    @Test func `every recorded answer can be put on paper`() throws {
        let catalogue = try Self.catalogue.get()
        for operation in catalogue.operations where operation.isProvable {
            let attested = AttestedAnswer.sections(operation.answer, operation.exampleAnswer)
            #expect(!attested.flatMap(\.rows).isEmpty, "\(operation.id)")
        }
    }

    @Test func `whom a call asked about is told in the order of a civil register`() throws {
        let operation = try #require(try Self.catalogue.get().operation(Self.quotient))
        let values: [String: JSON] = [
            "jourDateNaissance": "27", "moisDateNaissance": "6", "anneeDateNaissance": "1987", "nomNaissance": "ROUX",
            "prenoms": ["ANNE", "LISE"], "sexeEtatCivil": "F", "codeCogInseePaysNaissance": "99100", "annee": "2026",
        ]
        let rows = AttestedQuestion.rows(operation, operation.slots.map { values[$0] })
        #expect(
            rows == [
                Report.Row("Nom de naissance", "ROUX"), Report.Row("Prénoms", "ANNE, LISE"),
                Report.Row("Date de naissance", "27/06/1987"), Report.Row("Sexe à l'état civil", "F"),
                Report.Row("Pays de naissance (code INSEE)", "99100"), Report.Row("Année demandée", "2026"),
            ])
    }
}
