import Foundation
import Gateway
import Logging
import Storage
import Values

/// Exchanges counts of calls with the other nodes, four times a second, apart from the calls themselves.
///
/// Each node writes how many calls it has let through in each window that has changed, in one batch, and reads what
/// the others have written. Where the database is lost each goes on alone, until rights themselves are refused.
public struct SharedCounts: Sendable {
    /// How often counts are exchanged.
    public static let interval = Duration.milliseconds(250)
    /// What a transaction of another node may take between its date and its end, in seconds.
    private static let margin = 1.0

    private let database: any SQLDatabase
    private let limiter: RateLimiter
    private let node: String
    private let clock: WallClock
    private let purges: @Sendable () -> Bool
    private let logger = Logger(label: "unefois.noeuds")

    /// - Parameters:
    ///   - node: this process's own name.
    ///   - clock: the one that windows are counted by.
    ///   - purges: whether it is this process that removes windows of the past.
    public init(
        database: any SQLDatabase, limiter: RateLimiter, node: String, clock: WallClock,
        purges: @escaping @Sendable () -> Bool
    ) {
        (self.database, self.limiter, self.node, self.clock, self.purges) = (database, limiter, node, clock, purges)
    }

    /// What the other nodes have told so far.
    public struct Known: Sendable {
        fileprivate struct Window: Hashable {
            let caller: String
            let budget: String
            let end: Int
        }
        fileprivate var calls: [Window: [String: Int]] = [:]
        fileprivate var until = Date(timeIntervalSince1970: 0)
        fileprivate var purgeAt = ContinuousClock.now
        public init() {}
    }

    /// Exchanges until cancelled.
    public func run() async throws {
        var known = Known()
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do { try await exchange(&known) } catch {
                if !Task.isCancelled { logger.debug("comptes non échangés", metadata: ["reason": "\(error)"]) }
            }
            try await Task.sleep(until: began + Self.interval, clock: .continuous)
        }
    }

    /// Exchanges once.
    public func exchange(_ known: inout Known) async throws {
        let own = limiter.takeChanges()
        do {
            try await tell(own)
        } catch {
            limiter.putBack(own)
            throw error
        }
        let (rows, now) = try await heard(since: known.until - Self.margin)
        known.until = now
        var touched: Set<Known.Window> = []
        for (window, node, calls) in rows {
            guard known.calls[window]?[node] != calls else { continue }
            known.calls[window, default: [:]][node] = calls
            touched.insert(window)
        }
        limiter.learn(
            told: own,
            others: touched.map { window in
                let calls = known.calls[window] ?? [:]
                let sum = calls.values.reduce(0, +)
                return (.init(caller: window.caller, budget: window.budget, end: window.end, calls: sum), calls.count)
            })
        let second = Int(clock.now().timeIntervalSince1970)
        known.calls = known.calls.filter { $0.key.end > second }
        if known.purgeAt < .now, purges() {
            known.purgeAt = .now + .seconds(60)
            try await database.transaction {
                try $0.execute("DELETE FROM shared_calls WHERE ends_at < $1", [.integer(second - 60)])
            }
        }
    }

    private static let put = """
        INSERT INTO shared_calls (caller, budget, ends_at, node, calls, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (caller, budget, ends_at, node) DO UPDATE
        SET calls = excluded.calls, changed_at = excluded.changed_at
        """

    private func tell(_ counts: [RateLimiter.Count]) async throws {
        guard !counts.isEmpty else { return }
        try await database.transaction { connection in
            let now = try connection.instant()
            try connection.execute(
                Self.put,
                batch: counts.map {
                    [
                        .text($0.caller), .text($0.budget), .integer($0.end), .text(node), .integer($0.calls),
                        .instant(now),
                    ]
                })
        }
    }

    private func heard(
        since instant: Date
    ) async throws -> (rows: [(window: Known.Window, node: String, calls: Int)], now: Date) {
        let second = Int(clock.now().timeIntervalSince1970)
        return try await database.read { connection in
            let now = try connection.instant()
            let rows = try connection.query(
                "SELECT * FROM shared_calls WHERE changed_at >= $1 AND node <> $2 AND ends_at > $3",
                [.instant(instant), .text(node), .integer(second)])
            return (
                try rows.map { row in
                    (
                        Known.Window(
                            caller: try row.text("caller"), budget: try row.text("budget"),
                            end: try row.integer("ends_at")),
                        try row.text("node"), try row.integer("calls")
                    )
                }, now
            )
        }
    }
}
