import Values

/// How the sandbox plays a data provider: the routes of its protocol, answered from a fictional population.
///
/// Written in files beside the provider's descriptors, in the same language, so that a new API comes with its
/// simulation. `docs/sandbox.md` is the manual.
public struct SimulatorPlan: Sendable {
    /// The provider that it plays.
    public let provider: String
    /// True where the provider wants a client certificate (RFC 8446 §4.4.2).
    public let wantsCertificate: Bool
    public let routes: [SimulatedRoute]
}

/// One address of a simulated provider.
public struct SimulatedRoute: Sendable {
    public let method: RequestPlan.Method
    /// Segments of the path; one in braces is a variable.
    let segments: [String]
    /// What the request is read as.
    public let format: RequestPlan.Format
    /// What a caller must show; nil: nothing.
    public let credential: Credential?
    /// Whom or what the question is about; nil: nobody.
    public let subject: SubjectQuery?
    let lets: [Expression]
    let document: ValueTemplate?
    let answers: [SimulatedAnswer]
    /// Answers to who shows no credential, and where the population holds no such subject.
    let unauthorized: SimulatedAnswer
    let absent: SimulatedAnswer

    public enum Credential: Sendable {
        /// A token of this provider in a header, after `Bearer` in Authorization.
        case token(header: String)
        /// The client's identifier and secret, or the secret alone.
        case secret(user: Expression?, secret: Expression)
        /// A signed SAML assertion in the message.
        case assertion
    }

    /// The fields by which the population is searched.
    public struct SubjectQuery: Sendable {
        public enum Kind: String, Sendable { case person, company }
        public let kind: Kind
        let fields: [(name: String, value: Expression)]
    }
}

/// What a route answers where a condition holds.
public struct SimulatedAnswer: Sendable {
    let condition: Condition?
    let status: Int
    let headers: [(name: String, value: Expression)]
    let body: Body

    enum Body: Sendable {
        case none
        case json(ValueTemplate)
        case xml(ValueTemplate)
        case text(Expression)
        /// The route's document itself.
        case document
    }
}

/// A simulated answer, ready to be sent.
public struct SimulatedReply: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: Body

    public enum Body: Sendable {
        case none
        case bytes([UInt8], type: String)
        /// Pages of lines, to be laid out as a PDF.
        case document([[String]])
    }
}

/// What a request to a simulated provider says.
public struct SimulatedRequest: Sendable {
    public var method: RequestPlan.Method
    /// Below the provider's base.
    public var path: String
    public var query: [(name: String, value: String)]
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]
    /// The form's members, where the body is one.
    public var form: [(name: String, value: String)]
    /// Of a `Basic` header.
    public var user: String?
    public var password: String?
    /// The provider's base address as the caller wrote it.
    public var base: String

    public init(
        method: RequestPlan.Method, path: String, query: [(name: String, value: String)], headers: [String: String],
        body: [UInt8], form: [(name: String, value: String)], user: String?, password: String?, base: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.form = form
        self.user = user
        self.password = password
        self.base = base
    }
}
