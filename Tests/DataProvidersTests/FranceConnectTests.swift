import Crypto
import CryptoExtras
import Foundation
import Testing
import Values

@testable import DataProviders

struct FranceConnectTests {
    @Test func `an answer of FranceConnect tells who the citizen is`() async throws {
        let body = try Forge().answer()
        let transport = ScriptedTransport { request throws(TransportFailure) in
            .json(request.url.hasSuffix("/jwks") ? Forge.keySet() : body)
        }
        let citizen = try await Forge.introspect("", transport: transport).get()
        #expect(
            citizen.identity == [
                "nomNaissance": "LEFEBVRE", "prenoms": ["CLAIRE", "MARIE"], "sexeEtatCivil": "F",
                "anneeDateNaissance": "1987", "moisDateNaissance": "06", "jourDateNaissance": "27",
                "codeCogInseeCommuneNaissance": "08480", "codeCogInseePaysNaissance": "99100",
            ])
        #expect(citizen.scopes == ["openid", "identite_pivot", "cnaf_quotient_familial"])
        #expect(citizen.client == "service" && citizen.subject == "pseudonym")
        let form = transport.requests.first?.text
        #expect(form == "client_id=fc-id&client_secret=fc-secret&token=citizen-token")
    }

    @Test func `where issuer and audience are configured an answer of or for another is refused`() async throws {
        var configuration = TableConfiguration()
        configuration.values["france_connect.issuer"] = "https://fc.example/api/v2"
        configuration.values["france_connect.audience"] = "fc-id"
        // An API may have a client of its own.
        configuration.values["france_connect.quotient-familial.audience"] = "fc-id-qf"
        for (issuer, audience, isTaken) in [
            ("https://fc.example/api/v2", "fc-id-qf", true),
            ("https://fc.example/api/v2", ["other", "fc-id-qf"], true),
            ("https://fc.example/api/v2", "fc-id", false), ("https://fc.example/api/v2", nil, false),
            ("https://fc.example/api/v2", [], false), ("https://fc.example", "fc-id-qf", false),
            (nil, "fc-id-qf", false), (["https://fc.example/api/v2"], "fc-id-qf", false), (nil, nil, false),
        ] as [(JSON?, JSON?, Bool)] {
            var forge = Forge()
            forge.around = [("iss", issuer), ("aud", audience)].compactMap { name, value in
                value.map { JSON.Member(name, $0) }
            }
            let found = try await Forge.introspect(forge.answer(), configuration: configuration)
            #expect(found.code == (isTaken ? nil : "NN999"), "\(forge.around)")
            // Not configured, they are not asked for.
            #expect(try await Forge.introspect(forge.answer()).code == nil)
        }
    }

    @Test func `unknown parts of a date and a birth abroad are left out`() async throws {
        var forge = Forge()
        forge.set("birthdate", "1987-00-00")
        forge.set("birthplace", "")
        forge.set("gender", "male")
        forge.set("preferred_username", "MARCHAND")
        let identity = try await Forge.introspect(forge.answer()).get().identity
        #expect(identity["moisDateNaissance"] == nil && identity["codeCogInseeCommuneNaissance"] == nil)
        #expect(identity["sexeEtatCivil"] == "M" && identity["nomUsage"] == nil)
    }

    @Test(
        arguments: [
            ("active", false, "50002"), ("active", nil, "50002"), ("active", "true", "50002"),
            ("exp", 1_780_000_000, "50002"),
            ("exp", nil, "50002"), ("exp", 0, "50002"), ("family_name", nil, "50003"), ("given_name", nil, "50003"),
            ("birthdate", nil, "50003"), ("family_name", .null, "50003"),
        ] as [(String, JSON?, String)])
    func `what an introspection lacks refuses it`(key: String, value: JSON?, code: String) async throws {
        var forge = Forge()
        forge.set(key, value)
        #expect(try await Forge.introspect(forge.answer()).code == code)
    }

    @Test func `a signature of another key, algorithm or content is refused`() async throws {
        var other = Forge()
        other.signingKey = P256.Signing.PrivateKey()
        var unknown = Forge()
        unknown.header = ["alg": "ES256", "kid": "fc-2"]
        var bodies = [try other.answer(), try unknown.answer()]
        for algorithm: JSON in ["none", "None", "HS256", "ES384", "RS256", "es256", nil] {
            var forge = Forge()
            forge.header = ["alg": algorithm, "kid": "fc-1"]
            bodies.append(try forge.answer())
        }
        let signed = try Forge().signed().split(separator: ".").map(String.init)
        var paid = Forge()
        paid.set("scope", "everything")
        let forged = Base64URL.encode(paid.payload.bytes)
        for parts in [
            [signed[0], forged, signed[2]], [signed[0], signed[1], ""], [signed[0], signed[1]], signed + ["x"],
            [signed[0], signed[1], Base64URL.encode([UInt8](repeating: 0, count: 64))], ["", "", ""],
            [Base64URL.encode(Array(#"{"alg":"none"}"#.utf8)), signed[1], ""],
        ] { bodies.append(try Forge().encrypted(parts.joined(separator: "."))) }
        for body in bodies { #expect(try await Forge.introspect(body).code == "NN999") }
        // Signed with the key's public half as if it were a shared secret.
        let head = Base64URL.encode(Array(#"{"alg":"HS256","kid":"fc-1"}"#.utf8)) + "." + signed[1]
        let secret = SymmetricKey(data: Forge.signer.publicKey.rawRepresentation)
        let code = HMAC<SHA256>.authenticationCode(for: Data(head.utf8), using: secret)
        let confused = try Forge().encrypted(head + "." + Base64URL.encode(code))
        #expect(try await Forge.introspect(confused).code == "NN999")
    }

    @Test func `a key set without the key refuses`() async throws {
        let body = try Forge().answer()
        for keySet in [
            Forge.keySet(kid: "other"), #"{"keys":[]}"#, "{}", "<", Forge.keySet().replacing("P-256", with: "P-384"),
            Forge.keySet().replacing("\"sig\"", with: "\"enc\""),
        ] {
            #expect(try await Forge.introspect(body, keySet: keySet).code == "NN999")
        }
    }

    @Test func `an answer that is not encrypted for the hub is refused`() async throws {
        let stranger = try _RSA.Encryption.PrivateKey(keySize: .bits2048).publicKey
        let signed = try Forge().signed()
        var bodies = [signed, Forge().payload.serialized, "", "....", try Forge().encrypted(signed, for: stranger)]
        for header: JSON in [
            ["alg": "RSA-OAEP-256", "enc": "A256GCM"], ["alg": "RSA1_5", "enc": "A256GCM"],
            ["alg": "dir", "enc": "A256GCM"],
            ["alg": "RSA-OAEP", "enc": "A128GCM"], ["alg": "RSA-OAEP", "enc": "A128CBC-HS256"],
            ["alg": "RSA-OAEP", "enc": "A256GCM", "zip": "DEF"],
            ["alg": "RSA-OAEP", "enc": "A256GCM", "crit": ["exp"]],
            ["alg": "RSA-OAEP"], [:], "text",
        ] {
            var forge = Forge()
            forge.encryptionHeader = header
            bodies.append(try forge.answer())
        }
        for body in bodies { #expect(try await Forge.introspect(body).code == "NN999") }
    }

    @Test func `no part of an encrypted answer can be changed`() throws {
        let key = try Forge.hubKeys.get().privateKey()
        let parts = try Forge().answer().split(separator: ".").map(String.init)
        #expect(try JWE.decrypt(parts.joined(separator: "."), with: key).starts(with: Array("ey".utf8)))
        for index in parts.indices {
            for change in [UInt8(1), 0x80] {
                var bytes = try #require(Base64URL.decode(parts[index]))
                bytes[bytes.count / 2] ^= change
                var changed = parts
                changed[index] = Base64URL.encode(bytes)
                #expect(throws: JWE.Refused.self) { try JWE.decrypt(changed.joined(separator: "."), with: key) }
                changed[index] = Base64URL.encode(bytes.dropLast())
                #expect(throws: JWE.Refused.self) { try JWE.decrypt(changed.joined(separator: "."), with: key) }
            }
        }
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_request"}"#, "50001"), (401, #"{"error":"invalid_client"}"#, "50002"),
        (401, #"{"error":"invalid_token"}"#, "50002"), (400, "{}", "NN999"), (401, "<", "NN999"), (500, "", "NN999"),
        (500, #"{"error":"invalid_client"}"#, "NN999"), (302, "", "NN000"), (502, "", "NN001"),
        (503, "", "NN001"), (504, "", "NN002"),
    ])
    func `a refusal of FranceConnect has its code`(status: Int, body: String, code: String) async throws {
        #expect(try await Forge.introspect(body, status: status).code == code)
    }

    @Test(arguments: ["a b", "a\nb", "é", "\u{7F}", String(repeating: "a", count: 4097)])
    func `a token that cannot be one is not sent`(token: String) async throws {
        let transport = ScriptedTransport(.json("{}"))
        #expect(try await Forge.introspect("", token: token, transport: transport).code == "50001")
        #expect(transport.requests.isEmpty)
    }

    @Test func `failures of FranceConnect open its breaker`() async throws {
        let breakers = Breakers(model: Breaker(threshold: 2, rest: 60))
        let down = ScriptedTransport { _ throws(TransportFailure) in throw .timeout }
        for code in ["NN002", "NN002", "NN001"] {
            #expect(try await Forge.introspect("", transport: down, breakers: breakers).code == code)
        }
        #expect(down.requests.count == 2)
    }
}
