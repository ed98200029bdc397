import Foundation
import Values

/// Operations made of others: answers derived from another's, and bouquets of several.
struct DerivedCompiler {
    let context: CompilerContext
    /// Operations compiled before, by identifier.
    let known: [String: APIOperation]
    let scopes: ScopeTable

    /// Takes over how the source is asked and refused.
    func derive(_ draft: inout OperationDraft, from element: Element) -> APIOperation? {
        guard let source = element.text.flatMap({ known[$0] }), source.gathered.isEmpty, source.answer.source == nil
        else {
            context.diagnostics.error("'from' names no operation that an answer can derive from", at: element)
            return nil
        }
        draft.plans = source.plans
        draft.lookups = source.lookups
        draft.refusals = source.refusals
        draft.echoes = source.echoes
        draft.lets = source.lets
        draft.errorPrefix = source.errorPrefix
        draft.errorProvider = source.errorProvider
        draft.identity = source.identity
        return source
    }

    /// The source's whole answer, whatever the caller's own rights on it: only what derives from it leaves the hub.
    func source(of operation: APIOperation) -> AnswerPlan.Source {
        AnswerPlan.Source(
            plan: operation.answer, scopes: scopes.set(operation.acceptedScopeNames),
            maskText: operation.provider.maskText)
    }

    func repetition(_ element: Element) -> RepetitionGuard? {
        element.allow(["name", "person", "question", "distinct", "within", "else"], context.diagnostics)
        guard let name = element["name"]?.text, let person = element["person"], let question = element["question"],
            let distinct = element["distinct"]?.int, distinct > 0, let within = element["within"],
            let code = element["else"]?.text
        else {
            context.diagnostics.error("a guard wants name, person, question, distinct, within and else", at: element)
            return nil
        }
        return RepetitionGuard(
            name: name, person: context.expression(person), question: context.expression(question), distinct: distinct,
            within: context.seconds(within), code: code)
    }

    func gathered(_ element: Element) -> [GatheredOperation] {
        element.members.compactMap { member in
            member.value.allow(["operation", "within"], context.diagnostics)
            guard let key = member.key.text, let name = member.value["operation"],
                let operation = name.text.flatMap({ known[$0] }), operation.gathered.isEmpty
            else {
                context.diagnostics.error("'operation' names none that can be gathered", at: member.value)
                return nil
            }
            let seconds = member.value["within"].map(context.seconds) ?? 10
            return GatheredOperation(key: key, operation: operation, deadline: .seconds(seconds))
        }
    }
}

extension AnswerPlan {
    /// The answer of a bouquet: for each source a state, and the value in the source's own form.
    static func gathering(_ gathered: [GatheredOperation]) -> AnswerPlan {
        let states = GatheredOperation.State.allCases.map { JSON.string($0.rawValue) }
        let fields = gathered.map { item in
            Field(
                key: item.key, meaning: item.operation.api.title,
                fields: [
                    Field(
                        key: "etat", meaning: "Ce qu'est devenue la question : valeur, absent, refuse ou en_retard",
                        leaf: .text, among: states),
                    Field(
                        key: "code", meaning: "Code de l'erreur, quand il n'y a pas de valeur", leaf: .text, among: []),
                    Field(key: "explication", meaning: "La même chose en clair", leaf: .text, among: []),
                    Field(
                        key: "valeur", meaning: "Les données, comme l'API d'origine les donne",
                        value: item.operation.answer.dataField,
                        isNullable: true),
                ])
        }
        return AnswerPlan(
            root: .node, lets: [], mask: nil, data: Structure(fields: fields), links: .empty, meta: .empty,
            hasEnvelope: true, collection: nil)
    }

    private var dataField: Field.Value {
        guard collection != nil else { return .object(from: nil, data) }
        return .list(from: .node, data, whenAbsent: .array([]))
    }
}

extension Field {
    fileprivate convenience init(key: String, meaning: String, fields: [Field]) {
        self.init(key: key, meaning: meaning, value: .object(from: nil, Structure(fields: fields)), isNullable: false)
    }

    fileprivate convenience init(key: String, meaning: String, leaf: Leaf, among: [JSON]) {
        self.init(key: key, meaning: meaning, value: .leaf(leaf, .node), isNullable: true, among: among)
    }

    fileprivate convenience init(key: String, meaning: String, value: Value, isNullable: Bool, among: [JSON] = []) {
        self.init(
            key: key, meaning: meaning, value: value, scope: nil, scopeName: nil, among: among,
            when: isNullable ? .always : nil, otherwise: .null, omitted: nil, mask: nil)
    }
}
