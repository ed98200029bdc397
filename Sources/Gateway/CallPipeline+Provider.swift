import CatalogueModel
import DataProviders
import Ledger
import Logging
import Values

/// The question to the provider and what is read of its answer.
///
/// What does not wait stands in functions of its own that are not inlined: what a waiting function holds is allocated for
/// each call, and would be some kilobytes.
extension CallPipeline {
    func asked(_ values: [JSON?], _ progress: Progress) async throws(Refusal) -> [UInt8] {
        let facts = question(values, progress)
        try begin(progress)
        let began = ContinuousClock.now
        let outcome = await gateway.parts.connector.ask(operation, facts)
        progress.providerTime = began.duration(to: .now)
        let answered = try accepted(outcome)
        if operation.repetition != nil { try await guardRepetition(answered, progress) }
        return try projected(answered, progress)
    }

    @inline(never)
    private func question(_ values: [JSON?], _ progress: Progress) -> CallFacts {
        var facts = CallFacts(
            parameters: values, recipient: progress.traceability.recipient,
            requestID: call.hasUUID ? call.requestID : RequestID.make(),
            tokenID: progress.caller.tokenID, organisation: progress.caller.organisation ?? "",
            version: operation.version, clock: .fixed(now), publicURL: gateway.parts.publicURL(),
            settings: { _ in nil })
        if operation.sealsAddresses { facts.proxied = gateway.reachable(of: operation.provider) }
        facts.citizenToken = progress.caller.identity == nil ? nil : call.bearer
        facts.trace = progress.traceability.pairs
        return facts
    }

    @inline(never)
    private func accepted(_ outcome: Connector.Outcome) throws(Refusal) -> CallFacts {
        switch outcome {
        case .answered(let facts): return facts
        case .refused(let template, let facts):
            let problem = problems.problem(template, operation, facts)
            // Codes of the hub itself (00…) are not the provider's fault.
            if !template.isWithheld { observe(failed: problem.status >= 500 && !problem.code.hasPrefix("00")) }
            throw Refusal(problems: [problem], isCached: template.isCached)
        }
    }

    @inline(never)
    private func projected(_ facts: CallFacts, _ progress: Progress) throws(Refusal) -> [UInt8] {
        do throws(MappingFailure) {
            let body = try operation.answer
                .project(facts, scopes: progress.scopes, maskText: operation.provider.maskText)
            observe(failed: false)
            return body
        } catch {
            observe(failed: true)
            Self.logger.warning(
                "la réponse d'un fournisseur n'a pas la forme décrite",
                metadata: ["operation": "\(operation.id)", "reason": "\(error.reason)"])
            throw Refusal(problems: [problems.problem(ProblemTemplate(code: "NN999"), operation, nil)])
        }
    }

    /// Counts what a question to the provider came to.
    private func observe(failed: Bool) {
        snapshot.metrics[operation.index].recent.record(failed: failed, at: gateway.parts.clock.now())
    }
}
