import Storage
import Values

extension GrantStore {
    /// Which change was the last.
    public func version() async throws -> RightsVersion { try await database.read { try Self.version($0) } }

    /// The rights at one moment: those of the grants and vendors that changed after the version known, or all of them
    /// where none is, or where the changes since cannot be told: a node of the former version made one, the database
    /// was restored, too many were missed.
    /// - Throws: `SQLError`, and `DeskError.unreadable` where one of them cannot be understood: then none is given.
    public func rights(since known: RightsVersion? = nil) async throws -> RightsReading {
        try await database.read { connection in
            let version = try Self.version(connection)
            guard let known, try Self.leads(from: known, to: version, connection) else {
                return RightsReading(rights: try Self.everything(connection), version: version)
            }
            return RightsReading(
                rights: try Self.changed(since: known, connection), since: known, version: version)
        }
    }

    private static func version(_ connection: any SQLConnection) throws -> RightsVersion {
        let row = try only(connection.query(RightsSQL.version))
        return RightsVersion(number: try row.integer("version"), mark: try row.optionalText("mark"))
    }

    private static func leads(
        from known: RightsVersion, to version: RightsVersion, _ connection: any SQLConnection
    ) throws -> Bool {
        guard known != version else { return true }
        guard known.mark != nil else { return false }
        let row = try connection.query(RightsSQL.mark, [.integer(known.number)]).first
        guard try row?.text("mark") == known.mark else { return false }
        let changes = try only(connection.query(RightsSQL.countChanges, [.integer(known.number)]))
        return try changes.integer("number") == version.number - known.number
    }

    private static func changed(
        since known: RightsVersion, _ connection: any SQLConnection
    ) throws -> GrantSnapshot {
        func rows(_ statement: String) throws -> [SQLRow] { try connection.query(statement, [.integer(known.number)]) }
        return GrantSnapshot(
            grants: try grants(rows(RightsSQL.changedGrants), rows(RightsSQL.changedPurposes)),
            tokens: try rows(RightsSQL.changedTokens).map(AccessToken.init),
            vendors: try rows(RightsSQL.changedVendors).map(SoftwareVendor.init),
            vendorTokens: try rows(RightsSQL.changedVendorTokens).map(VendorToken.init),
            delegations: try rows(RightsSQL.changedDelegations).map(Delegation.init),
            clients: try rows(RightsSQL.changedClients).map(OAuthClient.init))
    }

    private static func everything(_ connection: any SQLConnection) throws -> GrantSnapshot {
        var rights = GrantSnapshot(
            vendors: try connection.query(VendorSQL.allVendors).map(SoftwareVendor.init),
            vendorTokens: try connection.query(VendorSQL.allTokens).map(VendorToken.init),
            delegations: try connection.query(VendorSQL.allDelegations).map(Delegation.init),
            clients: try connection.query(ClientSQL.all).map(OAuthClient.init))
        var lists = TextLists()
        try pages(RightsSQL.pageOfGrants, connection) { rows, first, last in
            let purposes = try connection.query(RightsSQL.purposesOfPage, [.text(first), .text(last)])
            rights.add(try grants(rows, purposes, &lists), [])
        }
        try pages(RightsSQL.pageOfTokens, connection) { rows, _, _ in
            rights.add([], try rows.map(AccessToken.init))
        }
        return rights
    }

    /// Some thousand rows at a time: a million take gigabytes.
    private static func pages(
        _ statement: String, _ connection: any SQLConnection,
        _ body: (_ rows: [SQLRow], _ first: String, _ last: String) throws -> Void
    ) throws {
        var rows = try connection.query(statement, [.text("")])
        while let first = try rows.first?.text("id"), let last = try rows.last?.text("id") {
            try body(rows, first, last)
            rows = try connection.query(statement, [.text(last)])
        }
    }

    /// Grants from their rows and those of their purposes.
    static func grants(_ rows: [SQLRow], _ purposeRows: [SQLRow]) throws -> [Grant] {
        var lists = TextLists()
        return try grants(rows, purposeRows, &lists)
    }

    private static func grants(_ rows: [SQLRow], _ purposeRows: [SQLRow], _ lists: inout TextLists) throws -> [Grant] {
        var purposes: [Grant.ID: [Purpose]] = [:]
        for row in purposeRows { purposes[try row.text("grant_id"), default: []].append(try Purpose(row)) }
        return try rows.map { row in
            // A grant that a node of the former version made has no row of its purpose.
            let only = { Purpose(id: Purpose.principal, title: try row.text("purpose"), isDefault: true) }
            return try Grant(row, purposes: purposes[row.text("id")] ?? [only()], &lists)
        }
    }
}
