import Testing
import Values

@testable import Geography

/// The answers, before they are written on a connection.
@Suite struct AnswerTests {
    private func reply(_ path: String, _ query: [String: String] = [:]) async throws -> (status: Int, json: JSON) {
        let gazetteer = Gazetteer(try await MiniCog().imported().geography, origin: "")
        let reply = GeographyAnswers(gazetteer: gazetteer)
            .reply(path.split(separator: "/").map(String.init), Parameters(query.map { ($0.key, $0.value) }))
        return (reply.status, try JSON(parsing: reply.bytes(from: 0, most: .max)))
    }

    @Test func `a commune has the usual fields, or those asked for beside code and name`() async throws {
        let usual = try await reply("communes/01001").json
        #expect(
            usual.matches([
                "nom": "Grandval", "code": "01001", "codeDepartement": "01", "siren": "210103040",
                "codeEpci": "200029999", "codeRegion": "84", "codesPostaux": ["01100", "01130"], "population": 1600,
            ]))
        let asked = try await reply(
            "communes/01001", ["fields": "centre, departement,region,epci,zone,type,anciensCodes,surface"])
        #expect(
            asked.json.matches([
                "nom": "Grandval", "code": "01001",
                "centre": ["type": "Point", "coordinates": [.decimal("5.2"), .decimal("46.1")]],
                "departement": ["code": "01", "nom": "Aigue"], "region": ["code": "84", "nom": "Haute-Région"],
                "epci": ["code": "200029999", "nom": "CC de l'Aigue, du Val et \"d'ailleurs\""], "zone": "metro",
                "type": "commune-actuelle", "anciensCodes": ["01003", "01004"],
            ]))
    }

    @Test func `what nobody knows of a commune is left out`() async throws {
        let keys = try await reply("communes/01002").json.members?.map(\.key)
        #expect(keys == ["nom", "code", "codeDepartement", "codeRegion", "codesPostaux", "population"])
    }

    @Test func `a former code answers the commune of today and says since when`() async throws {
        let former = try await reply("communes/01004", ["fields": "population"])
        #expect(
            former.json.matches([
                "nom": "Grandval", "code": "01001", "population": 1600, "ancienCode": "01004",
                "remplaceLe": "1972-05-01",
            ]))
        let divided = try await reply("communes/01006")
        #expect(
            divided.status == 404 && divided.json["message"]?.text?.contains("1950-06-17 entre 01001, 01002") == true)
        // A search finds what is there today.
        #expect(try await reply("communes", ["code": "01004"]).json == [])
        #expect(try await reply("communes", ["ancienCode": "01004"]).json.items?.count == 1)
    }

    @Test func `GeoJSON has the centre as its geometry, where it is known`() async throws {
        let one = try await reply("communes/01001", ["format": "geojson", "fields": "centre,population"]).json
        #expect(one["geometry"]?["coordinates"]?.matches([.decimal("5.2"), .decimal("46.1")]) == true)
        #expect(one["properties"] == ["nom": "Grandval", "code": "01001", "population": 1600])
        let all = try await reply("communes", ["format": "geojson", "codeRegion": "04"]).json
        #expect(all["type"] == "FeatureCollection" && all["features"]?.items?.first?["geometry"] == .null)
    }

    @Test(arguments: [
        ("communes", ["limit": "0"]), ("communes", ["limit": "dix"]), ("communes", ["lat": "46"]),
        ("communes", ["lat": "46", "lon": "x"]), ("communes", ["lat": "91", "lon": "0"]),
        ("communes", ["lat": "nan", "lon": "nan"]), ("communes", ["boost": "surface"]),
        ("communes", ["type": "village"]),
        ("communes", ["zone": "lune"]), ("communes", ["format": "xml"]), ("communes", ["format": "geojson"]),
        ("communes/01001", ["geometry": "contour"]), ("departements", ["format": "geojson"]),
        ("regions", ["zone": "x"]),
        ("epcis", ["limit": "-1"]), ("communes", ["nom": String(repeating: "a", count: 201)]),
    ])
    func `a parameter that cannot be understood is refused in plain words`(path: String, query: [String: String])
        async throws
    {
        let refused = try await reply(path, query)
        #expect(refused.status == 400 && refused.json["code"] == 400 && refused.json["message"]?.isBlank == false)
    }

    @Test(arguments: [
        "", "communes/99999", "communes/01001/x", "epcis/1", "epcis/200029999/x", "departements/99", "regions/99",
        "regions/84/communes", "departements/01/communes/x", "pays",
    ])
    func `what does not exist is told as such`(path: String) async throws {
        let missing = try await reply(path)
        #expect(missing.status == 404 && missing.json["code"] == 404)
    }

    @Test func `the other places answer alike`() async throws {
        #expect(
            try await reply("epcis/200029999").json.matches([
                "nom": "CC de l'Aigue, du Val et \"d'ailleurs\"", "code": "200029999", "codesDepartements": ["01"],
                "codesRegions": ["84"], "population": 1600,
            ]))
        #expect(try await reply("epcis", ["nom": "aigue", "fields": "type"]).json.items?.first?["type"] == "CC")
        #expect(
            try await reply("epcis/200029999/communes", ["fields": "nom"]).json == [
                ["nom": "Grandval", "code": "01001"]
            ])
        #expect(try await reply("departements/01").json == ["nom": "Aigue", "code": "01", "codeRegion": "84"])
        #expect(try await reply("departements/974/communes", ["fields": "nom"]).json.items?.count == 1)
        #expect(try await reply("departements", ["codeRegion": "04"]).json.items?.count == 1)
        #expect(try await reply("departements", ["limit": "1"]).json.items?.map { $0["code"] } == ["01"])
        #expect(
            try await reply("regions", ["nom": "haute region", "fields": "zone"]).json.items?.first?["zone"] == "metro")
        #expect(try await reply("regions/84").json == ["nom": "Haute-Région", "code": "84"])
        #expect(try await reply("regions/84/departements").json.items?.map { $0["code"] } == ["01"])
    }

    @Test func `a long answer is the same in steps`() {
        let reply = Reply(Array(0..<7)) { .integer($0) }
        let steps = stride(from: 0, to: 7, by: 3).flatMap { reply.bytes(from: $0, most: 3) }
        #expect(String(decoding: steps, as: UTF8.self) == "[0,1,2,3,4,5,6]")
        #expect(String(decoding: Reply([Int]()) { .integer($0) }.bytes(from: 0, most: 3), as: UTF8.self) == "[]")
    }
}
