import Values

extension APICompiler {
    func question(_ element: Element) -> APIDescription.Question? {
        element.allow(["question", "answer"], diagnostics)
        guard let question = element["question"]?.text, let answer = element["answer"]?.text else {
            diagnostics.error("a line of the faq wants question and answer", at: element)
            return nil
        }
        return APIDescription.Question(question: question, answer: answer)
    }

    /// A text with the day it is of, under that key.
    func change(_ element: Element, dated key: String) -> APIDescription.Change? {
        element.allow([key, "text"], diagnostics)
        guard let text = element["text"]?.text, let date = element.date(key), date.isComplete else {
            diagnostics.error("text and \(key), as 2026-01-31, were expected", at: element)
            return nil
        }
        return APIDescription.Change(date: date, text: text)
    }
}

extension Element {
    /// The date under that key; nil where there is none.
    func date(_ key: String) -> CivilDate? { self[key]?.text.flatMap { CivilDate($0) } }
}
