import CatalogueModel
import Foundation
import Synchronization
import Values

/// The hub's own tokens at the providers (OAuth 2.0), kept until shortly before they expire and shared by all calls.
final class ProviderTokens: Sendable {
    private struct Kept {
        let task: Task<Issued, any Error>
        let number: Int
    }
    struct Issued: Sendable {
        let token: Redacted<String>
        let expires: Date
    }

    private let kept = Mutex<[String: Kept]>([:])
    private let transport: any HTTPTransport
    private let clock: WallClock

    init(transport: any HTTPTransport, clock: WallClock) {
        self.transport = transport
        self.clock = clock
    }

    /// The token for that key, asked for once however many calls wait for it.
    func token(
        _ key: String, request: @escaping @Sendable () throws -> ProviderRequest
    ) async throws -> Redacted<String> {
        let current = kept.withLock { kept -> Kept in
            if let found = kept[key] { return found }
            return Self.start(&kept, key) { [transport, clock] in
                try await Self.fetch(try request(), transport, clock)
            }
        }
        do {
            let issued = try await current.task.value
            if issued.expires > clock.now() { return issued.token }
            forget(key, current.number)
            return try await fresh(key, request)
        } catch {
            forget(key, current.number)
            throw error
        }
    }

    private func fresh(
        _ key: String, _ request: @escaping @Sendable () throws -> ProviderRequest
    ) async throws -> Redacted<String> {
        let next = kept.withLock { kept in
            kept[key]
                ?? Self.start(&kept, key) { [transport, clock] in
                    try await Self.fetch(try request(), transport, clock)
                }
        }
        return try await next.task.value.token
    }

    private static func start(
        _ kept: inout [String: Kept], _ key: String, _ body: @escaping @Sendable () async throws -> Issued
    ) -> Kept {
        let number = (kept[key]?.number ?? 0) + 1
        let entry = Kept(task: Task { try await body() }, number: number)
        kept[key] = entry
        return entry
    }

    private func forget(_ key: String, _ number: Int) {
        kept.withLock { if $0[key]?.number == number { $0[key] = nil } }
    }

    /// Drops a token that the provider no longer accepts.
    func forget(_ key: String) { kept.withLock { $0[key] = nil } }

    /// A token without `expires_in` serves the waiting calls only.
    private static func fetch(
        _ request: ProviderRequest, _ transport: any HTTPTransport, _ clock: WallClock
    ) async throws -> Issued {
        let response = try await transport.send(request, timeout: .seconds(10))
        guard let body = try? JSON(parsing: response.body), let token = body["access_token"]?.text, !token.isEmpty
        else { throw ProviderFailure(problem: ProblemTemplate(code: "NN999")) }
        let lifetime = max(0, (body["expires_in"]?.int ?? 0) - 10)
        return Issued(token: Redacted(token), expires: clock.now().addingTimeInterval(Double(lifetime)))
    }
}

/// A provider's failure that already has its error.
struct ProviderFailure: Error {
    let problem: ProblemTemplate
}
