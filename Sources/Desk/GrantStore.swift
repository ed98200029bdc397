import Foundation
import Storage
import Values

/// The grants and their tokens in the database: the truth of every right.
///
/// Each change increases one version in its own transaction and says there whose rights it changed: `GrantFeed` notices
/// it in every process, and reads those alone. It decides neither who may change a grant nor whether a call is allowed.
public struct GrantStore: GrantSource {
    package let database: any SQLDatabase
    let clock: WallClock

    static let topic = "grants"

    public var notices: AsyncStream<Void>? { database.notices(of: Self.topic) }

    /// A store over a database that has gone through `migrations`.
    public init(database: any SQLDatabase, clock: WallClock = .system) {
        self.database = database
        self.clock = clock
    }

    /// A fresh identifier of a grant or token: a random UUID in lower case (RFC 9562 §5.4).
    public static func newID() -> String { UUID().uuidString.lowercased() }

    /// Keeps a new grant.
    /// - Returns: the grant as stored: its instants in whole milliseconds.
    /// - Throws: `DeskError.invalidGrant`; `SQLError`, with code `notUnique` where the id exists.
    @discardableResult
    public func create(_ grant: Grant) async throws -> Grant {
        try grant.validate(at: clock.now())
        return try await change(of: { .grant($0.id) }) { connection, now in
            _ = try Self.only(connection.query(GrantSQL.insertGrant, grant.values + [.instant(now)]))
            try Self.write(grant, connection)
            return try Self.living(grant.id, now, connection)
        }
    }

    /// Every grant, the newest first, with those that are revoked or expired.
    public func grants() async throws -> [Grant] {
        try await database.read { try Self.grants($0.query(GrantSQL.allGrants), $0.query(PurposeSQL.all)) }
    }

    /// The grants of that title, the newest first, with those that are revoked or expired.
    public func grants(titled title: String) async throws -> [Grant] {
        try await database.read { connection in
            try connection.query(GrantSQL.grantsTitled, [.text(title)]).compactMap { row in
                try Self.find(row.text("id"), connection)
            }
        }
    }

    /// The grant of that id; nil where there is none.
    public func grant(_ id: Grant.ID) async throws -> Grant? {
        try await database.read { try Self.find(id, $0) }
    }

    /// Ends a grant, and with it all its tokens, within a second in every process. Again: no effect.
    /// - Throws: `DeskError.unknownGrant`.
    @discardableResult
    public func revoke(grant id: Grant.ID) async throws -> Grant {
        try await change(of: { .grant($0.id) }) { connection, now in
            try connection.execute(GrantSQL.revokeGrant, [.text(id), .instant(now)])
            guard let grant = try Self.find(id, connection) else { throw DeskError.unknownGrant(id) }
            return grant
        }
    }

    /// Moves the end of a grant, by default to 18 months from now; tokens that ended with it end with it still.
    ///
    /// The `exp` claim in a token already given out stays as it was: the hub goes by what is stored.
    /// - Throws: `DeskError`: unknown, revoked or expired grant, or an end that is no later than the present one.
    @discardableResult
    public func prolong(grant id: Grant.ID, until end: Date? = nil) async throws -> Grant {
        try await change(of: { .grant($0.id) }) { connection, now in
            let end = end ?? Validity.end(from: now)
            let grant = try Self.living(id, now, connection)
            guard end > grant.expires else { throw DeskError.endsEarlier(id) }
            try connection.execute(GrantSQL.prolongTokens, [.text(id), .instant(end), .instant(grant.expires)])
            try connection.execute(GrantSQL.prolongGrant, [.text(id), .instant(end)])
            return try Self.living(id, now, connection)
        }
    }

    static func find(_ id: Grant.ID, _ connection: any SQLConnection) throws -> Grant? {
        try grants(connection.query(GrantSQL.oneGrant, [.text(id)]), connection.query(PurposeSQL.ofGrant, [.text(id)]))
            .first
    }

    /// The grant, if rights can still be drawn from it.
    static func living(_ id: Grant.ID, _ now: Date, _ connection: any SQLConnection) throws -> Grant {
        guard let grant = try find(id, connection) else { throw DeskError.unknownGrant(id) }
        guard grant.revoked == nil else { throw DeskError.grantRevoked(id) }
        guard grant.expires > now else { throw DeskError.grantExpired(id) }
        return grant
    }

    /// The row of a statement that always has one.
    static func only(_ rows: [SQLRow]) throws -> SQLRow {
        guard let row = rows.first, rows.count == 1 else { throw DeskError.unreadable("a row is missing") }
        return row
    }
}
