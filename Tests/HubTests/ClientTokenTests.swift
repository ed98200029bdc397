import AsyncHTTPClient
import Crypto
import Desk
import Foundation
import Ledger
import Testing
import Values

@testable import Gateway
@testable import unefois

/// Clients, their tokens and their calls, over a whole hub.
struct ClientTokenTests {
    private static let key = P256.Signing.PrivateKey()
    private static let certificate = [0x30, 0x82, 0x01, 0x00] + [UInt8](repeating: 9, count: 256)

    private static var jwk: JSON {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "x": .string(Base64URL.encode(point.prefix(32))),
            "y": .string(Base64URL.encode(point.suffix(32))),
        ]
    }

    private static func signed(_ header: JSON, _ claims: JSON) throws -> String {
        let text = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        return text + "." + Base64URL.encode(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private static func client(
        _ hub: RunningHub, of holder: OAuthClient.Holder, credential: OAuthClient.Credential? = nil,
        requiresDPoP: Bool = false
    ) -> OAuthClient {
        let client = OAuthClient(
            id: GrantStore.newID(), holder: holder, credential: credential ?? .keys([jwk]), requiresDPoP: requiresDPoP,
            created: may)
        hub.rights.change(hub.hub) { $0.clients.append(client) }
        return client
    }

    private static func assertion(_ hub: RunningHub, _ client: OAuthClient, _ jti: String = UUID().uuidString) throws
        -> String
    {
        try signed(
            ["alg": "ES256"],
            [
                "iss": .string(client.id), "sub": .string(client.id), "aud": .string(hub.hub.address.url),
                "jti": .string(jti), "exp": .integer(Int(hub.clock.wall.now().timeIntervalSince1970) + 60),
            ])
    }

    private static func proof(
        _ hub: RunningHub, _ method: String, _ path: String, token: String? = nil, _ jti: String = UUID().uuidString
    ) throws -> String {
        let digest = token.map { JSON.Member("ath", .string(Base64URL.encode(SHA256.hash(data: Data($0.utf8))))) }
        let claims: [JSON.Member] = [
            .init("jti", .string(jti)), .init("htm", .string(method)),
            .init("htu", .string(hub.hub.address.url + path.prefix { $0 != "?" })),
            .init("iat", .integer(Int(hub.clock.wall.now().timeIntervalSince1970))),
        ]
        return try signed(
            ["typ": "dpop+jwt", "alg": "ES256", "jwk": jwk], .object(claims + [digest].compactMap(\.self)))
    }

    /// Asks for a token.
    private static func ask(
        _ hub: RunningHub, _ fields: [String: String], headers: [String: String] = [:]
    ) async throws -> RunningHub.Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(hub.port)/oauth/token")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let usual = ["grant_type": "client_credentials"]
        let form = usual.merging(fields) { $1 }
        request.body = .bytes(
            Array(form.map { Form.encoded($0.key) + "=" + Form.encoded($0.value) }.joined(separator: "&").utf8))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let body = Array(buffer: try await response.body.collect(upTo: 1 << 16))
        let names = response.headers.map { ($0.name.lowercased(), $0.value) }
        return RunningHub.Answer(
            status: Int(response.status.code), headers: Dictionary(names, uniquingKeysWith: { $1 }), body: body)
    }

    private static func asserting(_ text: String) -> [String: String] {
        ["client_assertion_type": ClientAssertion.type, "client_assertion": text]
    }

    /// A token bound to the key.
    private static func boundToken(_ hub: RunningHub, _ client: OAuthClient) async throws -> String {
        let answer = try await ask(
            hub, asserting(try assertion(hub, client)), headers: ["DPoP": try proof(hub, "POST", "/oauth/token")])
        #expect(answer.json["token_type"] == "DPoP")
        return try #require(answer.json["access_token"]?.text)
    }

    private static func call(_ hub: RunningHub, _ token: String, _ path: String, _ proof: String) async throws
        -> RunningHub.Answer
    {
        try await hub.send(path, headers: ["Authorization": "DPoP " + token, "DPoP": proof])
    }

    @Test func `a client proves its key, gets a token bound to it, and calls with a proof each time`() async throws {
        try await HubBench().run { hub in
            let grant = hub.grant(Bodies.all[0])
            let client = Self.client(hub, of: .grant(grant.id), requiresDPoP: true)
            let token = try await Self.boundToken(hub, client)
            let path = Query.v3.civility
            let proof = try Self.proof(hub, "GET", path, token: token)
            #expect(try await Self.call(hub, token, path, proof).status == 200)
            // Seen again, here or by another node, it no longer serves.
            let replayed = try await Self.call(hub, token, path, proof)
            #expect(replayed.status == 401 && replayed.codes == ["00461"])
            #expect(replayed.headers["www-authenticate"]?.hasPrefix("DPoP error=\"invalid_dpop_proof\"") == true)
            // Stolen, the token is worth nothing: as a bearer's, in the older header, or with a proof of another call.
            #expect(try await hub.send(path, token: token).codes == ["00462"])
            #expect(try await hub.send(path, headers: ["X-Api-Key": token]).codes == ["00462"])
            let elsewhere = try Self.proof(hub, "GET", "/v3/token/introspect", token: token)
            #expect(try await Self.call(hub, token, path, elsewhere).codes == ["00460"])
            let introspection = try Self.proof(hub, "GET", "/v3/token/introspect", token: token)
            let facts = try await Self.call(hub, token, "/v3/token/introspect", introspection).json["data"]
            #expect(facts?["cnf"]?["jkt"]?.text?.utf8.count == 43 && facts?["demande_acces_id"]?.text == grant.id)
            #expect(facts?["duree_validite_restante_en_secondes"] == 600)
            // Calls are traced under the client.
            await hub.hub.close()
            var cursor = try LedgerReader(directory: hub.folder.ledger).records()
            let record = try #require(try cursor.next())
            #expect(record.token == client.id && record.grant == grant.id && record.outcome.status == 200)
        }
    }

    @Test func `an assertion serves once, and only the client that it is from`() async throws {
        try await HubBench().run { hub in
            let grant = hub.grant(Bodies.all[0])
            let client = Self.client(hub, of: .grant(grant.id))
            let assertion = try Self.assertion(hub, client)
            let answer = try await Self.ask(hub, Self.asserting(assertion).merging(["scope": "cnaf_enfants"]) { $1 })
            #expect(answer.status == 200 && answer.headers["cache-control"] == "no-store")
            #expect(answer.json["token_type"] == "Bearer" && answer.json["scope"] == "cnaf_enfants")
            let token = try #require(answer.json["access_token"]?.text)
            let read = try await hub.send(Query.v3.civility, token: token)
            #expect(read.status == 200 && read.json["data"]?["quotient_familial"] == nil)
            let again = try await Self.ask(hub, Self.asserting(assertion))
            #expect(again.status == 401 && again.json["error"] == "invalid_client" && again.codes == ["00461"])
            for (fields, headers, status, error, code) in [
                (Self.asserting("x.y.z"), [:], 401, "invalid_client", "00465"),
                (["client_id": client.id], [:], 401, "invalid_client", "00465"),
                ([:], [:], 401, "invalid_client", "00465"),
                (["grant_type": "password"], [:], 400, "unsupported_grant_type", "00466"),
                (["client_assertion": "x"], [:], 400, "invalid_request", "00466"),
                (
                    Self.asserting(try Self.assertion(hub, client)).merging(["scope": "openid"]) { $1 }, [:], 400,
                    "invalid_scope", "00467"
                ),
                (
                    Self.asserting(try Self.assertion(hub, client)), ["DPoP": "x.y.z"], 400, "invalid_dpop_proof",
                    "00460"
                ),
            ] as [([String: String], [String: String], Int, String, String)] {
                let refused = try await Self.ask(hub, fields, headers: headers)
                #expect(refused.status == status && refused.json["error"]?.text == error && refused.codes == [code])
            }
            let strict = Self.client(hub, of: .grant(grant.id), requiresDPoP: true)
            let without = try await Self.ask(hub, Self.asserting(try Self.assertion(hub, strict)))
            #expect(without.status == 400 && without.json["error"] == "invalid_dpop_proof")
        }
    }

    @Test func `what is revoked ends the tokens given out, at once`() async throws {
        try await HubBench().run { hub in
            let grant = hub.grant(Bodies.all[0])
            let clients = [0, 1].map { _ in Self.client(hub, of: .grant(grant.id)) }
            var tokens: [String] = []
            for client in clients {
                let answer = try await Self.ask(hub, Self.asserting(try Self.assertion(hub, client)))
                tokens.append(try #require(answer.json["access_token"]?.text))
            }
            hub.rights.change(hub.hub) { $0.clients[0].revoked = may }
            #expect(try await hub.send(Query.v3.civility, token: tokens[0]).codes == ["00105"])
            #expect(try await hub.send(Query.v3.civility, token: tokens[1]).status == 200)
            let refused = try await Self.ask(hub, Self.asserting(try Self.assertion(hub, clients[0])))
            #expect(refused.status == 401 && refused.codes == ["00105"])
            hub.rights.change(hub.hub) { $0.grants[0].revoked = may }
            #expect(try await hub.send(Query.v3.civility, token: tokens[1]).codes == ["00105"])
            hub.rights.change(hub.hub) { $0.grants[0].revoked = nil }
            hub.clock.advance(600)
            #expect(try await hub.send(Query.v3.civility, token: tokens[1]).codes == ["00103"])
        }
    }

    @Test func `a vendor's client calls under a delegation, never without`() async throws {
        try await HubBench().run { hub in
            let (vendor, _) = try await hub.vendor()
            let client = Self.client(hub, of: .vendor(vendor.id))
            let token = try await Self.boundToken(hub, client)
            let path = Query.v3.with("recipient", Bodies.all[0]).civility
            let refused = try await Self.call(hub, token, path, try Self.proof(hub, "GET", path, token: token))
            #expect(refused.codes == ["00213"])
            hub.delegate(hub.grant(Bodies.all[0]), to: vendor)
            let read = try await Self.call(hub, token, path, try Self.proof(hub, "GET", path, token: token))
            #expect(read.status == 200)
        }
    }

    @Test func `a certificate is believed of a trusted proxy that is said to know it, and binds the token`()
        async throws
    {
        let digest = Array(SHA256.hash(data: Self.certificate))
        let header = ":" + Data(Self.certificate).base64EncodedString() + ":"
        for (proxies, isSaid) in [(["127.0.0.0/8"], true), ([], true), (["127.0.0.0/8"], false)] {
            var bench = HubBench()
            (bench.trustedProxies, bench.believesCertificates) = (proxies, isSaid)
            let isTrusted = !proxies.isEmpty && isSaid
            try await bench.run { hub in
                let client = Self.client(
                    hub, of: .grant(hub.grant(Bodies.all[0]).id), credential: .certificate(digest))
                let fields = ["client_id": client.id]
                let answer = try await Self.ask(hub, fields, headers: ["Client-Cert": header])
                guard isTrusted else {
                    #expect(answer.status == 401 && answer.codes == ["00465"])
                    return
                }
                let token = try #require(answer.json["access_token"]?.text)
                let path = Query.v3.civility
                let read = try await hub.send(path, token: token, headers: ["Client-Cert": header])
                #expect(read.status == 200)
                let stolen = try await hub.send(path, token: token)
                #expect(stolen.codes == ["00463"] && stolen.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
                let other = ":" + Data(Self.certificate.dropLast() + [1]).base64EncodedString() + ":"
                #expect(try await hub.send(path, token: token, headers: ["Client-Cert": other]).codes == ["00463"])
            }
        }
    }

    @Test func `tokens are asked for so often, no more`() async throws {
        try await HubBench().run { hub in
            let client = Self.client(hub, of: .grant(hub.grant(Bodies.all[0]).id))
            for _ in 0..<RateLimiter.Door.tokens.rawValue { _ = try await Self.ask(hub, [:]) }
            let answer = try await Self.ask(hub, Self.asserting(try Self.assertion(hub, client)))
            #expect(answer.status == 429 && answer.codes == ["00429"] && answer.headers["retry-after"] != nil)
        }
    }

    @Test func `the addresses and algorithms are told where RFC 8414 says`() async throws {
        try await HubBench().run { hub in
            let facts = try await hub.send("/.well-known/oauth-authorization-server").json
            #expect(facts["issuer"]?.text == hub.hub.address.url)
            #expect(facts["token_endpoint"]?.text == hub.hub.address.url + "/oauth/token")
            #expect(facts["dpop_signing_alg_values_supported"]?.items?.contains("ES256") == true)
            #expect(facts["token_endpoint_auth_methods_supported"]?.items?.contains("private_key_jwt") == true)
            #expect(facts["scopes_supported"]?.items?.contains("cnaf_quotient_familial") == true)
        }
    }
}
