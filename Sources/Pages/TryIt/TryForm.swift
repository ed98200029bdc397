import CatalogueModel
import Foundation
import Values

/// The form of an operation with what was chosen or typed in it.
struct TryForm {
    let operation: APIOperation
    let subjects: [SandboxInformation.Subject]
    let call: CallExample
    /// True where the values were typed rather than a person chosen.
    let isByHand: Bool
    private let chosen: Int
    private let token: String

    /// The form as first shown.
    init(_ operation: APIOperation, sandbox: SandboxInformation) {
        self.operation = operation
        subjects = sandbox.subjects(for: operation)
        call = CallExample(operation, subject: subjects.first)
        isByHand = subjects.isEmpty
        chosen = 0
        token = sandbox.token
    }

    /// The form as sent.
    init(_ operation: APIOperation, sandbox: SandboxInformation, fields: FormFields) {
        self.operation = operation
        token = sandbox.token
        let subjects = sandbox.subjects(for: operation)
        self.subjects = subjects
        let index = fields["sujet"].flatMap { Int($0) }.flatMap { subjects.indices.contains($0) ? $0 : nil }
        chosen = index ?? 0
        isByHand = index == nil
        call = index.map { CallExample(operation, subject: subjects[$0]) } ?? Self.typed(operation, fields)
    }

    /// The token that goes with the call: that of the person's FranceConnect session where the operation takes one.
    var headers: [(String, String)] {
        if operation.identity == .nobody { return [] }
        let franceConnect = operation.takesToken ? nil : subjects.indices.contains(chosen) ? subjects[chosen] : nil
        return [("Authorization", "Bearer \(franceConnect?.franceConnectToken ?? token)")]
    }

    var subjectRows: [Row] {
        subjects.enumerated().map { index, subject in
            ["subjectIndex": String(index), "subjectText": subject.label, "subjectIsChosen": index == chosen]
        }
    }

    /// The fields to fill in by hand.
    func inputs(_ messages: Messages) -> [Row] {
        let values = Dictionary(call.values.map { ($0.name, $0.values) }, uniquingKeysWith: { first, _ in first })
        let own = operation.parameters.map { parameter in
            Self.input(
                parameter.name, parameter.meaning, values[parameter.name] ?? [], isRequired: parameter.isRequired,
                hint: parameter.isList ? messages.text("try.listHint") : nil, among: parameter.among.compactMap(\.text))
        }
        let traces = operation.traceParameters.map { trace in
            Self.input(trace.name, trace.meaning, values[trace.name] ?? [], isRequired: trace.isRequired)
        }
        return own + traces
    }

    private static func input(
        _ name: String, _ meaning: String, _ values: [String], isRequired: Bool, hint: String? = nil,
        among: [String] = []
    ) -> Row {
        let value = values.joined(separator: ", ")
        let options = among.map { ["optionValue": $0, "optionIsSelected": $0 == value] as Row }
        return [
            "inputName": name, "inputID": "p-" + name.filter { $0.isLetter || $0.isNumber }, "inputMeaning": meaning,
            "inputValue": value, "inputIsRequired": isRequired, "inputHint": hint, "inputIsChoice": !among.isEmpty,
            "inputOptions": options,
        ]
    }

    private static func typed(_ operation: APIOperation, _ fields: FormFields) -> CallExample {
        let own = operation.parameters.map { parameter -> (name: String, values: [String]) in
            guard let value = fields[parameter.name] else { return (parameter.name, []) }
            guard parameter.isList else { return (parameter.name, [value]) }
            let items = value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            return (parameter.name, items.filter { !$0.isEmpty })
        }
        let traces = operation.traceParameters.map { (name: $0.name, values: fields[$0.name].map { [$0] } ?? []) }
        return CallExample(operation, values: own + traces)
    }
}
