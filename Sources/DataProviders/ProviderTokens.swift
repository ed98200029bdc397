import CatalogueModel
import Foundation
import Synchronization
import Values

/// The hub's own tokens at the providers (OAuth 2.0), kept until shortly before they expire and shared by all calls.
final class ProviderTokens: Sendable {
    /// What a token is good for.
    struct Key: Hashable {
        let provider: String
        let authentication: String
        let client: String?

        /// Equality tells apart the few keys of one client.
        func hash(into hasher: inout Hasher) { hasher.combine(client ?? provider) }
    }

    private struct Kept {
        let task: Task<Issued, any Error>
        let number: Int
        /// Nil while the token is on its way.
        var issued: Issued?
    }
    struct Issued: Sendable {
        let token: Redacted<String>
        let expires: Date
    }

    private struct State {
        var kept: [Key: Kept] = [:]
        /// Numbers are never given twice: who waits for one token cannot drop the next.
        var count = 0
    }

    private let state = Mutex(State())
    private let clock: WallClock
    /// Time for getting a token, all accounts together.
    static let timeout = Duration.seconds(10)

    init(clock: WallClock) { self.clock = clock }

    /// The token for that key where it is at hand and still good.
    func kept(_ key: Key) -> Redacted<String>? {
        guard let issued = state.withLock({ $0.kept[key]?.issued }), issued.expires > clock.now() else { return nil }
        return issued.token
    }

    /// The token for that key, asked for once however many calls wait for it.
    /// - Parameter deadline: until when this call waits; others may go on waiting.
    func token(
        _ key: Key, by deadline: Deadline, over transport: any HTTPTransport,
        fetch: @escaping @Sendable (any HTTPTransport, WallClock) async throws -> Issued
    ) async throws -> Redacted<String> {
        let now = clock.now()
        let current = state.withLock { [clock] state -> Kept in
            if let found = state.kept[key], found.issued.map({ $0.expires > now }) ?? true { return found }
            state.count += 1
            let entry = Kept(task: Task { try await fetch(transport, clock) }, number: state.count)
            state.kept[key] = entry
            return entry
        }
        if let issued = current.issued { return issued.token }
        do {
            let issued = try await current.task.value(by: deadline)
            state.withLock { if $0.kept[key]?.number == current.number { $0.kept[key]?.issued = issued } }
            return issued.token
        } catch is WaitedTooLong {
            // It may still come, for others.
            throw TransportFailure.timeout
        } catch {
            state.withLock { if $0.kept[key]?.number == current.number { $0.kept[key] = nil } }
            throw error
        }
    }

    /// Drops a token that the provider no longer accepts. One that came since stays: of many calls that are refused at
    /// once only the first makes the hub ask for another.
    func forget(_ key: Key, _ token: Redacted<String>) {
        state.withLock { if $0.kept[key]?.issued?.token.exposed == token.exposed { $0.kept[key] = nil } }
    }
}

/// A provider's failure that already has its error.
struct ProviderFailure: Error {
    let problem: ProblemTemplate
}

extension ProviderResponse {
    /// Throws where a gateway in front of the provider answered: calls for tokens fail as calls for data do.
    func refuseGatewayFailures() throws {
        switch status {
        case 504: throw TransportFailure.timeout
        case 502, 503: throw TransportFailure.unavailable
        case 301, 302, 303, 307, 308: throw ProviderFailure(problem: ProblemTemplate(code: "NN000"))
        default: return
        }
    }
}
