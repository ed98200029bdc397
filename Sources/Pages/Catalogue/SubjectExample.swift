import CatalogueModel

extension CallExample {
    /// The values of a fictional person or company, else those of the catalogue's examples.
    init(_ operation: APIOperation, subject: SandboxInformation.Subject?) {
        guard let subject else {
            self.init(operation)
            return
        }
        let own = operation.parameters.map { (name: $0.name, values: subject.parameters[$0.name] ?? []) }
        self.init(operation, values: own + Self.traces(operation))
    }
}

extension SandboxInformation {
    /// Those that an operation can be tried with, the one of its own example first.
    func subjects(for operation: APIOperation) -> [Subject] {
        let found = subjects.filter { isFit($0, for: operation) }
        let first = found.firstIndex { subject in
            !operation.example.isEmpty
                && operation.example.allSatisfy { name, value in
                    subject.parameters[name] == (value.items ?? [value]).compactMap(\.text)
                }
        }
        guard let first else { return found }
        return [found[first]] + found[..<first] + found[(first + 1)...]
    }

    private func isFit(_ subject: Subject, for operation: APIOperation) -> Bool {
        func knows(_ parameter: Parameter) -> Bool { subject.parameters[parameter.name]?.isEmpty == false }
        if let operations = subject.operations, !operations.contains(operation.id) { return false }
        guard operation.parameters.filter(\.isRequired).allSatisfy(knows) else { return false }
        if operation.identity == .franceConnect { return subject.franceConnectToken != nil }
        return subject.operations != nil || operation.parameters.contains(where: knows)
    }
}
