import Foundation
import Ledger
import Storage

/// What is searched for in the ledger, in tables: made from the segments, and made again from them whenever wanted.
struct LedgerIndex {
    let database: any SQLDatabase
    let reader: LedgerReader
    private static let atOnce = 1000

    /// The tables. What is not searched for stays in the segments.
    static let migrations = [
        Migration(
            name: "m0070_ledger_index",
            sql: [
                """
                CREATE TABLE ledger_index (
                    sequence BIGINT PRIMARY KEY, intent BIGINT, made_at BIGINT NOT NULL, request_id TEXT NOT NULL,
                    grant_id TEXT, organisation TEXT, vendor TEXT, operation TEXT NOT NULL, provider TEXT NOT NULL,
                    subject TEXT, case_reference TEXT, agent TEXT, status BIGINT NOT NULL
                )
                """,
                "CREATE INDEX ledger_index_by_request ON ledger_index (request_id)",
                "CREATE INDEX ledger_index_by_subject ON ledger_index (subject)",
                "CREATE INDEX ledger_index_by_grant ON ledger_index (grant_id, made_at)",
            ])
    ]

    /// Takes what was written since the last time; from the beginning where `again`. What was purged goes.
    /// - Returns: how many records were taken.
    func update(again: Bool) async throws -> Int {
        let last = try await database.transaction { connection -> Int in
            if again { try connection.execute("DELETE FROM ledger_index") }
            return try connection.query("SELECT COALESCE(MAX(sequence), 0) AS last FROM ledger_index")
                .first?.integer("last") ?? 0
        }
        var cursor = try reader.records(matching: LedgerFilter(stage: nil), after: UInt64(last))
        var (count, batch) = (0, [CallRecord]())
        while let record = try cursor.next() {
            batch.append(record)
            count += 1
            if batch.count == Self.atOnce { try await insert(&batch) }
        }
        try await insert(&batch)
        for range in reader.purged {
            try await database.transaction { connection in
                try connection.execute(
                    "DELETE FROM ledger_index WHERE sequence BETWEEN $1 AND $2",
                    [.integer(Int(range.lowerBound)), .integer(Int(range.upperBound))])
            }
        }
        return count
    }

    private func insert(_ batch: inout [CallRecord]) async throws {
        let records = batch
        batch = []
        try await database.transaction { connection in
            for record in records {
                try connection.execute(
                    """
                    INSERT INTO ledger_index (sequence, intent, made_at, request_id, grant_id, organisation, vendor,
                        operation, provider, subject, case_reference, agent, status)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
                    """,
                    [
                        .integer(Int(record.sequence)), .integer(orNull: record.intent.map { Int($0) }),
                        .integer(record.milliseconds), .text(record.requestID), .text(orNull: record.grant),
                        .text(orNull: record.organisation), .text(orNull: record.vendor), .text(record.operation),
                        .text(record.provider), .text(orNull: record.subject), .text(orNull: record.caseReference),
                        .text(orNull: record.agent), .integer(record.outcome.status),
                    ])
            }
        }
    }

    /// The sequences of the records of a call, or about a subject.
    func sequences(requestID: String?, subject: String?) async throws -> [UInt64] {
        let (column, value) = requestID.map { ("request_id", $0) } ?? ("subject", subject ?? "")
        return try await database.read { connection in
            try connection.query(
                "SELECT sequence FROM ledger_index WHERE \(column) = $1 ORDER BY sequence", [.text(value)]
            )
            .map { UInt64(try $0.integer("sequence")) }
        }
    }
}
