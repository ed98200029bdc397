import Desk
import Foundation
import JWTKit
import TestSupport
import Testing
import Values

@Suite struct TokenIssuerTests {
    /// The claims as clients read them.
    private struct Claims: JWTPayload {
        let uid: String
        let jti: String
        let scopes: [String]
        let sub: String
        let iat: Int
        let exp: Int
        let version: String

        func verify(using algorithm: some JWTAlgorithm) {}
    }

    private let token = AccessToken(
        id: GrantStore.newID(), grant: "3f8a2c5e-0d3b-4c57-9a52-6a1f4a4d2b10", issued: noon, expires: noon + 3600.5)

    private var grant: Grant {
        Grant(
            id: token.grant, siret: "13002526500013", organisation: "Ville", title: "Cantine", purpose: "Tarifs",
            scopes: ["b", "a"], expires: noon + 7200)
    }

    @Test func `a token verifies with its key and carries its claims`() async throws {
        try await withTemporaryFolder { folder in
            let old = try await SigningKeys.open(folder + "/keys")
            let keys = try await SigningKeys.rotate(folder + "/keys")
            let jwt = try await TokenIssuer(keys: keys).jwt(for: token, of: grant).exposed
            let verifier = JWTKeyCollection()
            await verifier.add(
                hmac: HMACKey(from: try #require(keys.ring[keys.newest]).exposed), digestAlgorithm: .sha256)
            let claims = try await verifier.verify(jwt, as: Claims.self)
            #expect(claims.uid == grant.id)
            #expect(claims.jti == token.id)
            #expect(claims.scopes == ["b", "a"])
            #expect(claims.sub == "Cantine")
            #expect(claims.iat == 1_756_728_000)
            #expect(claims.exp == 1_756_731_600)
            #expect(claims.version == "1.0")

            let other = JWTKeyCollection()
            await other.add(hmac: HMACKey(from: try #require(old.ring[old.newest]).exposed), digestAlgorithm: .sha256)
            await #expect(throws: JWTError.self) { try await other.verify(jwt, as: Claims.self) }
        }
    }

    @Test func `the header names algorithm, type and key`() async throws {
        try await withTemporaryFolder { folder in
            let keys = try await SigningKeys.open(folder + "/keys")
            let jwt = try await TokenIssuer(keys: keys).jwt(for: token, of: grant).exposed
            let head = String(jwt.prefix { $0 != "." }).replacing("-", with: "+").replacing("_", with: "/")
            let padded = head + String(repeating: "=", count: (4 - head.count % 4) % 4)
            let header = try JSON(parsing: #require(Data(base64Encoded: padded)))
            #expect(header.matches(["alg": "HS256", "typ": "JWT", "kid": .string(keys.newest)]))
        }
    }

    @Test func `a token is not written for another grant, nor shown by accident`() async throws {
        try await withTemporaryFolder { folder in
            let issuer = try TokenIssuer(keys: await SigningKeys.open(folder + "/keys"))
            #expect("\(try await issuer.jwt(for: token, of: grant))" == "[redacted]")
            let other = GrantStoreTests.grant(ending: noon + 1)
            await #expect(throws: DeskError.self) { try await issuer.jwt(for: token, of: other) }
        }
    }
}
