import Testing
import Values

@testable import unefois

struct RouteTests {
    @Test func `an unserved version is told to those who may know it`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for version in [1, 2, 4, 9, 99] where version != 2 {
                let answer = try await hub.send(
                    "/v\(version)/dss/quotient_familial/identite?" + Query.v3.text, token: token)
                #expect(answer.status == 404 && answer.codes == ["00402"])
            }
            #expect(try await hub.send("/v9/dss/quotient_familial/identite?" + Query.v3.text).status == 401)
        }
    }

    @Test func `an address that leads nowhere says so in plain text`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for path in [
                "/v3/inconnu", "/v3/", "/v3", "/v3/dss/quotient_familial/identite/", "/api/inconnu", "/v3//dss",
                "/v12/x/y/z",
            ] {
                let answer = try await hub.send(path, token: token)
                #expect(
                    answer.status == 404 && answer.headers["content-type"] == "text/plain; charset=utf-8", "\(path)")
                #expect(answer.text.hasPrefix("Cette adresse n'existe pas"))
            }
        }
    }

    @Test(arguments: [
        "/api/v2/composition-familiale", "/api/caf/famille", "/api/impots/svair", "/api/v2/avis-imposition",
        "/v2/siren/1",
    ])
    func `a removed address says what took its place`(path: String) async throws {
        try await HubBench().run { hub in
            let answer = try await hub.send(path + "?codePostal=08000")
            #expect(answer.status == 410 && answer.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(!answer.body.isEmpty)
        }
    }

    @Test func `a token in the address opens nothing`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for path in [Query.v3.civility, Query.v3.version2] {
                #expect(try await hub.send(path + "&token=" + token).status == 401)
            }
            for headers in [
                ["Authorization": token], ["Authorization": "Basic " + token], ["Authorization": "Bearer"],
                ["Cookie": token],
                ["Authorization": "Bearer \t" + token], ["X-Api-Key": "Bearer " + token],
            ] {
                let answer = try await hub.send(Query.v3.civility, headers: headers)
                #expect(answer.status == 401 && answer.codes == ["00101"] && answer.headers["ratelimit-limit"] == nil)
            }
            for headers in [
                ["Authorization": "bEARER " + token], ["Authorization": "Bearer   " + token], ["X-Api-Key": token],
            ] {
                #expect(try await hub.send(Query.v3.civility, headers: headers).status == 200)
            }
            #expect(hub.stub.asked.count == 1)
        }
    }

    @Test func `an address is only read`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
                let answer = try await hub.send(Query.v3.civility, token: token, method: method)
                #expect(answer.status == 405 && answer.headers["allow"] == "GET")
            }
            #expect(hub.stub.asked.isEmpty)
        }
    }

    @Test func `a token can ask what it opens`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(id: "jti-7", scopes: ["cnaf_enfants"])
            let company = try await hub.send("/privileges", token: token)
            #expect(company.status == 200 && company.json["data"] == ["privileges": ["cnaf_enfants"]])
            let person = try await hub.send("/api/introspect", headers: ["X-Api-Key": token])
            #expect(person.json == ["_id": "jti-7", "name": "", "scopes": ["cnaf_enfants"]])
            #expect(try await hub.send("/privileges").status == 401)
            #expect(try await hub.send("/api/introspect", token: "x").status == 401)
        }
    }

    @Test func `pings, keys and health need no token`() async throws {
        try await HubBench().run { hub in
            for path in ["/v2/ping", "/v3/ping", "/api/ping", "/api/caf/ping", "/api/impots/ping"] {
                let answer = try await hub.send(path)
                #expect(answer.status == 200 && answer.json == "pong")
            }
            #expect(try await hub.send("/ping/cnav/cnav").status == 200)
            let unknown = try await hub.send("/ping/nobody/x")
            #expect(unknown.status == 404 && unknown.json == [:])
            hub.clock.advance(2 * 86_400 + 11 * 3600 + 600)
            let closed = try await hub.send("/ping/cnav/cnav")
            #expect(closed.status == 502 && closed.json["status"] == "maintenance")
            let key = try await hub.send("/api/france_connect_jwks").json["keys"]?.items?.first
            #expect(key?["use"] == "enc" && key?["alg"] == "RSA-OAEP" && key?["d"] == nil)
            _ = try await hub.token()
            #expect(try await hub.send("/health").status == 200)
            hub.hub.gateway.losesGrants()
            #expect(try await hub.send("/health").status == 503)
        }
    }
}
