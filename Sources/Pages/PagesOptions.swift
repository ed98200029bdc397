import Foundation
import Values

/// What the pages need to know about the installation.
public struct PagesOptions: Sendable {
    /// Folder of the State's design system, as `scripts/dsfr` leaves it.
    public var dsfr: URL
    /// Address of the service, without a closing slash.
    public var publicURL: String
    /// True on a site of the French State only: its block and its typeface are reserved to it.
    public var stateBrand: Bool
    /// What visitors may try; nil outside the sandbox.
    public var sandbox: SandboxInformation?
    /// Version of the program.
    public var version: String
    public var clock: WallClock

    public init(
        dsfr: URL, publicURL: String, stateBrand: Bool, sandbox: SandboxInformation?, version: String,
        clock: WallClock = .system
    ) {
        self.dsfr = dsfr
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.stateBrand = stateBrand
        self.sandbox = sandbox
        self.version = version
        self.clock = clock
    }
}

/// What the sandbox shows to everybody: nothing of it is real.
public struct SandboxInformation: Sendable {
    /// The demonstration token, printed on the pages.
    public var token: String
    /// The fictional people and companies.
    public var subjects: [Subject]

    public init(token: String, subjects: [Subject]) {
        self.token = token
        self.subjects = subjects
    }

    /// A fictional person or company.
    public struct Subject: Sendable {
        /// What tells this one from the others, in a few words.
        public var label: String
        /// Everything known of it, by name of parameter on the wire; an operation takes what it knows of it.
        public var parameters: [String: [String]]
        /// The access token that simulated FranceConnect gives for it.
        public var franceConnectToken: String?
        /// Identifiers of the operations for which it makes sense; nil: those whose parameters it fills in.
        public var operations: Set<String>?

        public init(
            label: String, parameters: [String: [String]], franceConnectToken: String? = nil,
            operations: Set<String>? = nil
        ) {
            self.label = label
            self.parameters = parameters
            self.franceConnectToken = franceConnectToken
            self.operations = operations
        }
    }
}

/// Puts a call to the hub as a client would.
public protocol CallTrying: Sendable {
    /// - Parameters:
    ///   - path: path of the call, percent-encoded.
    ///   - query: names and values, not encoded.
    func call(path: String, query: [(String, String)], headers: [(String, String)]) async -> TriedAnswer
}

/// What the hub answered.
public struct TriedAnswer: Sendable {
    public var status: Int
    public var headers: [(String, String)]
    public var body: [UInt8]
    public var duration: Duration

    public init(status: Int, headers: [(String, String)], body: [UInt8], duration: Duration) {
        self.status = status
        self.headers = headers
        self.body = body
        self.duration = duration
    }
}
