import CatalogueModel
import Values

/// The network, injected: real, simulated or faulty providers stand behind it alike.
public protocol HTTPTransport: Sendable {
    /// Sends one request and waits for its whole answer.
    /// - Parameter timeout: for the whole exchange, connection included.
    func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse
}

/// A request to a provider. Holds personal data: it is never logged.
public struct ProviderRequest: Sendable {
    public var method: RequestPlan.Method
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// The client certificate to show (RFC 8446), by the paths of its files.
    public var identity: ClientIdentity?
    /// True where an answer whose end never came is taken as it is: some providers cut their connections.
    public var takesCutOff: Bool
    /// What its address begins with, where that has been read before.
    var base: Target?
    /// Says whether it may be tried again, where it may be repeated; nil: only on a connection that had been kept.
    var traffic: ProviderTraffic?

    public init(
        method: RequestPlan.Method, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        identity: ClientIdentity? = nil, takesCutOff: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.identity = identity
        self.takesCutOff = takesCutOff
    }

    /// Where it goes; nil where the address is none.
    var target: Target? {
        if let base, base.origin.identity == identity { return base }
        return Target(url, identity: identity)
    }
}

/// Paths of PEM files for mutual TLS.
public struct ClientIdentity: Sendable, Hashable {
    public let certificate: String
    public let key: String
    /// Authorities to trust in place of the system's; nil: the system's.
    public let trustRoots: String?
}

/// A provider's answer.
public struct ProviderResponse: Sendable {
    public var status: Int
    public var headers: HeaderList
    public var body: [UInt8]

    public init(status: Int, headers: HeaderList = HeaderList(), body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why no answer came. The cases are those that callers can tell apart by the hub's codes.
public enum TransportFailure: Error, Hashable, Sendable {
    case timeout
    /// Refused, reset, unreachable host.
    case unavailable
    case network
    case name
    case certificate
    /// The answer is larger than the hub takes.
    case tooLarge
    /// The provider's address or credentials are not configured.
    case unconfigured
    /// Nothing was sent: the provider takes no more for now.
    case withheld(code: String, retryIn: Int)

    /// True where nothing was sent, so that it says nothing of the provider.
    var isWithheld: Bool { if case .withheld = self { true } else { false } }

    /// The error that stands for it (NN: the provider's number).
    public var problem: ProblemTemplate {
        switch self {
        case .timeout: return ProblemTemplate(code: "NN002")
        case .unavailable, .unconfigured: return ProblemTemplate(code: "NN001")
        case .network:
            var problem = ProblemTemplate(code: "00501")
            problem.retryIn = 10
            return problem
        case .name: return ProblemTemplate(code: "NN004")
        case .certificate: return ProblemTemplate(code: "NN009")
        case .tooLarge: return ProblemTemplate(code: "NN999")
        case .withheld(let code, let seconds):
            var problem = ProblemTemplate(code: code)
            problem.retryIn = seconds
            problem.isWithheld = true
            return problem
        }
    }
}
