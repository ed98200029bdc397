import Testing
import Values

@testable import unefois

/// The addresses below `/geo`, over the extract that comes with the program.
struct GeographyRouteTests {
    @Test func `geography is answered without a token, to anybody's page, and leaves no trace`() async throws {
        try await HubBench().run { hub in
            let found = try await hub.send(
                "/geo/communes?nom=st+%C3%A9tienne&boost=population&fields=population&limit=1")
            #expect(found.status == 200 && found.json.items?.map { $0["code"] } == ["42218"])
            #expect(found.headers["content-type"] == "application/json; charset=utf-8")
            #expect(found.headers["access-control-allow-origin"] == "*")
            let merged = try await hub.send("/geo/communes/01091").json
            #expect(
                merged["code"] == "01033" && merged["ancienCode"] == "01091" && merged["remplaceLe"] == "2019-01-01")
            let epci = try await hub.send("/geo/epcis/200069052/communes?fields=nom").json
            #expect((epci.items?.count ?? 0) > 50)
            #expect(try await hub.send("/geo/departements/90/communes?limit=3").json.items?.count == 3)
            #expect(try await hub.send("/geo/regions/94/departements").json.items?.count == 2)
            let located = try await hub.send("/geo/communes/75056?format=geojson")
            #expect(located.headers["content-type"] == "application/geo+json")
            #expect(hub.stub.asked.isEmpty)
        }
    }

    @Test func `a long answer comes whole`() async throws {
        try await HubBench().run { hub in
            let all = try await hub.send("/geo/communes?zone=metro,drom,com")
            #expect(all.status == 200 && (all.json.items?.count ?? 0) > 250)
        }
    }

    @Test func `what does not exist or cannot be understood is told in JSON`() async throws {
        try await HubBench().run { hub in
            for (path, status) in [
                ("/geo/communes/99999", 404), ("/geo/rien", 404), ("/geo/communes/../x", 404),
                ("/geo/communes?limit=x", 400),
                ("/geo/communes?lat=48.8&lon=2.3", 400),
            ] {
                let answer = try await hub.send(path)
                #expect(answer.status == status && answer.json["code"]?.int == status, "\(path)")
                #expect(answer.json["message"]?.isBlank == false)
            }
            let posted = try await hub.send("/geo/communes", method: "POST")
            #expect(posted.status == 405 && posted.headers["allow"] == "GET, HEAD")
            let head = try await hub.send("/geo/communes/75056", method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }
}
