import Crypto
import CryptoExtras
import Foundation
import Testing
import Values

@testable import Sandbox

struct FranceConnectTests {
    private static let keyPEM: Result<String, any Error> = Result {
        try _RSA.Encryption.PrivateKey(keySize: .bits2048).pemRepresentation
    }

    private static func privateKey() throws -> _RSA.Encryption.PrivateKey {
        try _RSA.Encryption.PrivateKey(pemRepresentation: keyPEM.get())
    }

    /// Options with a key set of ours and, if given, one published case.
    private static func options(case text: String? = nil) throws -> SandboxOptions {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let primitives = try privateKey().publicKey.getKeyPrimitives()
        let keySet: JSON = [
            "keys": [
                ["kty": "EC", "use": "sig"],
                [
                    "kty": "RSA", "use": "enc", "kid": "hub", "n": .string(Base64URL.encode(primitives.modulus)),
                    "e": .string(Base64URL.encode(primitives.publicExponent)),
                ],
            ]
        ]
        let keys = folder.appending(path: "keys.json")
        try Data(keySet.bytes).write(to: keys)
        var options = smallOptions()
        options.clientKeys = keys.path()
        options.scopes = ["cnaf_quotient_familial", "mesri_identite"]
        if let text {
            let cases = folder.appending(path: "cases")
            try FileManager.default.createDirectory(at: cases, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: cases.appending(path: "case.yaml"))
            options.franceConnectCases = cases.path()
        }
        return options
    }

    private static func check(_ token: String, _ sandbox: RunningSandbox, secret: String = "se+cret/?") async throws
        -> RunningSandbox.Answer
    {
        let form = RunningSandbox.query(["client_id": "unefois", "client_secret": secret, "token": token])
        return try await sandbox.send("france_connect", "POST", "/checktoken", body: form)
    }

    /// Reads a signed token after checking it with the published key.
    private static func claims(_ token: String, _ sandbox: RunningSandbox) async throws -> JSON {
        let published = try await sandbox.send("france_connect", "GET", "/jwks").json()["keys"]?.items?.first
        let parts = token.split(separator: ".").map(String.init)
        let bytes = try parts.map { try #require(Base64URL.decode($0)) }
        let header = try JSON(parsing: bytes[0])
        #expect(header["alg"] == "ES256" && header["kid"] == published?["kid"])
        let point = try ["x", "y"].flatMap { try #require(published?[$0]?.text.flatMap(Base64URL.decode)) }
        let key = try P256.Signing.PublicKey(rawRepresentation: point)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: bytes[2])
        #expect(key.isValidSignature(signature, for: Data((parts[0] + "." + parts[1]).utf8)))
        return try JSON(parsing: bytes[1])
    }

    /// Opens an encrypted token with our private key.
    private static func decrypted(_ sealed: String) throws -> String {
        let parts = sealed.split(separator: ".").map(String.init)
        try #require(parts.count == 5)
        let bytes = try parts.map { try #require(Base64URL.decode($0)) }
        let header = try JSON(parsing: bytes[0])
        #expect(header["alg"] == "RSA-OAEP" && header["enc"] == "A256GCM" && header["kid"] == "hub")
        let key = try privateKey().decrypt(Data(bytes[1]), padding: .PKCS1_OAEP)
        let box = try AES.GCM.SealedBox(nonce: .init(data: bytes[2]), ciphertext: bytes[3], tag: bytes[4])
        let text = try AES.GCM.open(box, using: SymmetricKey(data: key), authenticating: Data(parts[0].utf8))
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `the token of a hand-written person opens with our key and is signed with theirs`() async throws {
        try await withSandbox(Self.options()) { sandbox in
            let answer = try await Self.check("fc-famille-deux-enfants", sandbox)
            #expect(answer.status == 200 && answer.headers["content-type"] == "application/jwt")
            let claims = try await Self.claims(Self.decrypted(answer.text), sandbox)
            #expect(claims["iss"]?.text == sandbox.addresses["france_connect"])
            #expect(claims["aud"] == "unefois" && claims["iat"]?.int == Int(may.timeIntervalSince1970))
            let content = try #require(claims["token_introspection"])
            #expect(content["active"] == true && content["acr"] == "eidas1")
            #expect(content["scope"] == "openid identite_pivot cnaf_quotient_familial mesri_identite")
            #expect(content["family_name"] == "LEFEBVRE" && content["given_name"] == "CLAIRE MARIE")
            #expect(content["given_name_array"] == ["CLAIRE", "MARIE"] && content["gender"] == "female")
            #expect(content["birthdate"] == "1987-06-27" && content["birthplace"] == "08480")
            #expect(content["birthcountry"] == "99100")
            #expect(content["exp"]?.int ?? 0 > Int(may.timeIntervalSince1970))
        }
    }

    @Test func `every hand-written person has a token`() async throws {
        try await withSandbox(Self.options()) { sandbox in
            for subject in sandbox.population.featured where subject.kind != .company {
                let answer = try await Self.check("fc-" + (subject.key ?? ""), sandbox)
                #expect(answer.status == 200, "\(subject.key ?? "")")
            }
        }
    }

    @Test func `bad tokens and bad clients are told apart`() async throws {
        try await withSandbox(Self.options()) { sandbox in
            for (token, status, error) in [
                ("fc-personne", 401, "invalid_client"), ("inconnu", 401, "invalid_client"),
                (String(repeating: "a", count: 2001), 400, "invalid_request"), ("a b", 400, "invalid_request"),
                ("", 400, "invalid_request"),
            ] {
                let answer = try await Self.check(token, sandbox)
                #expect(answer.status == status)
                #expect(try answer.json()["error"]?.text == error)
            }
            try await #expect(Self.check("fc-asf", sandbox, secret: "faux").status == 401)
        }
    }

    @Test func `a published identity is completed, and refreshed where it has expired`() async throws {
        let text = """
            params: {token: ancien}
            status: 200
            payload: '{"iss": "https://issuer.test", "token_introspection": {"exp": 1704965388, "jti": "j",
              "scope": "openid", "family_name": "ESSAI", "given_name": "Jean", "birthdate": "1990-01-01"}}'
            """
        try await withSandbox(Self.options(case: text)) { sandbox in
            let claims = try await Self.claims(Self.decrypted(Self.check("ancien", sandbox).text), sandbox)
            #expect(claims["iss"] == "https://issuer.test" && claims["aud"] == "unefois")
            let content = try #require(claims["token_introspection"])
            #expect(content["exp"]?.int ?? 0 > Int(may.timeIntervalSince1970))
            #expect(content["jti"] == "j" && content["active"] == true && content["sub"] != nil)
            #expect(content["family_name"] == "ESSAI")
        }
    }

    @Test func `without the hub's key the check fails on our side`() async throws {
        try await withSandbox { sandbox in
            try await #expect(Self.check("fc-asf", sandbox).status == 500)
        }
    }

    @Test func `one logs in as a person, once by code`() async throws {
        try await withSandbox(Self.options()) { sandbox in
            let redirection = "http://127.0.0.1:9/retour"
            let verifier = String(repeating: "v", count: 43)
            let asked = [
                "client_id": "unefois", "response_type": "code", "scope": "openid birthdate", "state": "é&t",
                "redirect_uri": redirection, "nonce": "n", "code_challenge_method": "S256",
                "code_challenge": Base64URL.encode(SHA256.hash(data: Data(verifier.utf8))),
            ]
            let page = try await sandbox.send("france_connect", "GET", "/authorize?" + RunningSandbox.query(asked))
            #expect(page.status == 200 && page.text.contains(#"value="famille-deux-enfants""#))
            let chosen = asked.merging(["person": "famille-deux-enfants"]) { $1 }
            let back = try await sandbox.send(
                "france_connect", "POST", "/authorize", body: RunningSandbox.query(chosen))
            let location = try #require(back.headers["location"].flatMap { URLComponents(string: $0) })
            let code = location.queryItems?.first { $0.name == "code" }?.value ?? ""
            #expect(location.queryItems?.first { $0.name == "state" }?.value == "é&t")
            let form = RunningSandbox.query([
                "grant_type": "authorization_code", "code": code, "redirect_uri": redirection,
                "client_id": "unefois", "client_secret": "se+cret/?", "code_verifier": verifier,
            ])
            let tokens = try await sandbox.send("france_connect", "POST", "/token", body: form).json()
            let identity = try await Self.claims(tokens["id_token"]?.text ?? "", sandbox)
            #expect(identity["nonce"] == "n" && identity["aud"] == "unefois")
            let access = tokens["access_token"]?.text ?? ""
            let info = try await sandbox.send(
                "france_connect", "GET", "/userinfo", headers: ["Authorization": "Bearer " + access])
            let person = try await Self.claims(info.text, sandbox)
            #expect(person["family_name"] == "LEFEBVRE" && person["sub"] == identity["sub"])
            let checked = try await Self.claims(Self.decrypted(Self.check(access, sandbox).text), sandbox)
            #expect(checked["token_introspection"]?["scope"] == "openid birthdate")
            #expect(checked["token_introspection"]?["sub"] == identity["sub"])
            try await #expect(sandbox.send("france_connect", "POST", "/token", body: form).status == 400)
            try await #expect(Self.check(code, sandbox).status == 401)
        }
    }

    @Test func `the page of people writes nothing of the query as markup`() async throws {
        try await withSandbox { sandbox in
            let asked = [
                "client_id": "unefois", "response_type": "code", "scope": "openid", "redirect_uri": "https://a.test/",
                "state": "\"><script>alert(1)</script>",
            ]
            let page = try await sandbox.send("france_connect", "GET", "/authorize?" + RunningSandbox.query(asked))
            #expect(page.status == 200 && !page.text.contains("<script>"))
        }
    }

    @Test func `the configuration names the addresses that answer`() async throws {
        try await withSandbox { sandbox in
            let answer = try await sandbox.send("france_connect", "GET", "/.well-known/openid-configuration").json()
            #expect(answer["issuer"]?.text == sandbox.addresses["france_connect"])
            #expect(answer["jwks_uri"]?.text?.hasSuffix("/jwks") == true)
        }
    }
}
