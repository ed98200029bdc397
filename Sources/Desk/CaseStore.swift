import Crypto
import Foundation
import Storage
import Values

/// What stands for a case in the register: 128 bits of a keyed digest (HMAC-SHA-256, RFC 2104) of grant and reference.
///
/// Without the key nobody can try references against the table; two grants that use one reference have two digests.
public struct CaseDigest: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    init(_ bytes: some Sequence<UInt8>) {
        var iterator = bytes.makeIterator()
        func word() -> UInt64 { (0..<8).reduce(0) { value, _ in value << 8 | UInt64(iterator.next() ?? 0) } }
        high = word()
        low = word()
    }

    init?(text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 16 else { return nil }
        self.init(bytes)
    }

    var text: String {
        Base64URL.encode(
            [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } })
    }

    public static func == (left: CaseDigest, right: CaseDigest) -> Bool {
        left.low == right.low && left.high == right.high
    }

    /// The digest is uniform already.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// The cases of all grants in the database, as digests only.
public struct CaseStore: Sendable {
    private let database: any SQLDatabase
    private let clock: WallClock
    private let key: SymmetricKey
    private let mostOpen: Int
    /// Cases changed under one version, and read in one question.
    static let batch = 5_000
    private static let rows = 250
    /// How long a closed case is told from one that never was, in seconds.
    private static let remembered = 90.0 * 86_400

    /// - Parameters:
    ///   - database: one that has gone through the migrations of ``GrantStore``.
    ///   - keyFolder: apart from the database; folder and key are made where they are missing.
    ///   - mostOpen: how many cases one grant may have open.
    /// - Throws: where the key can neither be read nor made.
    public init(database: any SQLDatabase, keyFolder: String, clock: WallClock, mostOpen: Int = 2_000_000) throws {
        self.database = database
        self.clock = clock
        self.mostOpen = mostOpen
        try PrivateFile.createFolder(keyFolder)
        let file = keyFolder + "/cases.key"
        try PrivateFile.create(file, SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        try PrivateFile.tighten(file)
        key = SymmetricKey(data: try Data(contentsOf: URL(filePath: file)))
    }

    /// - Parameter reference: one that ``CaseReference/accepted(_:)`` gave.
    func digest(_ reference: String, of grant: Grant.ID) -> CaseDigest {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array(grant.utf8))
        code.update(data: [0])
        code.update(data: Array(reference.utf8))
        return CaseDigest(code.finalize())
    }

    /// Opens cases or closes them. Those that are so already stay as they are.
    /// - Returns: how many changed; nil where more would be open than may be: those before are kept.
    public func set(_ references: [String], of grant: Grant.ID, open: Bool) async throws -> Int? {
        let digests = Array(Set(references.map { digest($0, of: grant) }))
        var changed = 0
        for start in stride(from: 0, to: digests.count, by: Self.batch) {
            let part = digests[start..<min(start + Self.batch, digests.count)].map { SQLValue.text($0.text) }
            guard let count = try await set(part, grant, open: open) else { return nil }
            changed += count
        }
        return changed
    }

    /// Opens these cases of a grant and closes all others.
    /// - Returns: how many were opened and closed; nil as in ``set(_:of:open:)``: none is then closed.
    public func replace(
        with references: [String], of grant: Grant.ID
    ) async throws -> (opened: Int, closed: Int)? {
        let before = try await version()
        let known = try await counts(of: grant).open
        let digests = Array(Set(references.map { digest($0, of: grant) }))
        guard digests.count <= mostOpen else { return nil }
        for start in stride(from: 0, to: digests.count, by: Self.batch) {
            let part = digests[start..<min(start + Self.batch, digests.count)].map { SQLValue.text($0.text) }
            _ = try await set(part, grant, open: true, isWhole: true)
        }
        let now = clock.now()
        let closed = try await database.transaction { connection in
            let version = try GrantStore.only(connection.query(Self.nextVersion)).integer("version")
            // Every case of the list was written since: the others are not in it.
            return try connection.query(
                """
                UPDATE cases SET change = $2, closed_at = $3
                WHERE grant_id = $1 AND closed_at IS NULL AND change <= $4 RETURNING digest
                """, [.text(grant), .integer(version), .instant(now), .integer(before)]
            ).count
        }
        return (digests.count - (known - closed), closed)
    }

    /// - Parameter isWhole: true writes those that are open already too, and bounds nothing.
    private func set(_ digests: [SQLValue], _ grant: Grant.ID, open: Bool, isWhole: Bool = false) async throws -> Int? {
        let (now, most) = (clock.now(), mostOpen)
        return try await database.transaction { connection in
            let version = try GrantStore.only(connection.query(Self.nextVersion)).integer("version")
            if open, !isWhole {
                let count = try GrantStore.only(connection.query(Self.countOpen, [.text(grant), .integer(most)]))
                guard try count.integer("number") + digests.count <= most else { return nil }
            }
            return try stride(from: 0, to: digests.count, by: Self.rows).reduce(0) { changed, start in
                let part = Array(digests[start..<min(start + Self.rows, digests.count)])
                let values = [.text(grant), .integer(version)] + (open ? [] : [.instant(now)]) + part
                let statement = open ? Self.opening(part.count, again: isWhole) : Self.closing(part.count)
                return changed + (try connection.query(statement, values).count)
            }
        }
    }

    /// How many cases of a grant are open, and how many were closed lately.
    public func counts(of grant: Grant.ID) async throws -> (open: Int, closed: Int) {
        try await database.read { connection in
            let row = try GrantStore.only(
                connection.query(
                    "SELECT COUNT(*) AS number, COUNT(closed_at) AS closed FROM cases WHERE grant_id = $1",
                    [.text(grant)]))
            let closed = try row.integer("closed")
            return (try row.integer("number") - closed, closed)
        }
    }

    /// Forgets the cases closed over 90 days ago.
    public func purge() async throws {
        let end = clock.now().addingTimeInterval(-Self.remembered)
        try await database.transaction { try $0.execute("DELETE FROM cases WHERE closed_at < $1", [.instant(end)]) }
    }

    /// A place in the order of changes.
    struct Place: Sendable {
        var change = 0
        var digest = ""
    }

    /// The version of the register: another after each change.
    func version() async throws -> Int {
        try await database.read { connection in
            try GrantStore.only(connection.query("SELECT version FROM case_changes WHERE id = 1")).integer("version")
        }
    }

    /// The cases changed after a place, at most ``batch``, with the place of the last.
    func changes(after place: Place) async throws -> (cases: [(digest: CaseDigest, isOpen: Bool)], last: Place) {
        try await database.read { connection in
            var last = place
            let cases = try connection.query(
                """
                SELECT digest, change, closed_at FROM cases WHERE (change, digest) > ($1, $2)
                ORDER BY change, digest LIMIT \(Self.batch)
                """, [.integer(place.change), .text(place.digest)]
            ).map { row in
                last = Place(change: try row.integer("change"), digest: try row.text("digest"))
                guard let digest = CaseDigest(text: last.digest) else {
                    throw DeskError.unreadable("a case is no digest")
                }
                return (digest: digest, isOpen: try row.optionalInteger("closed_at") == nil)
            }
            return (cases, last)
        }
    }
}

extension CaseStore {
    /// It also makes writers wait for one another, so that no reader meets a version before an earlier one.
    private static let nextVersion = "UPDATE case_changes SET version = version + 1 WHERE id = 1 RETURNING version"
    private static let countOpen = """
        SELECT COUNT(*) AS number FROM (SELECT 1 FROM cases WHERE grant_id = $1 AND closed_at IS NULL LIMIT $2) AS counted
        """

    private static func opening(_ count: Int, again: Bool) -> String {
        let rows = (0..<count).map { "($\($0 + 3), $1, $2, NULL)" }
        return """
            INSERT INTO cases (digest, grant_id, change, closed_at) VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (digest) DO UPDATE SET change = excluded.change, closed_at = NULL
            \(again ? "" : "WHERE cases.closed_at IS NOT NULL") RETURNING digest
            """
    }

    private static func closing(_ count: Int) -> String {
        let digests = (0..<count).map { "$\($0 + 4)" }
        return """
            UPDATE cases SET change = $2, closed_at = $3
            WHERE grant_id = $1 AND closed_at IS NULL AND digest IN (\(digests.joined(separator: ", "))) RETURNING digest
            """
    }
}
