import Foundation
import Storage
import Values

/// Whose rights a change touched: those of a grant, with its purposes, tokens and clients, or those of a vendor, with
/// its tokens, delegations and clients.
enum ChangedRights {
    case grant(Grant.ID)
    case vendor(SoftwareVendor.ID)

    init(_ holder: OAuthClient.Holder) {
        switch holder {
        case .grant(let id): self = .grant(id)
        case .vendor(let id): self = .vendor(id)
        }
    }
}

extension GrantStore {
    /// How many changes are kept apart: a node that has missed more reads everything again.
    private static let keptChanges = 100_000

    /// A transaction that changes the rights of one grant or vendor.
    ///
    /// It begins with the version, which also makes writers on PostgreSQL wait for one another.
    func change<Value: Sendable>(
        of whose: @escaping @Sendable (Value) -> ChangedRights,
        _ body: @escaping @Sendable (any SQLConnection, Date) throws -> Value
    ) async throws -> Value {
        let (now, mark) = (clock.now(), Self.newID())
        return try await database.transaction { connection in
            let version = try Self.only(connection.query(RightsSQL.increaseVersion)).integer("version")
            try connection.notify(Self.topic)
            let value = try body(connection, now)
            let holder: [SQLValue] =
                switch whose(value) {
                case .grant(let id): [.text(id), .null]
                case .vendor(let id): [.null, .text(id)]
                }
            try connection.execute(RightsSQL.insertChange, [.integer(version), .text(mark)] + holder)
            try connection.execute(RightsSQL.forgetChanges, [.integer(version - Self.keptChanges)])
            return value
        }
    }

    /// Ends, at this instant, what has that identifier.
    func end<Value: Sendable>(
        _ statement: String, _ id: String, missing: DeskError, of whose: @escaping @Sendable (Value) -> ChangedRights,
        _ read: @escaping @Sendable (SQLRow) throws -> Value
    ) async throws -> Value {
        try await change(of: whose) { connection, now in
            guard let row = try connection.query(statement, [.text(id), .instant(now)]).first else { throw missing }
            return try read(row)
        }
    }
}
