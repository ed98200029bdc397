import CatalogueModel
import Values

/// What came of looking whether a provider answers.
public enum PingResult: Sendable, Equatable {
    case good, bad
    /// Nothing was sent, because the provider takes no more requests for now.
    case withheld
    /// The installation has no address of the provider.
    case unconfigured
}

extension Connector {
    /// Calls an operation as a caller would, and reads the whole answer. A refusal that its descriptor knows, such as
    /// « not found », is an answer too. No document is kept, and nobody gets to see anything of the answer.
    /// - Parameter errors: the nomenclature, which tells a provider's fault from a refusal.
    public func ping(_ operation: APIOperation, _ facts: CallFacts, _ errors: ErrorNomenclature) async -> PingResult {
        guard let plan = try? operation.plan(for: facts),
            configuration.address(plan.address, of: operation.provider) != nil
        else { return .unconfigured }
        switch await ask(operation, facts, keepsDocument: false) {
        case .refused(let problem, _):
            if problem.isWithheld { return .withheld }
            let status = problem.status ?? errors.entry(operation.code(of: problem))?.status ?? 502
            return status < 500 ? .good : .bad
        case .answered(let facts):
            if operation.document != nil { return .good }
            let answer = try? operation.answer.project(
                facts, scopes: operation.acceptedScopes, maskText: operation.provider.maskText)
            return answer == nil ? .bad : .good
        }
    }

    /// Reads an address without credentials.
    public func ping(_ plain: PingSource.PlainRequest, of provider: ProviderDescription) async -> PingResult {
        guard let base = configuration.address(plain.address, of: provider) else { return .unconfigured }
        let endpoint = Endpoint(provider: provider.id, address: plain.address, timeout: plain.timeout)
        guard breakers.ask(endpoint) == .allow else { return .bad }
        let network = quotas.counting(transport, to: provider, at: nil, data: nil)
        do throws(TransportFailure) {
            let request = ProviderRequest(method: .get, url: base + plain.path)
            let isGood = plain.statuses.contains(try await network.send(request, timeout: plain.timeout).status)
            breakers.record(endpoint, success: isGood)
            return isGood ? .good : .bad
        } catch {
            if error.isWithheld {
                breakers.release(endpoint)
                return .withheld
            }
            breakers.record(endpoint, success: false)
            return .bad
        }
    }
}
