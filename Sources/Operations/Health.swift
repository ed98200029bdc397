import Synchronization
import Values

/// The named checks that say whether calls can be served, for `GET /health`.
///
/// Checks run on the caller, at each report: they look at a state that is already there and never wait.
/// Restarting or repairing what is unwell is somebody else's task.
public final class Health: Sendable {
    /// What a check found, with a detail for the operator: no personal data, no secret, since the answer is public.
    public enum Finding: Sendable, Equatable {
        case well(_ detail: String = "")
        case unwell(_ detail: String)
    }

    /// One check's part of a report.
    public struct Check: Sendable, Equatable {
        public let name: String
        public let ok: Bool
        public let detail: String
    }

    /// All checks at one moment.
    public struct Report: Sendable, Equatable {
        /// In the order in which they were registered.
        public let checks: [Check]

        /// True where every check is well. No check at all vouches for nothing, hence false.
        public var healthy: Bool { !checks.isEmpty && checks.allSatisfy(\.ok) }

        /// The report as the body of an answer.
        public var json: JSON {
            let checks = checks.map { check -> JSON in
                ["name": .string(check.name), "ok": .bool(check.ok), "detail": .string(check.detail)]
            }
            return ["healthy": .bool(healthy), "checks": .array(checks)]
        }
    }

    private let checks = Mutex<[(name: String, find: @Sendable () -> Finding)]>([])

    public init() {}

    /// Adds a check, or replaces the one of that name.
    public func register(_ name: String, _ find: @escaping @Sendable () -> Finding) {
        checks.withLock { checks in
            if let place = checks.firstIndex(where: { $0.name == name }) {
                checks[place].find = find
            } else {
                checks.append((name, find))
            }
        }
    }

    /// Runs every check.
    public func report() -> Report {
        let checks = checks.withLock { $0 }
        return Report(
            checks: checks.map { name, find in
                switch find() {
                case .well(let detail): Check(name: name, ok: true, detail: detail)
                case .unwell(let detail): Check(name: name, ok: false, detail: detail)
                }
            })
    }
}
