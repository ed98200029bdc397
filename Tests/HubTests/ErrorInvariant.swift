import CatalogueModel
import Foundation
import Gateway
import Synchronization
import Testing
import Values

/// *What is rendered ⊆ the nomenclature ⊆ the statuses of OpenAPI*, looked at on every answer that a test of a whole
/// hub gets: each error is among those that the operation is said to give, with that status.
enum ErrorInvariant {
    static func check(_ answer: RunningHub.Answer, _ target: String, _ catalogue: CompiledCatalogue) {
        let path = QueryParameters.decodedPath(target.prefix { $0 != "?" })
        guard answer.status != 405, case .operation(let operation, _) = catalogue.routes.match(path) else { return }
        let possible = possible(operation, catalogue)
        for code in answer.codes {
            #expect(
                possible.contains { $0.code == code && $0.status == answer.status },
                "\(operation.id) is not said to give \(code) with status \(answer.status)")
        }
        // The errors of v2 have no code.
        guard answer.status >= 400 else { return }
        #expect(
            possible.contains { $0.status == answer.status }, "\(operation.id) is not said to give \(answer.status)")
    }

    private static let known = Mutex<[String: [PossibleError]]>([:])

    /// Worked out once an operation: there are tests of ten thousand calls.
    private static func possible(_ operation: APIOperation, _ catalogue: CompiledCatalogue) -> [PossibleError] {
        let key = "\(catalogue.generation) \(operation.id)"
        if let possible = known.withLock({ $0[key] }) { return possible }
        let possible = operation.possibleErrors(catalogue.errors)
        known.withLock { $0[key] = possible }
        return possible
    }
}
