import CatalogueModel
import Foundation
import Values

/// Counts different questions about one person, so that thresholds put one after the other do not tell an amount.
public protocol QuestionCounting: Sendable {
    /// Whether a question may be answered: one of at most so many different ones since that moment. It is kept when so.
    /// - Parameters:
    ///   - subject: who asks about whom, as bytes that the counter never keeps as they are.
    ///   - question: the question, likewise.
    /// - Throws: where that cannot be known; the call is then refused.
    func admits(
        _ question: [UInt8], about subject: [UInt8], distinct: Int, since: Date, now: Date
    ) async throws -> Bool
}

extension CallPipeline {
    /// Refuses one question too many about a person, for one grant.
    func guardRepetition(_ facts: CallFacts, _ progress: Progress) async throws(Refusal) {
        guard let rule = operation.repetition else { return }
        do throws(any Error) {
            guard let (person, question) = try operation.guarded(facts) else { return }
            let asker = progress.caller.grantID ?? progress.caller.organisation ?? "nobody"
            let subject: JSON = [.string(rule.name), .string(asker), person]
            let isAdmitted = try await gateway.parts.questions.admits(
                JSON.array([question]).bytes, about: subject.bytes, distinct: rule.distinct,
                since: now.addingTimeInterval(-Double(rule.within)), now: now)
            if isAdmitted { return }
        } catch {
            throw Refusal(problems: [problems.problem(ProblemTemplate(code: "NN999"), operation, nil)])
        }
        throw Refusal(problems: [problems.problem(rule.code)])
    }
}
