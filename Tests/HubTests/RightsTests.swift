import Foundation
import Testing
import Values

@testable import unefois

struct RightsTests {
    @Test func `calls are decided by the changes taken in, and by none where one is missing`() async throws {
        try await HubBench().run { hub in
            let gateway = hub.hub.gateway
            let token = try await hub.token(id: "jti")
            func status() async throws -> Int { try await hub.send("/privileges", token: token).status }
            let (first, second) = (RightsVersion(number: 1, mark: "a"), RightsVersion(number: 2, mark: "b"))
            let all = try #require(gateway.grants)
            gateway.use(RightsReading(rights: all, version: first))
            #expect(try await status() == 200)

            var revoked = try #require(all.tokens["jti"])
            revoked.revoked = may
            let grants = all.grants.map(\.value)
            let change = GrantSnapshot(grants: grants, tokens: [revoked])
            gateway.use(RightsReading(rights: change, since: first, version: second))
            #expect(try await status() == 401 && gateway.rightsVersion == second)

            // What follows another version than the one in use: nothing is known for certain.
            gateway.use(RightsReading(rights: GrantSnapshot(), since: first, version: second))
            #expect(try await status() == 503 && gateway.rightsVersion == nil && gateway.grants == nil)
            gateway.use(RightsReading(rights: all, version: second), isCurrent: { false })
            #expect(try await status() == 503 && gateway.rightsVersion == second)
            gateway.use(RightsReading(rights: GrantSnapshot(), since: second, version: second))
            #expect(try await status() == 200)
        }
    }
}
