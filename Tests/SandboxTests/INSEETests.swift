import Testing
import Values

@testable import Sandbox

struct INSEETests {
    private static let base = "/api-sirene/prive/3.11"
    private static let password = RunningSandbox.query([
        "grant_type": "password", "client_id": "unefois", "client_secret": "se+cret/?", "username": "unefois",
        "password": "se+cret/?",
    ])

    private static func get(_ path: String, from sandbox: RunningSandbox) async throws -> RunningSandbox.Answer {
        let token = try await sandbox.send("insee", "POST", "/token", body: password).json()["access_token"]?.text
        return try await sandbox.send(
            "insee", "GET", base + path, headers: ["Authorization": "Bearer " + (token ?? "")])
    }

    @Test func `an active company has one open period and its two activity codes`() async throws {
        try await withSandbox { sandbox in
            let unit = try #require(try await Self.get("/siren/012345674", from: sandbox).json()["uniteLegale"])
            #expect(unit["siren"] == "012345674" && unit["statutDiffusionUniteLegale"] == "O")
            #expect(unit["activitePrincipaleNAF25UniteLegale"] == "10.71H")
            let period = try #require(unit["periodesUniteLegale"]?.items?.first)
            #expect(period["dateFin"] == .null && period["etatAdministratifUniteLegale"] == "A")
            #expect(period["activitePrincipaleUniteLegale"] == "10.71C" && period["nicSiegeUniteLegale"] == "00019")
        }
    }

    @Test func `a ceased company tells when it ceased`() async throws {
        try await withSandbox { sandbox in
            let unit = try await Self.get("/siren/010000032", from: sandbox).json()["uniteLegale"]
            let periods = try #require(unit?["periodesUniteLegale"]?.items)
            #expect(periods.map { $0["etatAdministratifUniteLegale"] } == ["C", "A"])
            #expect(periods[0]["dateDebut"] == "2022-12-31" && periods[1]["dateFin"] == "2022-12-30")
            #expect(periods[0]["changementEtatAdministratifUniteLegale"] == true)
        }
    }

    @Test func `a sole trader is the person the other providers know`() async throws {
        try await withSandbox { sandbox in
            let unit = try #require(try await Self.get("/siren/010000016", from: sandbox).json()["uniteLegale"])
            #expect(unit["prenom1UniteLegale"] == "SEBASTIEN" && unit["sexeUniteLegale"] == "M")
            let period = unit["periodesUniteLegale"]?.items?.first
            #expect(period?["nomUniteLegale"] == "GRANGIER" && period?["categorieJuridiqueUniteLegale"] == "1000")
            #expect(period?["denominationUniteLegale"] == .null)
        }
    }

    @Test func `diffusion is told of companies and of establishments`() async throws {
        try await withSandbox { sandbox in
            for (siren, status, form) in [
                ("010000040", "P", "5710"), ("010000057", "P", "1000"), ("010000065", "N", "1000"),
            ] {
                let unit = try await Self.get("/siren/" + siren, from: sandbox).json()["uniteLegale"]
                #expect(unit?["statutDiffusionUniteLegale"]?.text == status)
                let siret = siren + Establishment.nic(1, of: siren)
                let place = try await Self.get("/siret/" + siret, from: sandbox).json()["etablissement"]
                #expect(place?["statutDiffusionEtablissement"]?.text == status)
                #expect(place?["uniteLegale"]?["categorieJuridiqueUniteLegale"]?.text == form)
                #expect(place?["uniteLegale"]?["statutDiffusionUniteLegale"]?.text == status)
            }
        }
    }

    @Test func `a closed establishment and its heir are linked`() async throws {
        try await withSandbox { sandbox in
            let closed = "010000024" + Establishment.nic(1, of: "010000024")
            let heir = "010000024" + Establishment.nic(2, of: "010000024")
            let place = try #require(try await Self.get("/siret/" + closed, from: sandbox).json()["etablissement"])
            #expect(place["etablissementSiege"] == false)
            #expect(place["periodesEtablissement"]?.items?.first?["etatAdministratifEtablissement"] == "F")
            #expect(place["adresseEtablissement"]?["codeCommuneEtablissement"] == "44109")
            let query = "siretEtablissementSuccesseur:\(heir) OR siretEtablissementPredecesseur:\(heir)"
            let path = "/siret/liensSuccession?" + RunningSandbox.query(["q": query])
            let links = try #require(try await Self.get(path, from: sandbox).json()["liensSuccession"]?.items)
            #expect(links.count == 1)
            #expect(links[0]["siretEtablissementPredecesseur"]?.text == closed)
            #expect(links[0]["transfertSiege"] == true && links[0]["dateLienSuccession"] == "2021-07-01")
            let head = "/siret?" + RunningSandbox.query(["q": "etablissementSiege:true AND siren:010000024"])
            let found = try await Self.get(head, from: sandbox).json()["etablissements"]?.items
            #expect(found?.map { $0["siret"]?.text } == [heir])
        }
    }

    @Test func `a duplicate is redirected, a secret unit refused, an unknown one not found`() async throws {
        try await withSandbox { sandbox in
            let duplicate = try await Self.get("/siren/010000073", from: sandbox)
            #expect(duplicate.status == 301)
            let address = sandbox.addresses["insee"] ?? ""
            #expect(duplicate.headers["location"] == address + Self.base + "/siren/012345674")
            let siret = "010000073" + Establishment.nic(1, of: "010000073")
            let place = try await Self.get("/siret/" + siret, from: sandbox)
            #expect(place.headers["location"] == address + Self.base + "/siret/01234567400019")
            try await #expect(Self.get("/siren/010000081", from: sandbox).status == 403)
            let unknown = try await Self.get("/siren/000000000", from: sandbox)
            #expect(unknown.status == 404)
            #expect(try unknown.json()["header"]?["statut"] == 404)
        }
    }

    @Test func `nobody gets in without the right client, user and password`() async throws {
        try await withSandbox { sandbox in
            try await #expect(sandbox.send("insee", "GET", Self.base + "/siren/012345674").status == 401)
            let wrong = Self.password.replacing("password=se", with: "password=so")
            try await #expect(sandbox.send("insee", "POST", "/token", body: wrong).status == 401)
        }
    }

    @Test func `communes are found by part of their name, without a token`() async throws {
        try await withSandbox { sandbox in
            let path = "/metadonnees/geo/communes?date=1980-01-01&com=false&filtreNom="
            let several = try await sandbox.send("insee", "GET", path + "rochette").json()
            #expect(Set(several.items?.compactMap { $0["code"]?.text } ?? []) == ["05124", "26279", "77389"])
            #expect(several.items?.first?["intituleSansArticle"] == "Rochette")
            let one = try await sandbox.send("insee", "GET", path + "VILLERS-SEMEUSE").json()
            #expect(one.items?.map { $0["code"] } == ["08480"])
            try await #expect(sandbox.send("insee", "GET", path + "atlantide").status == 404)
        }
    }
}
