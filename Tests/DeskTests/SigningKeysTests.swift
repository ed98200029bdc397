import Desk
import Foundation
import TestSupport
import Testing
import Values

@Suite struct SigningKeysTests {
    @Test func `eight openers at once agree on one key`() async throws {
        try await withTemporaryFolder { folder in
            let rings = try await withThrowingTaskGroup(of: SigningKeys.self) { group in
                for _ in 0..<8 { group.addTask { try await SigningKeys.open(folder + "/keys") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let first = try #require(rings.first)
            #expect(first.ring.count == 1)
            for keys in rings {
                #expect(keys.ring == first.ring)
                #expect(keys.newest == first.newest)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/keys") == ["0001.jwk"])
        }
    }

    @Test func `keeps keys of 32 bytes to their owner, and out of every text`() async throws {
        try await withTemporaryFolder { folder in
            let keys = try await SigningKeys.open(folder + "/keys")
            let secret = try #require(keys.ring[keys.newest])
            #expect(secret.exposed.count == 32)
            #expect(!"\(keys)".contains(secret.exposed.map(String.init).joined(separator: ", ")))
            #expect(try mode(folder + "/keys") == 0o700)
            #expect(try mode(folder + "/keys/0001.jwk") == 0o600)
        }
    }

    @Test func `takes from others what was open to them`() async throws {
        try await withTemporaryFolder { folder in
            _ = try await SigningKeys.open(folder + "/keys")
            for (path, mode) in [("/keys", 0o755), ("/keys/0001.jwk", 0o644)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + path)
            }
            _ = try await SigningKeys.open(folder + "/keys")
            #expect(try mode(folder + "/keys") == 0o700)
            #expect(try mode(folder + "/keys/0001.jwk") == 0o600)
        }
    }

    @Test func `the newest key signs and the earlier ones stay`() async throws {
        try await withTemporaryFolder { folder in
            let first = try await SigningKeys.open(folder + "/keys")
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 { group.addTask { _ = try await SigningKeys.rotate(folder + "/keys") } }
                try await group.waitForAll()
            }
            let last = try await SigningKeys.rotate(folder + "/keys")
            #expect(last.ring.count == 6)
            #expect(last.ring[first.newest] == first.ring[first.newest])
            #expect(last.newest != first.newest)
            #expect(try await SigningKeys.open(folder + "/keys").newest == last.newest)
        }
    }

    @Test(arguments: ["", "{}", #"{"kty":"oct","alg":"HS256","kid":"a","k":"c2hvcnQ"}"#])
    func `refuses a file that is no key, without showing it`(_ content: String) async throws {
        try await withTemporaryFolder { folder in
            _ = try await SigningKeys.open(folder + "/keys")
            try Data(content.utf8).write(to: URL(fileURLWithPath: folder + "/keys/0002.jwk"))
            let failure = await #expect(throws: SigningKeys.Failure.self) {
                try await SigningKeys.open(folder + "/keys")
            }
            #expect(failure?.description.contains("0002.jwk") == true)
            #expect(failure?.description.contains("c2hvcnQ") == false)
        }
    }

    private func mode(_ path: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}
