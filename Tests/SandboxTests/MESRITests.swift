import Testing
import Values

@testable import Sandbox

struct MESRITests {
    private let key = ["X-API-Key": "se+cret/?", "Content-Type": "application/json"]

    @Test func `a student is found by number and by identity`() async throws {
        try await withSandbox { sandbox in
            let byNumber = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=0123456789A", headers: key)
            #expect(byNumber.status == 200)
            let body = try byNumber.json()
            #expect(body["ine"] == "0123456789A" && body["nomFamille"] == "MOREAU" && body["prenom"] == "LÉA")
            let enrolment = try #require(body["inscriptions"]?.items?.first)
            #expect(enrolment["statut"] == "inscrit" && enrolment["regime"] == "formation initiale")
            #expect(enrolment["dateDebutInscription"] == "2025-09-01")
            #expect(enrolment["dateFinInscription"] == "2026-08-31")
            let identity = """
                {"nomFamille":"moreau","prenom1":"Lea","dateNaissance":"2004-03-14","sexe":"2","lieuNaissance":"75114"}
                """
            let byIdentity = try await sandbox.send("mesri", "POST", "/statut_etudiant", headers: key, body: identity)
            #expect(try byIdentity.json()["inscriptions"] == body["inscriptions"])
            #expect(try byIdentity.json()["ine"] == nil)
        }
    }

    @Test func `each kind of enrolment has its student`() async throws {
        try await withSandbox { sandbox in
            for (number, state, scheme) in [
                ("0123456789B", "admis", "formation initiale"), ("0123456789C", "inscrit", "contrat d'apprentissage"),
                ("0123456789D", "inscrit", "formation continue"),
                ("0123456789E", "inscrit", "contrat de professionnalisation"),
                ("0123456789f", "inscrit", "formation initiale"),
            ] {
                let answer = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=" + number, headers: key)
                let first = try answer.json()["inscriptions"]?.items?.first
                #expect(first?["statut"]?.text == state && first?["regime"]?.text == scheme)
            }
        }
    }

    @Test func `an unknown student, a bad number and a bad key are told apart`() async throws {
        try await withSandbox { sandbox in
            let unknown = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=9999999999Z", headers: key)
            #expect(unknown.status == 404)
            let bad = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=12", headers: key)
            #expect(bad.status == 400)
            let stranger = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=0123456789A")
            #expect(stranger.status == 401)
            let parent = #"{"nomFamille":"LEFEBVRE","prenom1":"CLAIRE","dateNaissance":"1987-06-27","sexe":"2"}"#
            #expect(
                try await sandbox.send("mesri", "POST", "/statut_etudiant", headers: key, body: parent).status == 404)
        }
    }

    @Test func `a person is the same at the benefits' bus and at the register of students`() async throws {
        try await withSandbox { sandbox in
            let benefits = try await sandbox.benefit("quotient_familial", "etudiant-inscrit").json()
            let student = try await sandbox.send("mesri", "GET", "/statut_etudiant?INE=0123456789A", headers: key)
                .json()
            let person = benefits["allocataires"]?.items?.first
            #expect(person?["nomNaissance"] == student["nomFamille"])
            #expect(person?["dateNaissance"] == student["dateNaissance"])
        }
    }
}
