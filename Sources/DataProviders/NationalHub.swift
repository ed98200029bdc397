import CatalogueModel
import Foundation
import Values

/// A hub in front of which this one stands: the same contract upstream, its token in place of ours.
///
/// A collectivité that has a habilitation at the national hubs puts UneFois before them and gives each of its services
/// rights of its own. What they answer is cut down to those rights here, as a provider's answer would be.
struct NationalHub: Sendable {
    let provider: ProviderDescription
    /// Without a closing slash.
    let base: String
    let token: Redacted<String>?

    /// The hub that an operation's questions go to: none where the operation's own provider has an address, or where
    /// the contract is ours alone.
    init?(
        for operation: APIOperation, _ configuration: any ProviderConfiguration,
        _ providers: [String: ProviderDescription]
    ) {
        let asked = operation.source ?? operation
        guard asked.id.hasPrefix("api_"), configuration.url(provider: operation.provider.id, address: nil) == nil,
            let provider = providers.values.first(where: { $0.hubOf == operation.api.bouquet }),
            let base = configuration.url(provider: provider.id, address: nil)
        else { return nil }
        self.provider = provider
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        token = configuration.setting(provider: provider.id, "token")
    }

    /// The call as its caller could have made it upstream. A citizen's FranceConnect token goes on as it came.
    func request(_ operation: APIOperation, _ facts: CallFacts) throws -> ProviderRequest {
        let asked = operation.source ?? operation
        guard let token = facts.citizenToken ?? token else { throw TransportFailure.unconfigured }
        var path = asked.route
        var query: [(name: String, value: String)] = facts.trace
        for parameter in asked.parameters {
            guard facts.parameters.indices.contains(parameter.slot), let value = facts.parameters[parameter.slot],
                !value.isBlank
            else { continue }
            let texts = value.items?.compactMap(\.text) ?? value.text.map { [$0] } ?? []
            if parameter.isInPath {
                let segment = RequestPlan.percentEncoded(texts.first ?? "")
                path = path.replacing("{\(parameter.plainName)}", with: segment)
            } else {
                query += texts.map { (parameter.name, $0) }
            }
        }
        let header = facts.citizenToken == nil && asked.style == .particulierV2 ? "X-Api-Key" : "Authorization"
        return ProviderRequest(
            method: .get, url: base + path + "?" + RequestPlan.encoded(query),
            headers: [
                (header, header == "Authorization" ? "Bearer " + token.exposed : token.exposed),
                ("X-Request-Id", facts.requestID), ("Accept", "application/json"),
            ])
    }

    /// What an answer of the hub means here: nil where it is accepted.
    /// - Parameter knows: whether a code is one of ours too; another is told by its status.
    func problem(_ facts: CallFacts, knows: (String) -> Bool) -> ProblemTemplate? {
        if facts.status == 200, !facts.content.isNull { return nil }
        let error = facts.body["errors"]?.items?.first
        let code = error?["code"]?.text ?? ""
        switch facts.status {
        case 401, 403: return ProblemTemplate(code: "NN006")
        case 429: return ProblemTemplate(code: "NN008")
        case 409 where code == "00015": return ProblemTemplate(code: "NN011")
        default: break
        }
        guard knows(code) else {
            let codes = [404: "NN003", 451: "NN005", 502: "NN000", 503: "NN020", 504: "NN002"]
            return ProblemTemplate(code: codes[facts.status] ?? "NN999")
        }
        var problem = ProblemTemplate(code: code)
        problem.status = facts.status
        problem.retryIn = error?["meta"]?["retry_in"]?.int
        return problem
    }
}

extension Connector {
    /// Puts the question to the hub in front of which this one stands.
    @inline(never)
    func ask(_ hub: NationalHub, _ operation: APIOperation, _ asked: CallFacts) async -> Outcome {
        let endpoint = Endpoint(provider: hub.provider.id, address: "", timeout: .seconds(25))
        return await inquire(of: endpoint, for: operation.id, asked) { facts in
            facts.isForwarded = true
            let network = quotas.counting(
                transport, to: hub.provider, at: nil, data: nil, operation: (operation.source ?? operation).id)
            let response = try await traffic.of(hub.provider.id).send(
                hub.request(operation, facts), over: network, by: facts.deadline, atMost: endpoint.timeout)
            facts.status = response.status
            facts.headers = response.headers
            facts.content = RequestPlan.Format.json.read(response.body)
        } judge: { facts in
            hub.problem(facts) { code in catalogue().errors.entry(code) != nil }
        }
    }
}
