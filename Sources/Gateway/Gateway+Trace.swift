import Foundation
import Ledger
import Logging
import Values

extension Gateway {
    /// Waits for the record's flush.
    /// - Parameter intent: that of the call; nil where no provider was asked.
    /// - Returns: the record's name, for ``HTTPField/Name/ledgerEntry``.
    func write(_ record: CallRecord, after intent: LedgerIntent? = nil) async throws(LedgerError) -> String {
        parts.ledger.entry(try await flushed.append(record, after: intent, to: parts.ledger))
    }

    func warnOfLedger(_ error: any Error) {
        Logger(label: "unefois.gateway").error(
            "un appel n'a pas pu être inscrit au registre", metadata: ["reason": "\(error)"])
    }

    /// A UUID says nothing of anybody; any other identifier of the caller's might, and is kept as a pseudonym.
    func recordedRequestID(_ call: Call, _ now: Date) -> String {
        if RequestID.isUUID(call.requestID) { return call.requestID }
        return (try? parts.pseudonyms.pseudonym(of: RecordedRequest.identity(call.requestID), at: now)) ?? "inconnu"
    }
}

extension Gateway {
    /// The ledger's name, before the dash of every entry.
    public var ledgerID: String { parts.ledger.id }
}

extension CallPipeline {
    /// Puts the intent in the ledger's queue: the provider is asked only of what leaves a trace.
    func begin(_ progress: inout Progress) throws(Refusal) {
        do throws(LedgerError) {
            progress.intent = try gateway.parts.ledger.begin(record(progress, stage: .intent))
        } catch {
            gateway.warnOfLedger(error)
            throw Refusal(problems: [problems.problem("00510")])
        }
    }

    /// The trace of the call as far as it is known.
    func record(_ progress: Progress, stage: CallRecord.Stage) -> CallRecord {
        let (now, caller) = (gateway.parts.clock.now(), progress.caller)
        return CallRecord(
            stage: stage, time: now, requestID: gateway.recordedRequestID(call, now), grant: caller.grantID,
            token: caller.tokenID, organisation: caller.organisation, recipient: recipient(progress),
            purpose: caller.purpose?.purpose.id, operation: operation.id, provider: operation.provider.id,
            scopes: progress.scopeNames, subject: progress.subject,
            caseReference: progress.references.caseReference, context: progress.references.context,
            agent: progress.references.agent, vendor: caller.vendor, delegation: caller.delegationID)
    }
}

extension Duration {
    var microseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
