import CatalogueModel
import Documents
import HTTPTypes
import Hummingbird
import Synchronization
import Values

/// The providers whose simulation is written in files, behind one server: each below a path of its own name.
final class DescribedProviders: Sendable {
    private let population: Population
    private let credentials: Credentials
    private let plans: Mutex<[String: SimulatorPlan]>
    /// Whether the connection showed a client certificate.
    private let hasCertificates: Bool
    private let faults = Mutex<[String: Faults]>([:])

    init(_ plans: [SimulatorPlan], population: Population, credentials: Credentials, hasCertificates: Bool) {
        self.population = population
        self.credentials = credentials
        self.hasCertificates = hasCertificates
        self.plans = Mutex([:])
        use(plans)
    }

    /// Takes new files in place of those read before.
    func use(_ plans: [SimulatorPlan]) {
        let named = Dictionary(
            plans.filter { $0.wantsCertificate == hasCertificates }.map { ($0.provider, $0) }, uniquingKeysWith: { $1 })
        self.plans.withLock { $0 = named }
    }

    /// The faults of one provider.
    func faults(of provider: String) -> Faults {
        faults.withLock { known in
            let found = known[provider] ?? Faults()
            known[provider] = found
            return found
        }
    }

    /// Cuts the name of a provider off a path.
    static func split(_ path: String) -> (provider: String, rest: String)? {
        let parts = path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        return (String(name), "/" + (parts.count > 1 ? parts[1] : ""))
    }

    func answer(_ call: Call, provider: String) -> Reply {
        let path = call.path
        guard let plan = plans.withLock({ $0[provider] }) else { return .notFound }
        let method: RequestPlan.Method? = call.method == .get ? .get : call.method == .post ? .post : nil
        let matches = plan.routes.compactMap { route in route.variables(path).map { (route, $0) } }
        guard let (route, variables) = matches.first(where: { $0.0.method == method }) else {
            return matches.isEmpty ? .notFound : Reply(status: .methodNotAllowed)
        }
        let request = SimulatedRequest(
            method: route.method, path: path, query: call.query.pairs, headers: call.headersByName, body: call.body,
            form: call.form.pairs, user: call.basic?.user, password: call.basic?.password,
            base: "http://" + call.authority + "/" + provider)
        let decoded = variables.map { JSON.Member($0.key, .string($0.value.text?.removingPercentEncoding ?? "")) }
        let facts = route.facts(
            request, variables: decoded, issued: credentials.token(for: provider), clock: population.clock)
        do {
            return Reply(try reply(route, facts, provider))
        } catch {
            return .json(["message": .string("Simulation : " + error.reason)], status: .internalServerError)
        }
    }

    private func reply(
        _ route: SimulatedRoute, _ facts: CallFacts, _ provider: String
    ) throws(MappingFailure) -> SimulatedReply {
        let isAdmitted = route.admits(
            facts, acceptsToken: { credentials.accepts(token: $0, for: provider) },
            acceptsClient: { user, secret in
                user.map { credentials.accepts($0, secret) } ?? credentials.acceptsSecret(secret)
            }, acceptsAssertion: { SAMLVerification.accepts($0, now: population.clock.now()) })
        guard isAdmitted else { return try route.unauthorizedReply(facts) }
        var node = JSON.null
        if let query = route.subject {
            let found = population.subjects(query.kind == .person ? .person : .company, route.search(facts))
            guard found.count == 1 else { return try route.absentReply(facts) }
            node = found[0]
        }
        return try route.reply(facts, about: node) { PlainPDF(pages: $0).base64 }
    }
}

extension Reply {
    fileprivate init(_ simulated: SimulatedReply) {
        self.init(status: .init(code: simulated.status))
        switch simulated.body {
        case .none: break
        case .bytes(let bytes, let type):
            headers[.contentType] = type
            body = bytes
        case .document(let pages):
            headers[.contentType] = "application/pdf"
            body = PlainPDF(pages: pages).bytes
        }
        for (name, value) in simulated.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
    }
}

extension Call {
    fileprivate var headersByName: [String: String] {
        Dictionary(headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
