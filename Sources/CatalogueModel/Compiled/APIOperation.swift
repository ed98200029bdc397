import Values

/// One address of the hub that answers data: a version and a way of asking of an API.
public final class APIOperation: Sendable {
    public let id: String
    public let api: APIDescription
    public let version: Int
    /// Path with its variables in braces.
    public let route: String
    public let identity: Identity
    public let style: Style
    public let parameters: [Parameter]
    public let checks: [ParameterCheck]
    /// Names of the slots, which are the canonical names of the parameters.
    public let slots: [String]
    /// Slots that may hold the number of a company.
    public let companySlots: [Int]
    /// Slots of what tells a person, in the order of ``PersonIdentity/parameters``; nil for what is not asked.
    public let personSlots: [Int?]
    /// A call needs at least one of these.
    public let acceptedScopes: ScopeSet
    public let acceptedScopeNames: [String]
    /// True where the descriptor says that any token will do (`accepts: any`).
    public let acceptsAnyToken: Bool
    /// True where a call without one of the scopes is refused.
    public var wantsScope: Bool { identity != .nobody && !acceptsAnyToken }
    public let limit: RateLimitGroup?
    public let cache: CacheLifetime?
    public let provider: ProviderDescription
    /// The number of the provider's errors, first two digits of its codes.
    public let errorPrefix: String
    /// The provider's name in errors.
    public let errorProvider: String
    public let lookups: [Lookup]
    public let plans: [RequestPlan]
    public let refusals: [Refusal]
    /// What the provider's answer repeats of the question.
    let echoes: [Echo]
    /// Values that the API names for its refusals and its answers.
    let lets: [Expression]
    public let document: DocumentPlan?
    public let answer: AnswerPlan
    public let repetition: RepetitionGuard?
    /// For a derived answer: the operation that it derives from.
    public let source: APIOperation?
    /// For a bouquet: the operations that the question is put to. Empty for any other.
    public let gathered: [GatheredOperation]
    public let deprecated: String?
    /// Values to try it with in the sandbox, by name on the wire.
    public let example: [(name: String, value: JSON)]
    /// Position in the catalogue, for tables indexed by operation.
    public let index: Int
    /// Whether an answer holds addresses made for its caller alone.
    public let sealsAddresses: Bool

    /// Who is asked about, and how that is known.
    public enum Identity: String, Sendable {
        /// The parameters tell; the caller shows a token of ours.
        case parameters
        /// The person's FranceConnect token tells.
        case franceConnect = "france_connect"
        /// Either, by the header that carries the token (v2).
        case either
        /// Nobody asks: open data, given without a token to each address within a limit.
        case nobody
    }

    /// Whether a proof of an answer may be made: it needs the envelope of v3 and later, and somebody who asks.
    public var isProvable: Bool { api.isProvable && answer.hasEnvelope && identity != .nobody }

    /// The conventions of the wire.
    public enum Style: String, Sendable {
        case particulierV2 = "particulier-v2"
        case particulier
        case entreprise
        /// The envelope and the errors of v3, without anything that a call must say about itself.
        case open
    }

    init(_ draft: OperationDraft) {
        id = draft.id
        api = draft.api
        version = draft.version
        route = draft.route
        identity = draft.identity
        style = draft.style
        parameters = draft.parameters
        checks = draft.checks
        slots = draft.slots
        companySlots = draft.slots.indices.filter {
            draft.slots[$0].hasPrefix("siret") || draft.slots[$0].hasPrefix("siren")
        }
        personSlots = PersonIdentity.parameters.map { draft.slots.firstIndex(of: $0) }
        acceptedScopes = draft.acceptedScopes
        acceptedScopeNames = draft.acceptedScopeNames
        acceptsAnyToken = draft.acceptsAnyToken
        limit = draft.limit
        cache = draft.cache
        provider = draft.provider
        errorPrefix = draft.errorPrefix
        errorProvider = draft.errorProvider
        lookups = draft.lookups
        plans = draft.plans
        refusals = draft.refusals
        echoes = draft.echoes
        lets = draft.lets
        document = draft.document
        answer = draft.answer
        repetition = draft.repetition
        source = draft.source
        gathered = draft.gathered
        deprecated = draft.deprecated
        example = draft.example
        index = draft.index
        sealsAddresses = draft.answer.sealsAddresses
    }
}

/// What the compiler has gathered for an operation before it is sealed.
struct OperationDraft {
    var id = ""
    var api: APIDescription
    var version = 0
    var route = ""
    var identity = APIOperation.Identity.parameters
    var style = APIOperation.Style.particulier
    var parameters: [Parameter] = []
    var checks: [ParameterCheck] = []
    var slots: [String] = []
    var acceptedScopes = ScopeSet()
    var acceptedScopeNames: [String] = []
    var acceptsAnyToken = false
    var limit: RateLimitGroup?
    var cache: CacheLifetime?
    var provider: ProviderDescription
    var errorPrefix = "00"
    var errorProvider = ""
    var lookups: [Lookup] = []
    var plans: [RequestPlan] = []
    var refusals: [Refusal] = []
    var echoes: [Echo] = []
    var lets: [Expression] = []
    var document: DocumentPlan?
    var answer = AnswerPlan.empty
    var repetition: RepetitionGuard?
    var source: APIOperation?
    var gathered: [GatheredOperation] = []
    var deprecated: String?
    var example: [(name: String, value: JSON)] = []
    var index = 0
}

/// One of the operations that a bouquet puts its question to.
public struct GatheredOperation: Sendable {
    public let key: String
    public let operation: APIOperation
    /// Time for its answer; one that comes later is told as late, and ready for the next call.
    public let deadline: Duration

    /// What became of the question.
    public enum State: String, Sendable, CaseIterable {
        case value = "valeur"
        case absent
        case refused = "refuse"
        case late = "en_retard"
    }
}

/// A limit on calls that operations share.
public struct RateLimitGroup: Sendable, Hashable {
    public let name: String
    public let calls: Int
    /// Length of the window, in seconds.
    public let period: Int
    /// True where each operation of the group counts for itself.
    public let isPerOperation: Bool
    public let index: Int
}

/// What an API is, for people.
public struct APIDescription: Sendable {
    public let id: String
    public let title: String
    public let summary: String
    public let bouquet: Bouquet
    public let provider: String
    public let legalBasis: [String]
    public let freshness: String
    public let perimeter: String
    public let audience: String
    public let keywords: [String]
    /// Identifiers of ``Editorial/themes``.
    public internal(set) var themes: [String] = []
    public let lifecycle: Lifecycle
    public let isOpen: Bool
    /// Scopes and what each opens.
    public let scopes: [(name: String, meaning: String)]
    /// The hand-written case of the sandbox whom FranceConnect speaks for in examples: a token is `fc-` and that name.
    public let citizen: String
    /// Questions that users ask, with their answers.
    public internal(set) var questions: [Question] = []
    /// What changed for its users, the latest first.
    public internal(set) var history: [Change] = []
    /// What is wrong with the data at present; nil where nothing is known to be.
    public internal(set) var knownIssue: Change?
    /// Recorded examples replayed by the check.
    public let recordings: [Recording]
    /// Whether a caller may have a proof of an answer made.
    public var isProvable = false

    public enum Bouquet: String, Sendable, CaseIterable { case particulier, entreprise, open }

    public enum Lifecycle: String, Sendable, CaseIterable {
        /// To come: described to be commented on, it answers from the sandbox only.
        case announced
        case beta, stable, deprecated
    }

    /// A question with its answer.
    public struct Question: Sendable, Hashable {
        public let question: String
        public let answer: String
    }

    /// What happened on a day.
    public struct Change: Sendable, Hashable {
        public let date: CivilDate
        public let text: String
    }

    /// A provider's answer and the public answer that it must give.
    public struct Recording: Sendable {
        public let operation: String
        public let parameters: [(name: String, value: JSON)]
        public let status: Int
        public let headers: [String: String]
        /// File of the provider's body, from the catalogue's folder; nil for an empty one.
        public let body: String?
        /// Text of the pages of the document in the body, where there is one.
        public let pages: [String]
        /// The day it is replayed on, where the answer depends on it.
        public let today: CivilDate?
        public let expectedStatus: Int
        public let expectedCode: String?
        /// File of the public answer.
        public let expectedBody: String?
        /// Where the descriptor declares it.
        public let file: String
        public let line: Int
    }
}
