import Foundation
import Storage
import Values

extension Grant {
    /// The values of `GrantSQL.insertGrant` but the last, the date of creation.
    var values: [SQLValue] {
        [
            .text(id), .text(siret), .text(organisation), .text(title),
            // Read by a node of the former version, as long as one runs beside this one.
            .text(defaultPurpose?.title ?? ""), .text(SQLList.json(scopes)),
            .text(SQLList.json(allowedAddresses)), .text(limit.stored), .instant(expires), .instant(revoked),
            .text(orNull: datapassID),
        ]
    }

    init(_ row: SQLRow, purposes: [Purpose], _ lists: inout TextLists) throws {
        self.init(
            id: try row.text("id"), siret: try row.text("siret"), organisation: try row.text("organisation"),
            title: try row.text("title"), purposes: purposes,
            scopes: try lists.texts(row, "scopes"), allowedAddresses: try lists.texts(row, "allowed_addresses"),
            limit: try Limit(stored: row.text("rate")), expires: try row.instant("expires_at"),
            revoked: try row.optionalInstant("revoked_at"), datapassID: try row.optionalText("datapass_id"))
    }

    /// Refuses a grant of which the hub could not check a call.
    func validate(at now: Date) throws(DeskError) {
        guard UUID(uuidString: id) != nil else { throw .invalidGrant("its id is no UUID") }
        guard CompanyNumber.isSiret(siret) else { throw .invalidGrant("its SIRET does not exist") }
        for (name, text) in [("organisation", organisation), ("title", title)] where JSON.string(text).isBlank {
            throw .invalidGrant("it has no \(name)")
        }
        try validatePurposes()
        guard !scopes.isEmpty, scopes.allSatisfy({ !JSON.string($0).isBlank }) else {
            throw .invalidGrant("it has no scope, or an empty one")
        }
        if case .perMinute(let calls) = limit, calls < 1 { throw .invalidGrant("it allows no call") }
        guard expires > now else { throw .invalidGrant("it has expired") }
    }

}

/// Lists read one after another: those that are equal share their memory. Thousands of grants have the same scopes.
struct TextLists {
    private var known: [String: [String]] = [:]

    mutating func texts(_ row: SQLRow, _ column: String) throws -> [String] {
        let json = try row.text(column)
        if let texts = known[json] { return texts }
        let texts = try SQLList.texts(row, column)
        if known.count == 10_000 { known.removeAll(keepingCapacity: true) }
        known[json] = texts
        return texts
    }
}

/// Lists of texts in a column: a JSON array.
enum SQLList {
    static func json(_ texts: [String]) -> String { JSON.array(texts.map(JSON.string)).serialized }

    static func texts(_ row: SQLRow, _ column: String) throws -> [String] {
        let json = try? JSON(parsing: row.text(column).utf8)
        let texts = json?.items?.compactMap { item in if case .string(let text) = item { text } else { nil } }
        guard let texts, texts.count == json?.items?.count else {
            throw DeskError.unreadable("\(column) is no list of texts")
        }
        return texts
    }
}

extension Grant.Limit {
    fileprivate var stored: String {
        switch self {
        case .standard: "standard"
        case .unlimited: "unlimited"
        case .perMinute(let calls): String(calls)
        }
    }

    fileprivate init(stored: String) throws {
        switch stored {
        case "standard": self = .standard
        case "unlimited": self = .unlimited
        default:
            guard let calls = Int(stored), calls > 0 else { throw DeskError.unreadable("rate is no limit") }
            self = .perMinute(calls)
        }
    }
}

extension AccessToken {
    init(_ row: SQLRow) throws {
        self.init(
            id: try row.text("id"), grant: try row.text("grant_id"), issued: try row.instant("issued_at"),
            expires: try row.instant("expires_at"), revoked: try row.optionalInstant("revoked_at"),
            purpose: try row.optionalText("purpose"))
    }
}
