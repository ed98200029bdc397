import Foundation
import Storage
import Synchronization
import Values

/// Proofs of possession that have served once, shared by every process over one database.
///
/// Calls that come together are written together: one statement and one flush to disk for all of them. What this
/// process has seen is refused without asking the database. See `docs/decisions/0017-bound-tokens.md`.
public final class SeenProofs: Sendable {
    private struct Waiting: Sendable {
        let id: String
        let end: Date
        let answer: CheckedContinuation<Bool, any Error>
    }

    private struct State {
        var known: Set<String> = []
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let database: any SQLDatabase
    private let clock: WallClock
    private let state = Mutex(State())
    /// Beyond it what this process remembers starts again: the database decides all the same.
    private static let remembered = 50_000
    private static let together = 200

    public static let migrations = [
        Migration(
            name: "m0061_seen_proofs",
            sql: [
                "CREATE TABLE seen_proofs (id TEXT NOT NULL PRIMARY KEY, ends_at BIGINT NOT NULL)",
                "CREATE INDEX seen_proofs_by_end ON seen_proofs (ends_at)",
            ])
    ]

    /// Over a database that has gone through `migrations`.
    public init(database: any SQLDatabase, clock: WallClock) {
        self.database = database
        self.clock = clock
    }

    /// Whether this proof serves for the first time; from now on it no longer does.
    /// - Parameters:
    ///   - id: a digest of what makes the proof one.
    ///   - end: when it would be too old in any case.
    /// - Throws: `SQLError` where that cannot be known: the call must then be refused.
    public func isFirst(_ id: String, until end: Date) async throws -> Bool {
        let isNew = state.withLock { state in
            if state.known.count >= Self.remembered { state.known.removeAll(keepingCapacity: true) }
            return state.known.insert(id).inserted
        }
        guard isNew else { return false }
        return try await withCheckedThrowingContinuation { answer in
            let starts = state.withLock { state in
                state.waiting.append(Waiting(id: id, end: end, answer: answer))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if starts { Task { await self.writeAll() } }
        }
    }

    private func writeAll() async {
        while true {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.together))
                state.waiting.removeFirst(batch.count)
                state.isWriting = !batch.isEmpty
                return batch
            }
            guard !batch.isEmpty else { return }
            await write(batch)
        }
    }

    private func write(_ batch: [Waiting]) async {
        // In one order for all nodes: two that wait for each other's rows would wait for ever.
        let batch = batch.sorted { $0.id < $1.id }
        let rows = batch.indices.map { "($\($0 * 2 + 1), $\($0 * 2 + 2))" }.joined(separator: ", ")
        let values = batch.flatMap { [SQLValue.text($0.id), .instant($0.end)] }
        do {
            var first = try await database.transaction { connection in
                let insert = "INSERT INTO seen_proofs (id, ends_at) VALUES \(rows) ON CONFLICT DO NOTHING RETURNING id"
                return Set(try connection.query(insert, values).map { try $0.text("id") })
            }
            for proof in batch { proof.answer.resume(returning: first.remove(proof.id) != nil) }
        } catch {
            for proof in batch { proof.answer.resume(throwing: error) }
        }
    }

    /// Forgets the proofs that are too old, a minute after their end: clocks of several machines differ.
    /// - Returns: how many are gone.
    @discardableResult
    public func purge() async throws -> Int {
        let end = clock.now().addingTimeInterval(-60)
        return try await database.transaction { connection in
            try connection.query("DELETE FROM seen_proofs WHERE ends_at <= $1 RETURNING id", [.instant(end)]).count
        }
    }
}
