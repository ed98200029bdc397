import Crypto
import Foundation
import Storage
import Values

/// Questions already put about a person where few different ones are allowed, as keyed digests only: the table shows
/// neither who asked, nor about whom, nor what.
public struct QuestionStore: Sendable {
    private let database: any SQLDatabase
    private let key: SymmetricKey
    /// No guard looks back further, in seconds.
    private static let longest = 31.0 * 86_400

    public static let migrations = [
        Migration(
            name: "m0003_guarded_questions",
            sql: [
                """
                CREATE TABLE guarded_questions (
                    subject TEXT NOT NULL, question TEXT NOT NULL, asked_at BIGINT NOT NULL,
                    PRIMARY KEY (subject, question)
                )
                """,
                "CREATE INDEX guarded_questions_by_age ON guarded_questions (asked_at)",
            ])
    ]

    /// - Parameter keyFile: made where it is missing; without it the table can be read by nobody.
    /// - Throws: where the key can neither be read nor made.
    public init(database: any SQLDatabase, keyFile: String) throws {
        self.database = database
        let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        try PrivateFile.create(keyFile, fresh)
        key = SymmetricKey(data: try Data(contentsOf: URL(filePath: keyFile)))
    }

    /// Whether the question is one of at most so many different ones since that moment; it is kept when so.
    public func admits(
        _ question: [UInt8], about subject: [UInt8], distinct: Int, since: Date, now: Date
    ) async throws -> Bool {
        let (subject, question) = (digest(subject), digest(subject + [0] + question))
        return try await database.transaction { connection in
            try connection.execute(
                "DELETE FROM guarded_questions WHERE asked_at < $1", [.instant(now.addingTimeInterval(-Self.longest))])
            let rows = try connection.query(
                "SELECT question FROM guarded_questions WHERE subject = $1 AND asked_at >= $2",
                [.text(subject), .instant(since)])
            let known = try rows.map { try $0.text("question") }
            guard known.contains(question) || known.count < distinct else { return false }
            try connection.execute(
                """
                INSERT INTO guarded_questions (subject, question, asked_at) VALUES ($1, $2, $3)
                ON CONFLICT (subject, question) DO UPDATE SET asked_at = excluded.asked_at
                """, [.text(subject), .text(question), .instant(now)])
            return true
        }
    }

    private func digest(_ bytes: [UInt8]) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }
}
