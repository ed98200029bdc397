import CatalogueModel
import DataProviders
import Foundation
import Storage

/// Who holds the places of one budget, in one transaction.
struct QuotaPlaces {
    private let connection: any SQLConnection
    private let calls: Int
    private let budget: String
    private let node: String
    private let now: Date
    private let period: Double
    /// Places of the nodes, this one's included, that may still send or have sent within the period.
    private var held: [String: Int] = [:]
    private var isShortElsewhere = false
    private var others = 0

    init(_ connection: any SQLConnection, _ claim: QuotaClaim, _ node: String) throws {
        self.connection = connection
        self.node = node
        (calls, period) = (claim.quota.calls, Double(claim.quota.period))
        budget = "\(claim.provider)|\(claim.part)|\(claim.quota.calls)/\(claim.quota.period)"
        now = try connection.instant()
        for row in try connection.query("SELECT * FROM quota_places WHERE budget = $1", [.text(budget)]) {
            let holder = try row.text("node")
            guard try row.instant("free_at") > now else {
                try connection.execute(
                    "DELETE FROM quota_places WHERE budget = $1 AND node = $2", [.text(budget), .text(holder)])
                continue
            }
            held[holder] = try row.integer("places")
            guard holder != node, try row.instant("until_at") > now else { continue }
            others += 1
            if try row.instant("wanted_at") > now - 3 { isShortElsewhere = true }
        }
    }

    /// Whether others know that this node held something before.
    var isKnown: Bool { held[node] != nil }

    /// What this node should keep at most, where another is short: its equal part. Nil where none is.
    var fairShare: Int? { isShortElsewhere ? calls / (others + 1) : nil }

    /// Takes an eighth of the budget, or what is free of it.
    /// - Returns: how many; where none, others see for three seconds that one is wanted.
    func take() throws -> Int {
        let free = calls - held.values.reduce(0, +)
        let gained = max(0, min(free, max(1, calls / 8)))
        try put((held[node] ?? 0) + gained, wanted: gained == 0)
        return gained
    }

    /// - Returns: false where this node holds nothing that others know of.
    func renew() throws -> Bool {
        guard held[node] != nil else { return false }
        let (until, free) = ends
        try connection.execute(
            "UPDATE quota_places SET until_at = $3, free_at = $4 WHERE budget = $1 AND node = $2",
            [.text(budget), .text(node), .instant(until), .instant(free)])
        return true
    }

    func give(_ surplus: Int) throws {
        let kept = (held[node] ?? 0) - surplus
        guard kept > 0 else {
            return try connection.execute(
                "DELETE FROM quota_places WHERE budget = $1 AND node = $2", [.text(budget), .text(node)])
        }
        try connection.execute(
            "UPDATE quota_places SET places = $3 WHERE budget = $1 AND node = $2",
            [.text(budget), .text(node), .integer(kept)])
    }

    /// What is left counts for one more period.
    func leave() throws {
        try connection.execute(
            "UPDATE quota_places SET until_at = $3, free_at = $4 WHERE budget = $1 AND node = $2",
            [.text(budget), .text(node), .instant(now), .instant(now + period)])
    }

    private var ends: (until: Date, free: Date) {
        let until = now + SharedQuotas.lasting
        return (until, until + period + SharedQuotas.longestExchange)
    }

    private static let put = """
        INSERT INTO quota_places (budget, node, places, wanted_at, until_at, free_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (budget, node) DO UPDATE SET places = excluded.places, wanted_at = excluded.wanted_at,
        until_at = excluded.until_at, free_at = excluded.free_at
        """

    private func put(_ places: Int, wanted: Bool) throws {
        let (until, free) = ends
        let wantedAt = wanted ? now : Date(timeIntervalSince1970: 0)
        try connection.execute(
            Self.put,
            [.text(budget), .text(node), .integer(places), .instant(wantedAt), .instant(until), .instant(free)])
    }
}
