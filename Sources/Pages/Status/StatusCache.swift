import Hummingbird
import Synchronization

/// Keeps each answer on the state of the providers for some seconds: it is when something is down that everybody looks.
final class StatusCache: Sendable {
    private static let lifetime = Duration.seconds(5)
    private let kept = Mutex<[String: (end: ContinuousClock.Instant, response: Response)]>([:])

    /// The answer of that address, made again where it is too old. Addresses that lead nowhere are not kept.
    func response(_ address: String, make: () throws -> Response) rethrows -> Response {
        let now = ContinuousClock.now
        if let known = kept.withLock({ $0[address] }), known.end > now { return known.response }
        let response = try make()
        kept.withLock { $0[address] = (now.advanced(by: Self.lifetime), response) }
        return response
    }
}
