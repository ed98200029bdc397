import CatalogueModel
import Foundation
import Ledger
import Values

/// Explains calls of the ledger to whoever made them, from the records, the rights and the catalogue alone.
public struct CallExplainer: Sendable {
    private let catalogue: CompiledCatalogue
    private let grants: GrantSnapshot
    private let meters: PurposeMeters
    private let now: Date

    public init(catalogue: CompiledCatalogue, grants: GrantSnapshot, meters: PurposeMeters, now: Date) {
        self.catalogue = catalogue
        self.grants = grants
        self.meters = meters
        self.now = now
    }

    /// Why the call of that record ended as it did, and what the same one would meet now.
    public func explanation(of record: CallRecord) -> Explanation {
        let rights = record.ownToken.map(grants.part) ?? GrantSnapshot()
        let then = replay(record, rights.asOf(record.time), record.time)
        let today = replay(record, rights, now)
        let entry = record.outcome.code.flatMap(catalogue.errors.entry)
        var explanation = Explanation()
        explanation.facts = facts(record, today)
        explanation.isRefusal = entry != nil
        explanation.today = self.today(record, then, today)
        guard let entry, let code = record.outcome.code else {
            explanation.summary = "Accepté : réponse \(record.outcome.status)."
            return explanation
        }
        explanation.summary = "Refusé : \(code), \(entry.title) (HTTP \(record.outcome.status))."
        explanation.steps = steps(endingAt: code)
        explanation.causes = [entry.detail] + CauseText(record, code, today, now).sentences
        explanation.remedy = entry.remedy
        return explanation
    }

    /// What a code means, without a call.
    public func explanation(ofCode code: String) -> Explanation? {
        guard let entry = catalogue.errors.entry(code) else { return nil }
        var explanation = Explanation()
        explanation.isRefusal = true
        explanation.summary = "\(code), \(entry.title) (HTTP \(entry.status))."
        explanation.steps = steps(endingAt: code)
        explanation.causes = [entry.detail]
        explanation.remedy = entry.remedy
        return explanation
    }

    private func replay(_ record: CallRecord, _ grants: GrantSnapshot, _ moment: Date) -> ReplayedCall {
        ReplayedCall(
            record: record, operation: catalogue.operations.first { $0.id == record.operation },
            snapshot: HubSnapshot(
                catalogue: catalogue, rights: RightsTable(grants, catalogue.scopes, meters)),
            moment: moment, isNow: moment == now)
    }

    private func facts(_ record: CallRecord, _ today: ReplayedCall) -> [Explanation.Fact] {
        let operation = today.operation
        let purpose = record.purpose.map { slug in
            today.right?.purpose(named: slug).map { "\($0.purpose.title) (\(slug))" } ?? slug
        }
        let optional: [(String, String?)] = [
            ("API", operation.map { "\($0.api.title) (\($0.id))" } ?? record.operation),
            ("Fournisseur", operation?.provider.title), ("Reçu le", Paris.timestamp(at: record.time)),
            ("Organisme", record.organisation), ("Éditeur", record.vendor), ("Finalité", purpose),
            ("Périmètres appliqués", record.scopes.isEmpty ? nil : record.scopes.joined(separator: ", ")),
            ("Réponse tirée du cache", record.cached ? "oui" : nil),
        ]
        return optional.compactMap { name, text in text.map { Explanation.Fact(name, $0) } }
    }

    private func steps(endingAt code: String) -> [Explanation.Step] {
        let steps = catalogue.errors.steps
        guard let failed = catalogue.errors.step(code), let place = steps.firstIndex(of: failed) else { return [] }
        // What is no step of a call for data stands alone.
        guard place <= steps.firstIndex(where: { $0.id == "ledger" }) ?? 0 else {
            return [Explanation.Step(title: failed.title, text: failed.text, state: .failed)]
        }
        return steps.prefix { $0.id != "file" }.enumerated().map { index, step in
            let state: Explanation.Step.State = index < place ? .passed : index == place ? .failed : .notReached
            return Explanation.Step(title: step.title, text: step.text, state: state)
        }
    }

    /// Where the decisions of now differ from those of then, or from what the record tells.
    private func today(_ record: CallRecord, _ then: ReplayedCall, _ today: ReplayedCall) -> [String] {
        guard today.operation != nil || record.operation == "proxy" else {
            return ["Cette API n'est plus dans le catalogue."]
        }
        let (before, now) = (then.decisions, today.decisions)
        guard !now.isEmpty else { return ["Aucun jeton de ce service n'a été montré : rien ne peut être rejoué."] }
        let failed = record.outcome.code.flatMap(catalogue.errors.step)?.id
        var sentences: [String] = []
        for decision in now {
            let title = catalogue.errors.steps.first { $0.id == decision.step }?.title ?? decision.step
            if let code = decision.code {
                let entry = catalogue.errors.entry(code)
                let isNew = decision.step != failed && before.contains(Decision(step: decision.step, code: nil))
                sentences.append(
                    "\(title) : refus \(code)\(entry.map { ", \($0.title)" } ?? "")"
                        + (isNew ? ", ce qui n'était pas le cas alors." : "."))
            } else if decision.step == failed {
                sentences.append("\(title) : ce qui avait été refusé passerait maintenant.")
            }
        }
        if now.allSatisfy({ $0.code == nil }) {
            let titles = now.compactMap { decision in catalogue.errors.steps.first { $0.id == decision.step }?.title }
            sentences.append("Refait maintenant, l'appel passerait : \(titles.joined(separator: " ; ")).")
        }
        return sentences + ["L'adresse IP, les paramètres et le dossier ne sont pas gardés : ils ne sont pas rejoués."]
    }

    private typealias Decision = ReplayedCall.Decision
}

/// The names under which a request may stand in the ledger.
public enum RecordedRequest {
    /// - Parameter id: `X-Request-Id`, as the answer gave it.
    public static func names(of id: String, _ pseudonyms: PseudonymKeys) throws -> Set<String> {
        guard !RequestID.isUUID(id) else { return [id] }
        return Set(try pseudonyms.pseudonyms(of: identity(id)).values)
    }

    static func identity(_ id: String) -> [UInt8] { Array(("request|" + id).utf8) }
}
