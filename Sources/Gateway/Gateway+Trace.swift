import Foundation
import Ledger
import Logging
import Values

extension Gateway {
    /// Waits for the entry's flush.
    /// - Returns: the record's name, for ``HeaderName/ledgerEntry``.
    func write(_ entry: LedgerEntry) async throws(LedgerError) -> String {
        parts.ledger.entry(try await flushed.append(entry, to: parts.ledger))
    }

    func warnOfLedger(_ error: any Error) {
        Logger(label: "unefois.gateway").error(
            "un appel n'a pas pu être inscrit au registre", metadata: ["reason": "\(error)"])
    }

    /// A UUID says nothing of anybody; any other identifier of the caller's might, and is kept as a pseudonym.
    func recordedRequestID(_ call: Call, _ now: Date) -> String {
        if call.hasUUID { return call.requestID }
        return (try? parts.pseudonyms.pseudonym(of: RecordedRequest.identity(call.requestID), at: now)) ?? "inconnu"
    }
}

extension Gateway {
    /// The ledger's name, before the dash of every entry.
    public var ledgerID: String { parts.ledger.id }
}

extension CallPipeline {
    /// Puts the intent in the ledger's queue: the provider is asked only of what leaves a trace.
    @inline(never)
    func begin(_ progress: Progress) throws(Refusal) {
        do throws(LedgerError) {
            progress.intent = try gateway.parts.ledger.begin(facts(progress), at: gateway.parts.clock.now())
        } catch {
            gateway.warnOfLedger(error)
            throw Refusal(problems: [problems.problem("00510")])
        }
    }

    /// The trace of the call at its end, counted in the metrics too.
    @inline(never)
    func outcome(_ answer: Answer, _ progress: Progress, total: Int) throws(LedgerError) -> LedgerEntry {
        let provider = (progress.providerTime?.nanoseconds ?? 0) / 1000
        let ending = CallRecord.Ending(
            time: gateway.parts.clock.now(), outcome: .init(status: answer.status, code: progress.code),
            cached: progress.facts.cachedFor != nil, durations: .init(total: total, provider: provider))
        snapshot.metrics[operation.index].record(
            status: answer.status, total: total, provider: provider, cached: progress.facts.cachedFor != nil)
        return try LedgerEntry(ending, after: progress.intent, of: facts(progress))
    }

    /// Who asks what, as far as it is known.
    private func facts(_ progress: Progress) -> CallRecord.Facts {
        let caller = progress.caller
        return CallRecord.Facts(
            requestID: gateway.recordedRequestID(call, now), grant: caller.grantID,
            token: caller.tokenID, organisation: caller.organisation, recipient: recipient(progress),
            purpose: caller.purpose?.purpose.id, operation: operation.id, provider: operation.provider.id,
            scopes: progress.scopeNames, subject: progress.subject,
            caseReference: progress.references.caseReference, context: progress.references.context,
            agent: progress.references.agent, vendor: caller.vendor, delegation: caller.delegationID)
    }
}
