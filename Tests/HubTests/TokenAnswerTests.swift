import Foundation
import Testing
import Values

@testable import unefois

/// What a token is told about itself.
struct TokenAnswerTests {
    @Test func `a token is told everything about itself`() async throws {
        try await HubBench().run { hub in
            let ends = may.addingTimeInterval(3600)
            let token = try await hub.token(
                id: "jti-7", scopes: ["cnaf_enfants"], limit: .perMinute(30), expires: ends)
            let answer = try await hub.send("/v3/token/introspect", token: token)
            #expect(answer.status == 200 && answer.headers["content-type"] == "application/vnd.api+json")
            #expect(answer.headers["cache-control"] == "no-cache, no-store")
            #expect(
                answer.json == [
                    "data": [
                        "id": "jti-7", "type": "standard", "scopes": ["cnaf_enfants"],
                        "demande_acces_id": "grant-jti-7", "datapass_id": .null,
                        "siret_souscripteur": "13002526500013", "date_emission": "2026-05-15T10:00:00Z",
                        "date_expiration": "2026-05-15T11:00:00Z", "duree_validite_restante_en_secondes": 3600,
                        "rate_limit_par_minute": 30,
                        "finalites": [
                            [
                                "id": "principale", "intitule": "Tarif", "cadre_legal": "", "par_defaut": true,
                                "dossier_obligatoire": false, "quota": .null,
                            ]
                        ], "delegation": .null,
                    ], "links": [:], "meta": [:],
                ])
            hub.clock.advance(3599.5)
            let late = try await hub.send("/v3/token/introspect", headers: ["X-Api-Key": token])
            #expect(late.json["data"]?["duree_validite_restante_en_secondes"] == 0)
            hub.clock.advance(1)
            #expect(try await hub.send("/v3/token/introspect", token: token).codes == ["00103"])
        }
    }

    @Test func `a vendor is told what a delegation allows, and nothing without one`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            let grant = hub.grant(Bodies.all[0], scopes: ["cnaf_enfants"], expires: may.addingTimeInterval(60))
            let delegation = hub.delegate(grant, to: vendor)
            let alone = try await hub.send("/v3/token/introspect", token: token).json["data"]
            #expect(alone?["type"] == "editeur" && alone?["scopes"] == [] && alone?["delegation"] == .null)
            #expect(alone?["demande_acces_id"] == .null && alone?["siret_souscripteur"]?.text == vendor.siret)
            #expect(alone?["duree_validite_restante_en_secondes"] == 86_400)
            for query in ["recipient=" + Bodies.all[0], "delegation_id=" + delegation.id] {
                let data = try await hub.send("/v3/token/introspect?" + query, token: token).json["data"]
                #expect(data?["scopes"] == ["cnaf_enfants"] && data?["demande_acces_id"]?.text == grant.id)
                #expect(
                    data?["delegation"]
                        == ["id": .string(delegation.id), "siret_delegant": .string(Bodies.all[0])])
                // The grant ends before the token.
                #expect(data?["duree_validite_restante_en_secondes"] == 60 && data?["datapass_id"] == "DP-1")
            }
            #expect(
                try await hub.send("/v3/token/introspect?recipient=" + Bodies.all[1], token: token).codes == ["00213"])
            #expect(try await hub.send("/privileges", token: token).json["data"] == ["privileges": []])
            #expect(
                try await hub.send("/privileges", token: token, headers: ["X-Delegation-Id": delegation.id]).json[
                    "data"]
                    == ["privileges": ["cnaf_enfants"]])
        }
    }

    @Test func `an unknown, forged or misplaced token is told nothing`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token(addresses: ["192.0.2.1"])
            for path in ["/v3/token/introspect", "/editeur/api/v1/delegations"] {
                #expect(try await hub.send(path).codes == ["00101"])
                #expect(try await hub.send(path + "?token=" + token).codes == ["00101"])
                #expect(try await hub.send(path, token: "forged").status == 401)
                let misplaced = try await hub.send(path, token: token)
                #expect(misplaced.status == 403 && misplaced.codes == ["00107"])
                #expect(try await hub.send(path, token: token, method: "POST").status == 404)
            }
            // A grant's token is told of no delegation, not even of those of its own grant.
            #expect(try await hub.send("/editeur/api/v1/delegations", token: hub.token()).codes == ["00100"])
        }
    }

    @Test func `a vendor's delegations come by pages, the newest first, nobody else's`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            let (other, _) = try await hub.vendor()
            let path = "/editeur/api/v1/delegations"
            let none = try await hub.send(path, token: token).json
            #expect(none["data"] == [] && none["meta"]?["total_pages"] == 0 && none["meta"]?["per_page"] == 25)
            let made = (0..<130).map { hub.delegate(hub.grant(Bodies.all[$0 % 8]), to: vendor).id }
            hub.delegate(hub.grant(Bodies.all[0]), to: other)
            for (query, number, size, first, count) in [
                ("", 1, 25, 129, 25), ("?page=6", 6, 25, 4, 5), ("?page=7", 7, 25, nil, 0),
                ("?page=2&per_page=100", 2, 100, 29, 30), ("?per_page=500", 1, 100, 129, 100),
                ("?page=0&per_page=0", 1, 1, 129, 1), ("?page=-1&per_page=x", 1, 25, 129, 25),
                ("?page=9223372036854775807", 1_000_000, 25, nil, 0),
            ] as [(String, Int, Int, Int?, Int)] {
                let json = try await hub.send(path + query, token: token).json
                #expect(json["data"]?.items?.count == count && json["meta"]?["total"] == 130, "\(query)")
                #expect(json["meta"]?["page"]?.int == number && json["meta"]?["per_page"]?.int == size)
                #expect(json["data"]?.items?.first?["id"]?.text == first.map { made[$0] })
            }
        }
    }

    @Test func `a delegation tells its body and how it stands`() async throws {
        try await HubBench().run { hub in
            let (vendor, token) = try await hub.vendor()
            let grant = hub.grant(Bodies.all[0], scopes: ["a"], expires: may.addingTimeInterval(60))
            let delegation = hub.delegate(grant, to: vendor)
            func item() async throws -> JSON? {
                try await hub.send("/editeur/api/v1/delegations", token: token).json["data"]?.items?.first
            }
            #expect(
                try await item() == [
                    "id": .string(delegation.id), "authorization_request_id": .string(grant.id),
                    "siret": .string(Bodies.all[0]), "intitule": .string("Cantine " + Bodies.all[0]), "scopes": ["a"],
                    "statut": "active", "created_at": "2026-05-15T10:00:00Z",
                ])
            hub.clock.advance(60)
            #expect(try await item()?["statut"] == "expiree")
            hub.rights.change(hub.hub) { $0.delegations[0].revoked = may }
            #expect(try await item()?["statut"] == "revoquee")
        }
    }
}
