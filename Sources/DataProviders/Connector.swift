import CatalogueModel
import Foundation
import Logging
import Values

/// Puts the question of an operation to its provider and says what came of it.
public final class Connector: Sendable {
    /// What came of a question.
    public enum Outcome: Sendable {
        case answered(CallFacts)
        indirect case refused(ProblemTemplate, CallFacts)
    }

    let transport: any HTTPTransport
    let configuration: any ProviderConfiguration
    private let addresses: ProviderAddresses
    let breakers: Breakers
    let quotas: any QuotaKeeping
    let traffic: Traffic
    let checksEchoes: Bool
    private let documents: any DocumentKeeping
    private let tokens: ProviderTokens
    private let signers = SAMLSigners()
    let logger = Logger(label: "unefois.providers")
    let catalogue: @Sendable () -> CompiledCatalogue

    /// - Parameter checksEchoes: false for recordings, in which identifiers were replaced one by one.
    public init(
        transport: any HTTPTransport, configuration: any ProviderConfiguration, breakers: Breakers,
        documents: any DocumentKeeping, clock: WallClock, quotas: any QuotaKeeping = LocalQuotas(),
        traffic: Traffic? = nil, checksEchoes: Bool = true, catalogue: @escaping @Sendable () -> CompiledCatalogue
    ) {
        self.transport = transport
        self.configuration = configuration
        addresses = ProviderAddresses(configuration)
        self.breakers = breakers
        self.documents = documents
        self.quotas = quotas
        self.traffic = traffic ?? Traffic(breakers: breakers)
        self.checksEchoes = checksEchoes
        self.catalogue = catalogue
        tokens = ProviderTokens(clock: clock)
    }

    /// Asks the provider. Never throws: whatever happens has an error of the nomenclature.
    /// - Parameter keepsDocument: false leaves out the document that the answer carries.
    public func ask(
        _ operation: APIOperation, _ asked: consuming CallFacts, keepsDocument: Bool = true
    ) async -> Outcome {
        if !addresses.isKnown(operation.provider),
            let hub = NationalHub(for: operation, configuration, catalogue().providers)
        {
            return await ask(hub, operation, asked)
        }
        return await inquire(of: operation.endpoint, for: operation.id, asked) { facts in
            for lookup in operation.lookups { await fillIn(lookup, &facts) }
            guard let plan = try operation.plan(for: facts) else {
                throw ProviderFailure(problem: ProblemTemplate(code: "NN999"))
            }
            try await exchange(plan, operation.provider, &facts)
        } judge: { facts in
            if let problem = try operation.verdict(on: facts) ?? echoProblem(operation, facts) { return problem }
            guard keepsDocument, let document = operation.document else { return nil }
            return try await keep(document, &facts, unless: operation.verdict)
        }
    }

    /// Puts a question unless the breaker is open, then judges what came: nil, or the error to give. Whatever it takes
    /// (token, other questions before it, redirection, retry) is over within the endpoint's time.
    ///
    /// Only what came of an exchange says how a provider is.
    func inquire(
        of endpoint: Endpoint, for purpose: String, _ asked: consuming CallFacts,
        put: (inout CallFacts) async throws -> Void, judge: (inout CallFacts) async throws -> ProblemTemplate?
    ) async -> Outcome {
        if let refusal = refusal(endpoint, asked) { return refusal }
        var facts = asked
        facts.deadline = .after(endpoint.timeout)
        var hasAnswered = false
        do {
            try await put(&facts)
            breakers.record(endpoint, success: facts.status < 500)
            hasAnswered = true
            return try await judge(&facts).map { .refused($0, facts) } ?? .answered(facts)
        } catch {
            return failed(error, endpoint, purpose, facts, hasAnswered: hasAnswered)
        }
    }

    @inline(never)
    private func refusal(_ endpoint: Endpoint, _ asked: CallFacts) -> Outcome? {
        guard case .refuse(let seconds) = breakers.ask(endpoint) else { return nil }
        var problem = ProblemTemplate(code: "NN001")
        problem.retryIn = seconds
        return .refused(problem, asked)
    }

    @inline(never)
    private func failed(
        _ error: any Error, _ endpoint: Endpoint, _ purpose: String, _ facts: CallFacts, hasAnswered: Bool
    ) -> Outcome {
        switch error {
        case let failure as TransportFailure where failure.isWithheld:
            breakers.release(endpoint)
            return .refused(failure.problem, facts)
        case let failure as TransportFailure:
            breakers.record(endpoint, success: false)
            return refused(failure.problem, purpose, facts, because: "\(failure)")
        default:
            if !hasAnswered { breakers.release(endpoint) }
            let problem = (error as? ProviderFailure)?.problem ?? ProblemTemplate(code: "NN999")
            return refused(problem, purpose, facts, because: (error as? MappingFailure)?.reason ?? problem.code)
        }
    }

    /// Says in the log why, without a value of the call: reasons are made of names only.
    private func refused(
        _ problem: ProblemTemplate, _ purpose: String, _ facts: CallFacts, because reason: String
    ) -> Outcome {
        logger.warning(
            "un fournisseur n'a pas répondu comme prévu",
            metadata: [
                "operation": "\(purpose)", "code": "\(problem.code)", "reason": "\(reason)",
                "request": "\(facts.requestID)",
            ])
        return .refused(problem, facts)
    }

    /// Sends the plan's request; follows one stated redirection, and asks once more with a new token where the
    /// provider says that the old one is no longer good.
    /// - Parameter url: the whole address, in place of the plan's.
    func exchange(
        _ plan: RequestPlan, _ provider: ProviderDescription, at url: String? = nil, _ facts: inout CallFacts
    ) async throws {
        let token = try await send(plan, provider, at: url, &facts)
        if let authentication = plan.authentication, authentication.retryOn.contains(facts.status) {
            if let token { tokens.forget(Self.tokenKey(authentication, plan, provider), token) }
            try await send(plan, provider, at: url, &facts)
            if authentication.retryOn.contains(facts.status) {
                var problem = ProblemTemplate(code: "NN011")
                problem.retryIn = 10
                throw ProviderFailure(problem: problem)
            }
        }
        if let redirected = try plan.redirected(facts) {
            facts = redirected
            try await send(plan, provider, &facts)
        }
    }

    /// - Returns: the provider's token that it showed, if any.
    @discardableResult
    private func send(
        _ plan: RequestPlan, _ provider: ProviderDescription, at url: String? = nil, _ facts: inout CallFacts
    ) async throws -> Redacted<String>? {
        var request = try composed(plan, provider, at: url, &facts)
        var token: Redacted<String>?
        if let authentication = plan.authentication {
            token =
                if let kept = kept(authentication, plan, provider) {
                    Self.show(kept.token, as: kept.plan, in: &request)
                } else {
                    try await sign(&request, authentication, plan, provider, facts)
                }
        }
        let network = counted(plan, provider, at: request.target)
        let response = try await traffic.of(provider.id).send(
            request, over: network, by: facts.deadline, atMost: plan.timeout)
        facts.take(response, plan.format)
        return token
    }

    /// The request without the hub's credentials.
    @inline(never)
    private func composed(
        _ plan: RequestPlan, _ provider: ProviderDescription, at url: String?, _ facts: inout CallFacts
    ) throws -> ProviderRequest {
        let known = url == nil ? addresses.address(plan.address, of: provider) : nil
        guard let base = url ?? known?.url else { throw TransportFailure.unconfigured }
        facts.settings = settings(provider.id, plan.client)
        var request = try plan.request(at: base, facts)
        request.base = known?.target
        return request
    }

    private func settings(_ provider: String, _ client: String?) -> @Sendable (String) -> Redacted<String>? {
        { [configuration] name in configuration.setting(provider: provider, client: client, name) }
    }

    /// The network for a request to that address, which may count for a quota.
    private func counted(
        _ plan: RequestPlan, _ provider: ProviderDescription, at target: @autoclosure () -> Target?
    ) -> any HTTPTransport {
        quotas.counting(
            transport, to: provider, at: target(), data: addresses.address(plan.address, of: provider)?.target,
            client: plan.client, operation: plan.operation)
    }

    private static func tokenKey(
        _ authentication: Authentication, _ plan: RequestPlan, _ provider: ProviderDescription
    ) -> ProviderTokens.Key {
        ProviderTokens.Key(provider: provider.id, authentication: authentication.name, client: plan.client)
    }

    private func token(
        _ token: TokenPlan, _ key: ProviderTokens.Key, _ plan: RequestPlan, _ provider: ProviderDescription,
        _ facts: CallFacts
    ) async throws -> Redacted<String> {
        guard let base = addresses.address(token.address, of: provider) else { throw TransportFailure.unconfigured }
        return try await tokens.token(
            key, by: facts.deadline ?? .after(plan.timeout), over: counted(plan, provider, at: base.target)
        ) { transport, clock in
            try await token.issue(at: base.url, facts, transport, clock)
        }
    }

    /// The token at hand for an authentication by token.
    private func kept(
        _ authentication: Authentication, _ plan: RequestPlan, _ provider: ProviderDescription
    ) -> (token: Redacted<String>, plan: TokenPlan)? {
        guard case .token(let token) = authentication.kind else { return nil }
        return tokens.kept(Self.tokenKey(authentication, plan, provider)).map { ($0, token) }
    }

    private static func show(
        _ token: Redacted<String>, as plan: TokenPlan, in request: inout ProviderRequest
    ) -> Redacted<String> {
        request.headers.append((plan.header, plan.scheme + token.exposed))
        return token
    }

    @inline(never)
    private func sign(
        _ request: inout ProviderRequest, _ authentication: Authentication, _ plan: RequestPlan,
        _ provider: ProviderDescription, _ facts: CallFacts
    ) async throws -> Redacted<String>? {
        switch authentication.kind {
        case .token(let token):
            let key = Self.tokenKey(authentication, plan, provider)
            let value = try await self.token(token, key, plan, provider, facts)
            return Self.show(value, as: token, in: &request)
        case .basic(let user, let password):
            let pair = (try user.value(on: facts).text ?? "") + ":" + (try password.value(on: facts).text ?? "")
            request.headers.append(("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()))
        case .mutualTLS(let saml):
            guard let certificate = facts.settings("client_certificate")?.exposed,
                let key = facts.settings("client_key")?.exposed
            else { throw TransportFailure.unconfigured }
            let identity = ClientIdentity(
                certificate: certificate, key: key, trustRoots: facts.settings("trust_roots")?.exposed)
            request.identity = identity
            if let saml {
                try saml.add(to: &request.body, signer: try await signers.signer(for: identity), facts)
            }
        }
        return nil
    }

    /// Fills in a parameter from another provider; where that fails, or takes half of the time, the question is put
    /// without it.
    @inline(never)
    private func fillIn(_ lookup: Lookup, _ facts: inout CallFacts) async {
        guard lookup.plan.condition?.holds(on: facts) ?? true, let provider = catalogue().providers[lookup.provider]
        else {
            return
        }
        var inner = facts
        inner.deadline = facts.deadline?.halfway
        do { try await send(lookup.plan, provider, &inner) } catch { return }
        guard inner.status == 200, let value = try? lookup.value.value(on: inner), value != .null else { return }
        facts.parameters[lookup.parameter] = value
    }

    // What few calls need stays out of the frames of those that every call goes through: the compiler would copy it into
    // them, and a frame of some kilobytes is allocated anew for each call.
    /// Keeps the answer's document where the plan says that there is one, unless its text tells that the provider
    /// refuses: a refusal may come as a PDF.
    @inline(never)
    func keep(
        _ plan: DocumentPlan, _ facts: inout CallFacts, unless verdict: (CallFacts) throws -> ProblemTemplate?
    ) async throws -> ProblemTemplate? {
        guard plan.condition.holds(on: facts) else { return nil }
        let bytes = try document(plan, facts)
        let pages = await documents.pages(of: bytes)
        facts.document = StoredDocument(url: "", expiresIn: plan.lifetime, pages: pages)
        if let problem = try verdict(facts) { return problem }
        do {
            let url = try await documents.keep(
                bytes, name: plan.name, lifetime: plan.lifetime, publicURL: facts.publicURL)
            facts.document = StoredDocument(url: url, expiresIn: plan.lifetime, pages: pages)
        } catch {
            throw ProviderFailure(problem: ProblemTemplate(code: "00502"))
        }
        return nil
    }
}

extension Connector {
    /// The bytes of the document in an answer: a PDF (ISO 32000-1 §7.5.2), by its first signs.
    private func document(_ plan: DocumentPlan, _ facts: CallFacts) throws -> [UInt8] {
        var bytes = facts.bytes
        let text = try plan.source?.value(on: facts).text
        if let text { bytes = Array(text.utf8) }
        guard !bytes.isEmpty else { throw ProviderFailure(problem: ProblemTemplate(code: plan.empty)) }
        if plan.encoding == .base64 {
            let encoded = (text ?? facts.text).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let decoded = Data(base64Encoded: encoded) else {
                throw ProviderFailure(problem: ProblemTemplate(code: plan.undecodable))
            }
            bytes = Array(decoded)
        }
        guard bytes.starts(with: Array("%PDF-".utf8)) else {
            throw ProviderFailure(problem: ProblemTemplate(code: plan.unexpected))
        }
        return bytes
    }
}

/// Where documents of providers are kept until they are fetched.
public protocol DocumentKeeping: Sendable {
    /// Text of the document's pages; empty where it cannot be read.
    func pages(of bytes: [UInt8]) async -> [String]
    /// The address under which the document can be fetched for `lifetime` seconds.
    func keep(_ bytes: [UInt8], name: String, lifetime: Int, publicURL: String) async throws -> String
}

extension CallFacts {
    @inline(never)
    fileprivate mutating func take(_ response: ProviderResponse, _ format: RequestPlan.Format) {
        self.status = response.status
        self.headers = response.headers
        self.content = format.read(response.body)
        self.bytes = response.body
    }
}
