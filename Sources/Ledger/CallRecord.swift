import Foundation

/// The trace of one call: who asked what, under which right, about whom, and how it ended.
///
/// A call that asks a provider leaves two: its intent before, its outcome after. Any other leaves its outcome only.
///
/// It holds neither a name nor any part of an answer: a person appears under a pseudonym only
/// (RGPD art. 5-1 c; CRPA R114-9-4 for the duty to keep a trace).
public struct CallRecord: Sendable, Hashable {
    /// Its place in the ledger, from 1, without gap. Given by the writer; 0 before.
    public var sequence: UInt64
    public var stage: Stage
    /// Sequence of the call's intent; nil for an intent, and where no provider was asked. Given by the writer.
    public var intent: UInt64?
    /// Milliseconds since 1970 (UTC).
    public var milliseconds: Int
    public var requestID: String
    /// Nil where the call was refused before its grant was found.
    public var grant: String?
    /// The `jti` of the token; ``anonymous`` where open data was asked for without one.
    public var token: String?
    /// SIRET of the organisation that holds the grant.
    public var organisation: String?
    /// SIRET of the organisation for which the data was asked.
    public var recipient: String?
    public var purpose: String?
    public var operation: String
    public var provider: String
    /// The scopes applied to the answer.
    public var scopes: [String]
    /// Whom the call was about: a person's pseudonym, or a company's number. Made by the caller of the ledger.
    public var subject: String?
    /// Pseudonym of the caller's reference of the case for which the data was asked.
    public var caseReference: String?
    /// Pseudonym of the context that the caller states.
    public var context: String?
    /// Pseudonym of the agent who made the call, within the organisation; nil where the caller does not say.
    public var agent: String?
    /// SIRET of the vendor whose token called for the organisation; nil where the organisation called itself.
    public var vendor: String?
    /// The delegation that let the vendor call; nil where none did.
    public var delegation: String?
    /// ``Outcome/pending`` for an intent.
    public var outcome: Outcome
    /// True where the answer came from the cache.
    public var cached: Bool
    public var durations: Durations

    /// What stands for the token of a call that has none: neither who called nor from where is kept.
    public static let anonymous = "anonymous"

    /// Where a call stands.
    public enum Stage: String, Sendable, Hashable {
        /// About to ask the provider.
        case intent
        /// About to be answered.
        case outcome
    }

    /// How a call ended.
    public struct Outcome: Sendable, Hashable {
        /// HTTP status given to the caller.
        public var status: Int
        /// Code of the error, nil for a success.
        public var code: String?

        /// Of a call that has not ended.
        public static let pending = Outcome(status: 0)

        public init(status: Int, code: String? = nil) {
            self.status = status
            self.code = code
        }
    }

    /// How long a call took, in microseconds.
    public struct Durations: Sendable, Hashable {
        public var total: Int
        /// The part spent waiting for the provider; 0 where it was not asked.
        public var provider: Int

        public init(total: Int, provider: Int = 0) {
            self.total = total
            self.provider = provider
        }
    }

    /// How and when a call ended: all that an outcome says beyond what its intent has said.
    public struct Ending: Sendable, Hashable {
        let milliseconds: Int
        let outcome: Outcome
        let cached: Bool
        let durations: Durations

        /// `time` is kept to the millisecond.
        public init(time: Date, outcome: Outcome, cached: Bool = false, durations: Durations) {
            self.init(CallRecord.milliseconds(at: time), outcome, cached, durations)
        }

        fileprivate init(_ milliseconds: Int, _ outcome: Outcome, _ cached: Bool, _ durations: Durations) {
            (self.milliseconds, self.outcome) = (milliseconds, outcome)
            (self.cached, self.durations) = (cached, durations)
        }
    }

    package var ending: Ending { Ending(milliseconds, outcome, cached, durations) }

    /// A record that has no place in the ledger yet. `time` is kept to the millisecond.
    public init(
        stage: Stage = .outcome, time: Date, requestID: String, grant: String? = nil, token: String? = nil,
        organisation: String? = nil,
        recipient: String? = nil, purpose: String? = nil, operation: String, provider: String, scopes: [String] = [],
        subject: String? = nil, caseReference: String? = nil, context: String? = nil, agent: String? = nil,
        vendor: String? = nil, delegation: String? = nil,
        outcome: Outcome = .pending, cached: Bool = false, durations: Durations = Durations(total: 0)
    ) {
        self.sequence = 0
        self.stage = stage
        self.milliseconds = Self.milliseconds(at: time)
        self.requestID = requestID
        self.grant = grant
        self.token = token
        self.organisation = organisation
        self.recipient = recipient
        self.purpose = purpose
        self.operation = operation
        self.provider = provider
        self.scopes = scopes
        self.subject = subject
        self.caseReference = caseReference
        self.context = context
        self.agent = agent
        self.vendor = vendor
        self.delegation = delegation
        self.outcome = outcome
        self.cached = cached
        self.durations = durations
    }

    /// The moment of the call.
    public var time: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    static func milliseconds(at time: Date) -> Int {
        Int(exactly: (time.timeIntervalSince1970 * 1000).rounded()) ?? 0
    }
}
