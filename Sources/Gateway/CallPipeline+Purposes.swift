import CatalogueModel
import Foundation
import Logging
import Metrics
import Values

/// What a call is made for: its purpose, its case, its share of the quota.
extension CallPipeline {
    private static let quotas = Logger(label: "unefois.purposes")
    private static let warnings = Counter(label: "unefois_purpose_quota", dimensions: [("event", "warning")])
    private static let refusals = Counter(label: "unefois_purpose_quota", dimensions: [("event", "refusal")])

    func checkPurpose(_ progress: Progress) throws(Refusal) {
        if let code = Verdict.purpose(progress.caller) { throw Refusal(problems: [problems.problem(code)]) }
    }

    /// Checks the case and counts the call: one for a bouquet, whatever it gathers. What was refused before this step
    /// costs the purpose nothing.
    func admit(_ progress: Progress) throws(Refusal) {
        guard let grant = progress.caller.grantID, let right = progress.caller.purpose else { return }
        let purpose = right.purpose
        if purpose.requiresCase {
            let reference = call.caseReference?.exposed ?? progress.traceability.object
            if let code = Verdict.caseReference(reference, of: grant, purpose, gateway.parts.cases) {
                throw Refusal(problems: [problems.problem(code)])
            }
        }
        let now = Int(now.timeIntervalSince1970)
        let reading = right.meter.count(purpose.quota, now: now)
        progress.facts.purpose = reading
        guard let reading else { return }
        if reading.isFirstWarning {
            Self.warnings.increment()
            Self.quotas.notice(
                "une finalité approche de son quota",
                metadata: [
                    "habilitation": "\(grant)", "finalité": "\(purpose.id)", "appels": "\(reading.used)",
                    "quota": "\(reading.limit)",
                ])
        }
        guard let code = Verdict.quota(reading) else { return }
        Self.refusals.increment()
        throw Refusal(problems: [exceeded(code, purpose, reading, now: now)])
    }

    private func exceeded(_ code: String, _ purpose: Purpose, _ reading: PurposeMeter.Reading, now: Int) -> Problem {
        let plain = problems.problem(code)
        let moment = Date(timeIntervalSince1970: Double(reading.reset))
        let detail =
            "La finalité « \(purpose.title) » (\(purpose.id)) a atteint son quota : "
            + "\(QuotaText.calls(reading.limit, purpose.quota?.period)). Le compte repart à zéro le "
            + "\(Paris.date(at: moment).french) à 0 h, heure de Paris."
        return Problem(
            code: plain.code, status: plain.status, title: plain.title, detail: detail, parameter: plain.parameter,
            header: plain.header,
            meta: [
                .init("purpose", .string(purpose.id)), .init("limit", .integer(reading.limit)),
                .init("reset", .integer(reading.reset)), .init("retry_in", .integer(max(1, reading.reset - now))),
            ], retryAfter: max(1, reading.reset - now))
    }
}

/// A quota in words.
public enum QuotaText {
    public static func calls(_ calls: Int, _ period: Purpose.Period?) -> String {
        let unit =
            switch period {
            case .day: " par jour"
            case .month: " par mois"
            case .year: " par an"
            case nil: ""
            }
        return (calls == 1 ? "1 appel" : "\(calls) appels") + unit
    }
}
