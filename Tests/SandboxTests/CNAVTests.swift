import Testing
import Values

@testable import Sandbox

struct CNAVTests {
    @Test func `a family has its quotient, its members and its address`() async throws {
        try await withSandbox { sandbox in
            let answer = try await sandbox.benefit("quotient_familial", "famille-deux-enfants")
            #expect(answer.status == 200)
            #expect(answer.headers["x-apisecu-fd"] == "00810011")
            let body = try answer.json()
            #expect(body["quotientFamilial"] == 620)
            #expect(body["annee"] == 2026 && body["mois"] == 5)
            #expect(body["allocataires"]?.items?.first?["listePrenoms"] == "CLAIRE MARIE")
            #expect(body["enfants"]?.items?.map { $0["dateNaissance"] } == ["2023-03-14", "2016-10-02"])
            #expect(body["adresse"]?["codePostalVille"] == "08000 VILLERS SEMEUSE")
            let past = try await sandbox.benefit(
                "quotient_familial", "famille-deux-enfants", adding: ["anneeDemandee": "2025", "moisDemande": "02"])
            #expect(try past.json()["annee"] == 2025 && past.json()["mois"] == 2)
        }
    }

    @Test func `each case of identity is found`() async throws {
        try await withSandbox { sandbox in
            for (key, quotient, regime) in [
                ("parent-seul-msa", 845, "00171001"), ("ne-a-l-etranger", 733, "00810011"),
                ("date-de-naissance-incomplete", 512, "00810011"), ("nom-compose", 1310, "00810011"),
                ("homonyme-distingue", 580, "00810011"),
            ] {
                let answer = try await sandbox.benefit("quotient_familial", key)
                #expect(try answer.json()["quotientFamilial"]?.int == quotient, "\(key)")
                #expect(answer.headers["x-apisecu-fd"] == regime, "\(key)")
            }
        }
    }

    @Test func `whom the organisms cannot serve gets the code of the reason`() async throws {
        try await withSandbox { sandbox in
            for (key, code, regime) in [
                ("homonymes", 40409, nil), ("aucun-droit", 40406, nil), ("quotient-absent", 40401, "00810011"),
            ] as [(String, Int, String?)] {
                let answer = try await sandbox.benefit("quotient_familial", key)
                #expect(answer.status == 404)
                #expect(try answer.json()["errorCode"]?.int == code)
                #expect(answer.headers["x-apisecu-fd"] == regime)
            }
            let stranger = try await sandbox.benefit(
                "quotient_familial", "aucun-droit", adding: ["nomNaissance": "PERSONNE"])
            #expect(try stranger.json()["errorCode"] == 40406)
        }
    }

    @Test func `each benefit has its beneficiaries and the others`() async throws {
        try await withSandbox { sandbox in
            for (path, key, indicator, code) in [
                ("revenu_solidarite_active", "beneficiaire-rsa", "BENEFICIAIRE", "FA3101"),
                ("revenu_solidarite_active", "beneficiaire-rsa-majore", "BENEFICIAIRE", "FA3102"),
                ("prime_activite", "prime-activite", "BENEFICIAIRE", "FA3105"),
                ("prime_activite", "prime-activite-majoree", "BENEFICIAIRE", "FA3106"),
                ("allocation_adulte_handicape", "aah", "BENEFICIAIRE", "FA1001"),
                ("allocation_enfant_handicape", "aeeh", "ALLOCATAIRE", "MA1510"),
                ("allocation_enfant_handicape", "aeeh-enfant", "OUVRANT_DROIT", "MA1510"),
                ("allocation_soutien_familial", "asf", "BENEFICIAIRE", "FA0115"),
                (
                    "complementaire_sante_solidaire", "c2s-avec-participation",
                    "BENEFICIAIRE_AVEC_PARTICIPATION_FINANCIERE", "SS0002"
                ),
                (
                    "complementaire_sante_solidaire", "c2s-sans-participation",
                    "BENEFICIAIRE_SANS_PARTICIPATION_FINANCIERE", "SS0001"
                ),
            ] {
                let body = try await sandbox.benefit(path, key).json()
                #expect(body["indicateur"]?.text == indicator, "\(key)")
                #expect(body["dateIndicateur"] == "2024-04-01")
                #expect(body["listePrestation"]?.items?.first?["cd"]?.text == code, "\(key)")
                #expect(body["listePrestation"]?.items?.first?["etat"]?["cd"] == 10)
                let other = try await sandbox.benefit(path, "famille-deux-enfants").json()
                #expect(other["indicateur"]?.text?.hasPrefix("NON_BENEFICIAIRE") == true)
                #expect(other["listePrestation"] == [])
            }
        }
    }

    @Test func `the school allowance goes to families of modest means with a pupil`() async throws {
        try await withSandbox { sandbox in
            for (key, indicator, since) in [
                ("asf", "BENEFICIAIRE", "2025-08-01"), ("famille-deux-enfants", "BENEFICIAIRE", "2025-08-01"),
                ("eaje", "NON_BENEFICIAIRE", "2026-05-01"), ("beneficiaire-rsa", "NON_BENEFICIAIRE", "2026-05-01"),
                ("aeeh-enfant", "NON_BENEFICIAIRE", "2026-05-01"),
            ] {
                let body = try await sandbox.benefit("allocation_rentree_scolaire", key).json()
                #expect(body["indicateur"]?.text == indicator, "\(key)")
                #expect(body["dateIndicateur"]?.text == since, "\(key)")
            }
        }
    }

    @Test func `the crèche learns the family, its place of birth and its resources`() async throws {
        try await withSandbox { sandbox in
            let body = try await sandbox.benefit("participation_familiale_eaje", "eaje").json()
            #expect(body["nombreEnfantACharge"] == 2 && body["nombreBeneficiaireAEH"] == 0)
            #expect(body["montantRessources"] == 44600 && body["annee"] == 2024)
            #expect(body["allocataires"]?.items?.last?["cogNaissance"] == "75114")
            #expect(body["enfants"]?.items?.first?["dateNaissance"] == "2024-04-11")
            let older = try await sandbox.benefit("participation_familiale_eaje", "eaje-sans-jeune-enfant").json()
            #expect(older["enfants"]?.items?.count == 1)
        }
    }

    @Test func `a wrong secret, scope or token opens nothing`() async throws {
        try await withSandbox { sandbox in
            let form = "grant_type=client_credentials&scope=prime_activite"
            for header in [["Authorization": "Basic dW5lZm9pczp3cm9uZw=="], ["Authorization": "Basic %%"], [:]] {
                let answer = try await sandbox.send("cnav", "POST", "/token", headers: header, body: form)
                #expect(answer.status == 401)
            }
            let token = try await sandbox.token(cnav: "prime_activite")
            for header in ["Bearer " + token, "Bearer x.y", "Bearer"] {
                let answer = try await sandbox.send(
                    "cnav", "GET", "/quotient_familial?" + RunningSandbox.query(sandbox.identity(of: "asf")),
                    headers: ["Authorization": header])
                #expect(answer.status == 401)
            }
        }
    }

    @Test func `a missing or malformed parameter is refused with its code`() async throws {
        try await withSandbox { sandbox in
            for (change, code) in [
                (["nomNaissance": ""], 40002), (["listePrenoms": ""], 40003), (["genre": "X"], 40004),
                (["dateNaissance": "hier"], 40013), (["moisDemande": "13"], 40013),
            ] {
                let answer = try await sandbox.benefit("quotient_familial", "asf", adding: change)
                #expect(answer.status == 400)
                #expect(try answer.json()["errorCode"]?.int == code)
            }
        }
    }
}
