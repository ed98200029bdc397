import CatalogueModel
import Foundation
import Ledger
import Values

/// A call of the ledger, put before the rights of a moment again: the decisions are those of the pipeline, on what is
/// kept of the call. Its address, its parameters and its case are not kept, so what they decide is not replayed.
struct ReplayedCall {
    let record: CallRecord
    let operation: APIOperation?
    let snapshot: HubSnapshot
    let moment: Date
    /// True for the present moment: counts of the past are not kept.
    let isNow: Bool

    /// What was decided at one step.
    struct Decision: Equatable {
        let step: String
        /// Nil: the call passes.
        let code: String?
    }

    /// The decisions that can be taken again, in the order of the steps; none where no token of ours was shown.
    var decisions: [Decision] {
        guard let token = record.ownToken else { return [] }
        switch Credentials.holder(of: token, snapshot, now: moment) {
        case .failure(let refused): return [Decision(step: "credential", code: refused.code)]
        case .success(let holder):
            let caller = caller(holder)
            var decisions = [Decision(step: "credential", code: nil)]
            if caller.vendor != nil { decisions.append(Decision(step: "delegation", code: caller.refusal)) }
            guard caller.refusal == nil else { return decisions }
            decisions.append(Decision(step: "purpose", code: Verdict.purpose(caller)))
            guard let operation else { return decisions }
            decisions.append(Decision(step: "scope", code: Verdict.scope(operation, caller.scopes)))
            if isNow, let right = caller.purpose {
                let reading = right.meter.read(right.purpose.quota, now: Int(moment.timeIntervalSince1970))
                decisions.append(Decision(step: "quota", code: Verdict.quota(reading)))
            }
            let closed = Verdict.maintenance(operation, at: moment) == nil ? nil : operation.errorPrefix + "020"
            return decisions + [Decision(step: "maintenance", code: closed)]
        }
    }

    /// Under whose right the call was made; nil where the grant is not known any more.
    var right: GrantRight? {
        guard let token = record.ownToken else { return nil }
        if let right = snapshot.rights.tokens[token] { return right.right }
        return snapshot.rights.vendors[token]?.holder.all.first { $0.delegation.id == record.delegation }?.right
    }

    private func caller(_ holder: Credentials.Holder) -> Caller {
        switch holder {
        case .organisation(let right): return Caller(right, purpose: record.purpose)
        case .vendor(let vendor):
            let named = NamedDelegation(
                ids: Set([record.delegation].compactMap(\.self)), recipient: record.recipient)
            return Caller(vendor, named, purpose: record.purpose, now: moment)
        }
    }
}
