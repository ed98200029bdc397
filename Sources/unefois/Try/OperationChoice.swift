import CatalogueModel

/// Finds an operation by what a person says of it.
struct OperationChoice {
    private let catalogue: CompiledCatalogue

    init(_ catalogue: CompiledCatalogue) { self.catalogue = catalogue }

    /// The operation of that identifier, or the only one of the API of that identifier.
    func exactly(_ name: String) -> APIOperation? {
        if let operation = catalogue.operation(name) { return operation }
        let operations = catalogue.operations.filter { $0.api.id == name }
        return operations.count == 1 ? operations[0] : nil
    }

    /// The API of that identifier, or those that hold all those words, the likeliest first.
    func apis(_ text: String) -> [APIDescription] {
        if let api = catalogue.apis.first(where: { $0.id == text }) { return [api] }
        let words = SearchWords.words(text)
        let found = catalogue.apis.map { ($0, SearchWords($0, in: catalogue)) }.filter { $0.1.hold(words) }
            .sorted { $0.1.sortKey < $1.1.sortKey }
        return (found.filter { $0.1.isNamed(words) } + found.filter { !$0.1.isNamed(words) }).map(\.0)
    }

    /// The operations of an API, the one to try first in front: with a token of ours, not deprecated, newest.
    func operations(of api: APIDescription) -> [APIOperation] {
        func rank(_ operation: APIOperation) -> (Int, Int, Int) {
            (operation.deprecated == nil ? 0 : 1, operation.identity == .franceConnect ? 1 : 0, -operation.version)
        }
        return catalogue.operations(of: api.id).sorted { rank($0) < rank($1) }
    }

    static func label(_ operation: APIOperation) -> String {
        let notes = [
            operation.identity == .franceConnect ? "FranceConnect" : nil,
            operation.deprecated == nil ? nil : "dépréciée",
        ]
        let told = notes.compactMap(\.self).joined(separator: ", ")
        return "v\(operation.version)  \(operation.route)" + (told.isEmpty ? "" : "  (\(told))")
    }
}
