import Values

/// A provider of data.
public final class ProviderDescription: Sendable {
    public let id: String
    public let title: String
    /// What it is and holds, for people.
    public let about: String
    /// Names of its addresses with the path of each below its base.
    public let addresses: [String: String]
    public let errorPrefix: String
    public let errorProvider: String
    public let maskText: String
    /// When it is closed.
    public let maintenances: MaintenanceCalendar
    /// How a file is fetched whose address an answer gave: the request without its address.
    public let files: RequestPlan
    /// Documents delivered on demand, by name.
    public let downloads: [String: DownloadPlan]
    /// Its name in the addresses of those documents.
    public let proxyName: String
    /// For another hub: the bouquet whose contract it serves.
    public let hubOf: APIDescription.Bouquet?
    /// How many requests it takes; empty: nothing is known of a bound.
    public let quotas: [ProviderQuota]
    /// How one finds out whether it answers; never empty once compiled.
    public let pings: [PingSource]
    public let knownIssues: [KnownIssue]

    init(
        id: String, title: String, about: String = "", addresses: [String: String], errorPrefix: String,
        errorProvider: String, maskText: String, maintenances: MaintenanceCalendar, files: RequestPlan = .plainFile,
        downloads: [String: DownloadPlan] = [:], proxyName: String = "", hubOf: APIDescription.Bouquet? = nil,
        quotas: [ProviderQuota] = [], pings: [PingSource] = [], knownIssues: [KnownIssue] = []
    ) {
        (self.id, self.title, self.about, self.addresses) = (id, title, about, addresses)
        (self.errorPrefix, self.errorProvider, self.maskText) = (errorPrefix, errorProvider, maskText)
        (self.maintenances, self.files, self.downloads) = (maintenances, files, downloads)
        (self.proxyName, self.hubOf, self.quotas) = (proxyName, hubOf, quotas)
        (self.pings, self.knownIssues) = (pings, knownIssues)
    }
}

/// A bound that a provider sets to the requests that it takes from the hub.
public struct ProviderQuota: Sendable, Hashable {
    public let calls: Int
    /// Length of the window, in seconds. No window of that length holds more requests, whenever it begins.
    public let period: Int
    /// The error of a call that would be one too many; `NN` is the provider's number.
    public let code: String
    /// What is counted apart.
    public let each: Each
    /// Clients and operations that it concerns; empty: all of the provider's.
    public let of: Set<String>

    public enum Each: String, Sendable, CaseIterable {
        /// All requests together.
        case provider
        /// Those of each of the hub's clients at the provider.
        case client
        case operation
    }

    /// The error where none is given: the provider has too many calls.
    public static let standardCode = "NN008"

    public init(calls: Int, period: Int, code: String = standardCode, each: Each = .provider, of: Set<String> = []) {
        self.calls = calls
        self.period = period
        self.code = code
        self.each = each
        self.of = of
    }

    /// Whether a request counts.
    public func concerns(client: String?, operation: String) -> Bool {
        of.isEmpty || of.contains(operation) || client.map(of.contains) ?? false
    }
}

/// One thing of a provider that is looked at every minute, and how.
public struct PingSource: Sendable {
    /// Last part of the ping's address.
    public let name: String
    public let driver: Driver

    public enum Driver: Sendable {
        /// An operation is called with its example, some values of which may be replaced.
        case call(operation: String, values: [(name: String, value: JSON)])
        /// An address is read without credentials, and answers one of these statuses.
        case request(PlainRequest)
        /// Nothing is sent: the calls of the last ten minutes tell, those of these APIs; none stands for all.
        case calls(apis: Set<String>)

        public enum Kind: String, Sendable { case call, request, calls }

        public var kind: Kind {
            switch self {
            case .call: .call
            case .request: .request
            case .calls: .calls
            }
        }
    }

    /// A request that shows nothing and says nothing of anybody.
    public struct PlainRequest: Sendable, Hashable {
        /// Name of the provider's address that the path starts from.
        public let address: String
        public let path: String
        public let statuses: [Int]
        /// Time for the whole exchange.
        public let timeout: Duration
    }

    public init(name: String, driver: Driver) {
        self.name = name
        self.driver = driver
    }
}

/// Something that does not work as it should, told to everybody until it does.
public struct KnownIssue: Sendable, Hashable {
    public let since: CivilDate
    /// The last day; nil: no end is known.
    public let until: CivilDate?
    /// In plain French.
    public let text: String

    public init(since: CivilDate, until: CivilDate? = nil, text: String) {
        self.since = since
        self.until = until
        self.text = text
    }

    /// True from its first day to its last.
    public func isCurrent(on day: CivilDate) -> Bool { since <= day && until.map { day <= $0 } ?? true }
}
