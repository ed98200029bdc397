import CatalogueModel
import Foundation
import Values

/// What is known of something at one moment.
public struct PresentState: Sendable, Hashable {
    public var state: HealthState
    /// When it was looked at last; nil: never.
    public var updated: Date?
    /// When it was found well for the last time.
    public var lastOK: Date?
    /// The end of the maintenance in force.
    public var until: Date?

    public init(state: HealthState, updated: Date? = nil, lastOK: Date? = nil, until: Date? = nil) {
        self.state = state
        self.updated = updated
        self.lastOK = lastOK
        self.until = until
    }
}

/// How all providers are, were for 90 days, and will be.
public struct StatusReport: Sendable {
    public let generated: Date
    public let providers: [Provider]

    public init(generated: Date, providers: [Provider]) {
        self.generated = generated
        self.providers = providers
    }

    /// One provider.
    public struct Provider: Sendable {
        public let id: String
        public let title: String
        public let present: PresentState
        public let sources: [Source]
        /// The last 90 days, the oldest first.
        public let days: [Day]
        /// The latest first.
        public let incidents: [Incident]
        /// The nearest first.
        public let upcoming: [MaintenanceCalendar.Closing]
        public let issues: [KnownIssue]

        public init(
            id: String, title: String, present: PresentState, sources: [Source], days: [Day], incidents: [Incident],
            upcoming: [MaintenanceCalendar.Closing], issues: [KnownIssue]
        ) {
            self.id = id
            self.title = title
            self.present = present
            self.sources = sources
            self.days = days
            self.incidents = incidents
            self.upcoming = upcoming
            self.issues = issues
        }

        /// The part of these days that it was well, 0 to 1; nil where nobody looked.
        public var availability: Double? {
            days.reduce(into: DayTally()) { $0.add($1.tally) }.availability
        }
    }

    /// One of the things looked at of a provider.
    public struct Source: Sendable, Hashable {
        public let name: String
        public let how: PingSource.Driver.Kind
        public let present: PresentState

        public init(name: String, how: PingSource.Driver.Kind, present: PresentState) {
            self.name = name
            self.how = how
            self.present = present
        }
    }

    public struct Day: Sendable, Hashable {
        public let day: CivilDate
        public let tally: DayTally

        public init(day: CivilDate, tally: DayTally) {
            self.day = day
            self.tally = tally
        }
    }
}

/// Gives the state of the providers to the pages.
public protocol StatusReporting: Sendable {
    func report() -> StatusReport
    /// What is known now of one thing that is looked at; the provider's own name stands for the whole.
    func present(_ provider: ProviderDescription, _ name: String) -> PresentState?
}

extension ProviderWatch: StatusReporting {}
