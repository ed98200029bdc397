import Values

/// How a question is put to a provider.
public final class RequestPlan: Sendable {
    public let method: Method
    /// Name of the provider's address that the path starts from.
    public let address: String
    public let path: Expression
    public let query: [(name: String, value: Expression)]
    public let headers: [(name: String, value: Expression)]
    public let body: Body
    /// What the answer is read as.
    public let format: Format
    public let authentication: Authentication?
    /// Which of the provider's clients asks: settings are looked up under it first.
    public let client: String?
    /// Time for the whole exchange.
    public let timeout: Duration
    public let redirection: Redirection?
    /// True where what came is read although the connection ended before the answer did.
    public let takesCutOff: Bool
    /// Chosen where it holds; the first plan without condition, or whose condition holds, is used.
    public let condition: Condition?
    /// The operation that asks; empty for a lookup, which several share.
    public let operation: String

    init(
        method: Method, address: String, path: Expression, query: [(name: String, value: Expression)],
        headers: [(name: String, value: Expression)], body: Body, format: Format, authentication: Authentication?,
        client: String?, timeout: Duration, redirection: Redirection?, takesCutOff: Bool, condition: Condition?,
        operation: String = ""
    ) {
        (self.method, self.address, self.path, self.query) = (method, address, path, query)
        (self.headers, self.body, self.format, self.authentication) = (headers, body, format, authentication)
        (self.client, self.timeout, self.redirection) = (client, timeout, redirection)
        (self.takesCutOff, self.condition, self.operation) = (takesCutOff, condition, operation)
    }

    /// The same, asked by an operation.
    func asked(by operation: String) -> RequestPlan {
        RequestPlan(
            method: method, address: address, path: path, query: query, headers: headers, body: body, format: format,
            authentication: authentication, client: client, timeout: timeout, redirection: redirection,
            takesCutOff: takesCutOff, condition: condition, operation: operation)
    }

    public enum Method: String, Sendable { case get = "GET", post = "POST" }

    public enum Format: String, Sendable, CaseIterable {
        case json, xml

        /// The body to read from; null where it is none of that format.
        public func read(_ bytes: [UInt8]) -> Content {
            switch self {
            case .json: (try? JSONText(parsing: bytes)).map(Content.text) ?? .made(.null)
            case .xml: .made((try? XMLReader.json(bytes)) ?? .null)
            }
        }
    }

    public enum Body: Sendable {
        case none
        case json(ValueTemplate, keepsNulls: Bool)
        case form([(name: String, value: Expression)])
        /// An XML document with one root.
        case xml(ValueTemplate)
        case text(Expression)
    }

    /// A file at an address that is known only when it is asked for, and that anybody may fetch.
    public static let plainFile = RequestPlan(
        method: .get, address: "", path: .literal(""), query: [], headers: [], body: .none, format: .json,
        authentication: nil, client: nil, timeout: .seconds(10), redirection: nil,
        takesCutOff: false, condition: nil)

    /// A permanent redirection that names another identifier of the same thing: the question is put once more
    /// with it.
    public struct Redirection: Sendable {
        public let statuses: [Int]
        public let parameter: Int
        public let value: Expression
    }
}

/// How the hub makes itself known to a provider.
public final class Authentication: Sendable {
    public let name: String
    public let kind: Kind
    /// Statuses that mean that the token is no longer good: a new one is asked for, once.
    public let retryOn: [Int]

    init(name: String, kind: Kind, retryOn: [Int]) { (self.name, self.kind, self.retryOn) = (name, kind, retryOn) }

    /// Code of the error where no token is given.
    var refusal: String? { if case .token(let plan) = kind { plan.refusal } else { nil } }

    public enum Kind: Sendable {
        /// A token asked for at an address and kept until it expires: OAuth 2.0 (RFC 6749 §4.3, §4.4), or a log-in.
        case token(TokenPlan)
        /// HTTP Basic (RFC 7617).
        case basic(user: Expression, password: Expression)
        /// A client certificate (RFC 8446 §4.4.2), by the settings `client_certificate` and `client_key`, and where
        /// the provider wants one an assertion in the message, signed with the same key.
        case mutualTLS(saml: SAMLPlan?)
    }
}

/// The SAML 2.0 assertion that a message carries in its WS-Security header.
public struct SAMLPlan: Sendable {
    /// Who vouches, and for whom: the hub itself.
    public let issuer: Expression
    public let attributes: [(name: String, value: Expression)]
    /// Seconds for which it is good.
    public let lifetime: Int

    public init(issuer: Expression, attributes: [(name: String, value: Expression)], lifetime: Int) {
        self.issuer = issuer
        self.attributes = attributes
        self.lifetime = lifetime
    }
}

/// How a token is asked for, found in the answer and shown.
public final class TokenPlan: Sendable {
    public let address: String
    public let path: Expression
    public let headers: [(name: String, value: Expression)]
    public let body: RequestPlan.Body
    /// Where the token is in the answer; in OAuth 2.0 `access_token`.
    public let token: Expression
    /// Its life in seconds; null: the `exp` of the token itself where it is a JWT (RFC 7519 §4.1.4).
    public let lifetime: Expression
    /// The header that carries it, and what stands before it.
    public let header: String
    public let scheme: String
    /// Prefixes of the settings of several accounts: one is drawn for each token, another where it is refused.
    public let accounts: [String]
    /// Code of the error where no account is given a token.
    public let refusal: String

    init(
        address: String, path: Expression, headers: [(name: String, value: Expression)], body: RequestPlan.Body,
        token: Expression, lifetime: Expression, header: String, scheme: String, accounts: [String],
        refusal: String = "NN999"
    ) {
        (self.address, self.path, self.headers, self.body) = (address, path, headers, body)
        (self.token, self.lifetime, self.header, self.scheme) = (token, lifetime, header, scheme)
        (self.accounts, self.refusal) = (accounts, refusal)
    }
}

/// A value fetched from a provider before the question itself is put (code of a commune from its name).
public struct Lookup: Sendable {
    public let provider: String
    public let plan: RequestPlan
    public let value: Expression
    /// The parameter that receives the value.
    public let parameter: Int
}

/// A rule that recognises an answer of the provider; the first that holds decides.
public final class Refusal: Sendable {
    public let condition: Condition
    /// The hub's error, or nil where the answer is accepted.
    public let problem: ProblemTemplate?
    /// The one status for which it can hold; nil: any. Most rules are of an error, and most answers of success.
    private let status: Int?

    init(condition: Condition, problem: ProblemTemplate?) {
        self.condition = condition
        self.problem = problem
        status = condition.onlyStatus
    }

    func holds(in frame: borrowing Frame) throws(MappingFailure) -> Bool {
        if let status, status != frame.facts.storage[0].status { return false }
        return try condition.holds(in: frame)
    }
}

extension Condition {
    /// The status that it asks for before anything else.
    fileprivate var onlyStatus: Int? {
        switch self {
        case .equal(.fact(.status), .literal(.integer(let status))): status
        case .all(let conditions): conditions.first?.onlyStatus
        default: nil
        }
    }
}

/// An error of the hub before its texts and places are filled in.
public struct ProblemTemplate: Sendable, Hashable {
    /// Five digits; the first two may be `NN`, the provider's number.
    public let code: String
    /// Where the code's own status does not fit.
    public var status: Int?
    public var title: String?
    public var detail: String?
    /// Values of the provider's answer that go with the error.
    public var meta: [MetaValue] = []
    /// Seconds after which a new try makes sense.
    public var retryIn: Int?
    /// True where the hub did not ask, so as not to go beyond what the provider takes.
    public var isWithheld = false
    /// True for an error that is kept as long as an answer would be (VIES: a number that is not valid).
    public var isCached = false
    /// In v2: its `error`, `reason` and status where the common rule does not fit.
    public var v2: V2Form?

    public struct MetaValue: Sendable, Hashable {
        public let name: String
        public let value: ValueTemplate
        public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    public struct V2Form: Sendable, Hashable {
        public let error: String?
        public let reason: String?
        public let status: Int?
    }

    public init(code: String) { self.code = code }
}

/// A document in the provider's answer.
public struct DocumentPlan: Sendable {
    public enum Encoding: String, Sendable { case base64, raw }

    public let encoding: Encoding
    /// Name of the file without extension.
    public let name: String
    /// Seconds for which it can be fetched.
    public let lifetime: Int
    /// Read only where it holds.
    public let condition: Condition
    /// Where its text is; nil: the whole body.
    public let source: Expression?
    /// Codes for a text that is not base64, for a document that is empty, for one that is no PDF.
    public let undecodable: String
    public let empty: String
    public let unexpected: String
}

/// A document that a provider delivers on demand, under an identifier that one of its answers gave.
public struct DownloadPlan: Sendable {
    /// The request; its one parameter is the identifier.
    public let request: RequestPlan
    /// What an identifier looks like; nil: anything.
    public let identifier: Pattern?
    public let refusals: [Refusal]
    public let document: DocumentPlan

    /// The text that stands for a document of that download where an answer has an address of the provider's.
    public static func address(_ name: String) -> String { "download:\(name)/" }
}

/// How long an answer may be served again.
public enum CacheLifetime: Sendable, Hashable {
    case seconds(Int)
    /// Until midnight in Paris, and so many seconds more.
    case endOfDay(plus: Int)
    case endOfMonth
}
