import Foundation
import Storage
import Values

/// How many calls each purpose made, in the database: what nodes share, and what a restart reads back.
public struct PurposeCallStore: Sendable {
    private let database: any SQLDatabase
    /// Rows of one statement.
    private static let rows = 200

    /// - Parameter database: one that has gone through the migrations of ``GrantStore``.
    public init(database: any SQLDatabase) { self.database = database }

    /// Adds calls to their counts, all or none.
    /// - Returns: the counts as they then are, of all nodes.
    public func add(_ calls: [PurposeCalls]) async throws -> [PurposeCalls] {
        // One order for all nodes, so that none waits for a row of another that waits for one of its own.
        let sorted = calls.sorted { ($0.span, $0.grant, $0.purpose) < ($1.span, $1.grant, $1.purpose) }
        return try await database.transaction { connection in
            try stride(from: 0, to: sorted.count, by: Self.rows).flatMap { start in
                let part = sorted[start..<min(start + Self.rows, sorted.count)]
                let values = part.flatMap { calls -> [SQLValue] in
                    [.text(calls.span), .text(calls.grant), .text(calls.purpose), .integer(calls.calls)]
                }
                return try connection.query(Self.insert(part.count), values).map(Self.calls)
            }
        }
    }

    /// The counts of the day, of the month and of the year around an instant.
    public func totals(at instant: Date) async throws -> [PurposeCalls] {
        let spans = Purpose.Period.allCases.map { SQLValue.text($0.span(at: instant).name) }
        return try await database.read { connection in
            try connection.query("SELECT * FROM purpose_calls WHERE period IN ($1, $2, $3)", spans).map(Self.calls)
        }
    }

    /// Forgets the counts of periods that began over two years ago.
    public func purge(at instant: Date) async throws {
        let year = Paris.date(at: instant).year - 2
        try await database.transaction { connection in
            try connection.execute("DELETE FROM purpose_calls WHERE period < $1", [.text(CivilDate.padded(year, 4))])
        }
    }

    private static func insert(_ count: Int) -> String {
        let rows = (0..<count).map { "($\($0 * 4 + 1), $\($0 * 4 + 2), $\($0 * 4 + 3), $\($0 * 4 + 4))" }
        return """
            INSERT INTO purpose_calls (period, grant_id, purpose, calls) VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (period, grant_id, purpose) DO UPDATE SET calls = purpose_calls.calls + excluded.calls
            RETURNING *
            """
    }

    private static func calls(_ row: SQLRow) throws -> PurposeCalls {
        PurposeCalls(
            grant: try row.text("grant_id"), purpose: try row.text("purpose"), span: try row.text("period"),
            calls: try row.integer("calls"))
    }
}
