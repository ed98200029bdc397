import Foundation
import Storage
import Values

/// The history of the providers in the database. What is written says nothing of any call.
///
/// Time is counted from the last finding in the database, whoever made it: several processes that look at the same
/// providers count each second once.
public struct HealthStore: Sendable {
    /// What one look found.
    public struct Finding: Sendable, Hashable {
        public let source: HealthHistory.Source
        public let state: HealthState

        public init(_ source: HealthHistory.Source, _ state: HealthState) {
            self.source = source
            self.state = state
        }
    }

    private let database: any SQLDatabase

    /// A store over a database that has gone through `migrations`.
    public init(database: any SQLDatabase) { self.database = database }

    /// Everything kept.
    public func history() async throws -> HealthHistory {
        try await database.read { try HealthHistory($0) }
    }

    /// Adds findings of one moment, forgets what is older than 90 days, and returns what is kept.
    public func record(_ findings: [Finding], at now: Date) async throws -> HealthHistory {
        try await database.transaction { connection in
            var records = try connection.records()
            for finding in findings { try Self.record(finding, at: now, &records, connection) }
            let first = HealthHistory.firstDay(on: Paris.date(at: now))
            try connection.execute(HealthSQL.purgeDays, [.text(first.description)])
            let limit = Paris.midnight(of: first).map { Date(timeIntervalSince1970: Double($0)) }
            try connection.execute(HealthSQL.purgeIncidents, [.instant(limit)])
        }
        // Read apart: other writers need not wait for 90 days of all providers.
        return try await history()
    }

    private static func record(
        _ finding: Finding, at now: Date, _ records: inout [HealthHistory.Source: HealthRecord],
        _ connection: any SQLConnection
    ) throws {
        var record = records[finding.source] ?? HealthRecord(first: finding.state, at: now)
        let passage = records[finding.source] == nil ? HealthRecord.Passage() : record.find(finding.state, at: now)
        records[finding.source] = record
        let source = finding.source
        try connection.execute(
            HealthSQL.putRecord,
            [
                .text(source.provider), .text(source.name), .text(record.state.rawValue), .instant(record.updated),
                .instant(record.lastOK), .instant(record.failingSince), .instant(record.incident),
            ])
        guard source.isWhole else { return }
        for share in passage.spent { try connection.add(share, source.provider) }
        if let change = passage.incident { try connection.apply(change, source.provider) }
    }
}

extension SQLConnection {
    fileprivate func add(_ share: HealthRecord.Share, _ provider: String) throws {
        let columns = HealthState.allCases.map { SQLValue.integer($0 == share.state ? share.seconds : 0) }
        try execute(HealthSQL.addSeconds, [.text(provider), .text(share.day.description)] + columns)
    }

    fileprivate func apply(_ change: HealthRecord.Change, _ provider: String) throws {
        switch change {
        case .opened(let start, let kind):
            try execute(HealthSQL.openIncident, [.text(provider), .instant(start), .text(kind.rawValue)])
        case .lasted(let start, .down):
            try execute(HealthSQL.worsenIncident, [.text(provider), .instant(start)])
        case .lasted: break
        case .closed(let start, let end):
            try execute(HealthSQL.closeIncident, [.text(provider), .instant(start), .instant(end)])
        }
    }

    fileprivate func records() throws -> [HealthHistory.Source: HealthRecord] {
        var records: [HealthHistory.Source: HealthRecord] = [:]
        for row in try query(HealthSQL.records) {
            let source = HealthHistory.Source(provider: try row.text("provider"), name: try row.text("source"))
            var record = HealthRecord(
                state: HealthState(rawValue: try row.text("state")) ?? .unknown, updated: try row.instant("updated_at"))
            record.lastOK = try row.optionalInstant("ok_at")
            record.failingSince = try row.optionalInstant("failing_at")
            record.incident = try row.optionalInstant("incident_at")
            records[source] = record
        }
        return records
    }
}

extension HealthHistory {
    fileprivate init(_ connection: any SQLConnection) throws {
        records = try connection.records()
        for row in try connection.query(HealthSQL.days) {
            guard let day = CivilDate(try row.text("day")) else { continue }
            var tally = DayTally()
            for state in HealthState.allCases { tally[state] = try row.integer("seconds_" + state.rawValue) }
            tallies[try row.text("provider"), default: [:]][day] = tally
        }
        incidents = try connection.query(HealthSQL.incidents).map { row in
            Incident(
                provider: try row.text("provider"), start: try row.instant("started_at"),
                end: try row.optionalInstant("ended_at"), kind: Incident.Kind(rawValue: try row.text("kind")) ?? .down)
        }
    }
}
