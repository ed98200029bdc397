import AsyncHTTPClient
import Foundation
import Testing
import Values

@testable import Sandbox

struct FaultTests {
    @Test func `a provider fails as it is told to, so many times`() async throws {
        try await withSandbox { sandbox in
            let order = #"{"mode":"status","status":503,"count":2}"#
            try await #expect(sandbox.send("insee", "POST", "/_faults", body: order).status == 204)
            for expected in [503, 503, 401] {
                try await #expect(sandbox.send("insee", "GET", "/api-sirene/prive/3.11/siren/1").status == expected)
            }
            try await #expect(sandbox.send("mesri", "GET", "/statut_etudiant").status == 401)
        }
    }

    @Test func `a fault without a count lasts until it is cleared`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.send("mesri", "POST", "/_faults", body: #"{"mode":"garbage"}"#)
            for _ in 0..<3 {
                let answer = try await sandbox.send("mesri", "GET", "/statut_etudiant")
                #expect(answer.status == 200)
                #expect(throws: JSON.SyntaxError.self) { try answer.json() }
            }
            try await #expect(sandbox.send("mesri", "DELETE", "/_faults").status == 204)
            try await #expect(sandbox.send("mesri", "GET", "/statut_etudiant").status == 401)
        }
    }

    @Test func `a provider can hang up and be slow`() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.send("cnav", "POST", "/_faults", body: #"{"mode":"close","count":1}"#)
            await #expect(throws: (any Error).self) { try await sandbox.send("cnav", "POST", "/token", body: "") }
            _ = try await sandbox.send("urssaf", "POST", "/_faults", body: #"{"mode":"slow","milliseconds":600000}"#)
            await #expect(throws: HTTPClientError.deadlineExceeded) {
                try await sandbox.send("urssaf", "POST", "/api/oauth/v1/token", body: "", within: 1)
            }
            _ = try await sandbox.send("urssaf", "POST", "/_faults", body: #"{"mode":"slow","milliseconds":1}"#)
            try await #expect(sandbox.send("urssaf", "POST", "/api/oauth/v1/token", body: "").status == 400)
        }
    }

    @Test func `an order that makes no sense is refused`() async throws {
        try await withSandbox { sandbox in
            for order in [#"{"mode":"sing"}"#, #"{"mode":"status","status":12}"#, #"{"mode":"slow"}"#, "x"] {
                try await #expect(sandbox.send("cnav", "POST", "/_faults", body: order).status == 400)
            }
        }
    }

    @Test func `a taken port stops the sandbox with an error`() async throws {
        try await withSandbox { sandbox in
            let port = sandbox.addresses["cnav"].flatMap { URL(string: $0)?.port }
            var options = smallOptions()
            options.ports = ["mesri": try #require(port)]
            let second = try Sandbox(options)
            await #expect(throws: (any Error).self) { try await second.run { _ in } }
        }
    }
}
