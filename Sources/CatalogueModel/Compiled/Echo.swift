import Foundation
import Values

/// Something of the question that the provider's answer repeats: where it says otherwise, the answer is about somebody
/// else (OWASP API10:2023, what comes from other services is not to be believed).
struct Echo: Sendable {
    /// What was asked; nothing is compared where it is null.
    let asked: Expression
    /// Where the answer repeats it, alone or in each item of a list. What is not there is not compared: whether it may be
    /// missing is for refusals and fields to say.
    let answered: Expression
}

extension APIOperation {
    /// Whether the answer is about what was asked. Another hub's public answer was checked there.
    public func isEchoed(_ facts: CallFacts) throws(MappingFailure) -> Bool {
        guard !echoes.isEmpty, !facts.isForwarded else { return true }
        var frame = Frame(facts)
        for expression in lets { frame.lets.append(try expression.found(in: frame)) }
        for echo in echoes {
            guard let asked = Self.comparable(try echo.asked.value(in: frame)) else { continue }
            let answered = try echo.answered.value(in: frame)
            let values = (answered.items ?? [answered]).compactMap(Self.comparable)
            guard values.allSatisfy({ $0 == asked }) else { return false }
        }
        return true
    }

    /// Letters and digits alone: providers write names without accents, numbers with spaces. Nil for what is blank.
    private static func comparable(_ value: JSON) -> String? {
        guard let text = value.text, !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return text }
        let folded = text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
        return String(folded.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    }
}
