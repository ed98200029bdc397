import Foundation
import Values

/// A published scale of brackets: of a tariff, of an aid.
public struct Grid: Sendable {
    public let id: String
    public let title: String
    /// The act that published it.
    public let act: String
    public let brackets: [Bracket]

    public struct Bracket: Sendable {
        public let code: String
        public let label: String
        /// The least amount of the bracket, which lasts up to the next one's.
        public let from: Decimal
    }

    /// The bracket of an amount; nil below the first.
    public func bracket(of amount: Decimal) -> Bracket? { brackets.last { $0.from <= amount } }
}

/// A limit on different questions about one person: two thresholds around an amount tell it.
public struct RepetitionGuard: Sendable {
    /// Operations with the same name count together.
    public let name: String
    /// Who is asked about, from the source's answer: spelling a name otherwise makes nobody else of them.
    let person: Expression
    let question: Expression
    /// Different questions allowed within the time, in seconds, to one grant.
    public let distinct: Int
    public let within: Int
    public let code: String
}

extension APIOperation {
    /// What the guard counts in a call whose answer has come.
    /// - Throws: ``MappingFailure`` where nobody can be made out: the call is then refused.
    public func guarded(_ facts: CallFacts) throws(MappingFailure) -> (person: JSON, question: JSON)? {
        guard let repetition else { return nil }
        let facts = try answer.sourceFacts(facts)
        let person = try repetition.person.value(on: facts)
        guard !person.isBlank else { throw MappingFailure(reason: "nobody is in the answer") }
        return (person, try repetition.question.value(on: facts))
    }
}
