import Foundation
import Storage

/// The table of proofs: what is kept of each says nothing to whoever reads it.
struct ProofStore: Sendable {
    /// One proof as it is kept.
    struct Entry: Sendable {
        let id: String
        /// The attestation, encrypted, in base64.
        let sealed: String
        /// The hub's own mark on the entry, in base64.
        let mark: String
        let made: Date
        let expires: Date
    }

    let database: any SQLDatabase

    static let migrations = [
        Migration(
            name: "m0005_proofs",
            sql: [
                """
                CREATE TABLE proofs (
                    id TEXT NOT NULL PRIMARY KEY,
                    sealed TEXT NOT NULL,
                    mark TEXT NOT NULL,
                    made_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL
                )
                """,
                "CREATE INDEX proofs_by_end ON proofs (expires_at)",
            ])
    ]

    func keep(_ entry: Entry) async throws {
        try await database.transaction { connection in
            try connection.execute(
                "INSERT INTO proofs (id, sealed, mark, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                [
                    .text(entry.id), .text(entry.sealed), .text(entry.mark), .instant(entry.made),
                    .instant(entry.expires),
                ])
        }
    }

    func find(_ id: String) async throws -> Entry? {
        try await database.read { connection in
            try connection.query("SELECT * FROM proofs WHERE id = $1", [.text(id)]).first.map { row in
                Entry(
                    id: try row.text("id"), sealed: try row.text("sealed"), mark: try row.text("mark"),
                    made: try row.instant("made_at"), expires: try row.instant("expires_at"))
            }
        }
    }

    /// - Returns: how many are gone.
    func purge(before instant: Date) async throws -> Int {
        try await database.transaction { connection in
            try connection.query("DELETE FROM proofs WHERE expires_at <= $1 RETURNING id", [.instant(instant)]).count
        }
    }
}
