import CatalogueModel
import Foundation
import Testing
import Values

@testable import unefois

/// What the documentation shows works: each operation, put with its own example, answers from the sandbox.
struct ExampleTests {
    private static let operations: [String] =
        ((try? HubBench.catalogue.get())?.operations.map(\.id)) ?? ["the catalogue does not compile"]

    @Test func `every operation answers its example from the sandbox, within its declared keys`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let catalogue = try HubBench.catalogue.get()
            #expect(Self.operations.count > 40)
            for operation in catalogue.operations {
                let answer = try await Self.call(operation, hub, catalogue)
                #expect(answer.status == 200, "\(operation.id): \(answer.text)")
                let whole = operation.style == .particulierV2 ? answer.json : answer.json["data"] ?? .null
                let data = whole.items.map { $0.first?["data"] ?? .null } ?? whole
                let declared = Set(operation.answer.data.fields.map(\.key))
                let given = Set(data.members?.map(\.key) ?? [])
                #expect(!given.isEmpty && given.isSubset(of: declared), "\(operation.id): \(given)")
            }
        }
    }

    private static func call(
        _ operation: APIOperation, _ hub: RunningHub, _ catalogue: CompiledCatalogue
    ) async throws -> RunningHub.Answer {
        let example = CallExample(operation)
        let query = example.query.map { Form.encoded($0.0) + "=" + Form.encoded($0.1) }.joined(separator: "&")
        let target = example.path + "?" + query
        if operation.identity == .nobody { return try await hub.send(target) }
        guard operation.identity == .franceConnect else {
            return try await hub.send(target, token: hub.token(scopes: catalogue.scopes.names))
        }
        return try await hub.send(target, token: "fc-" + operation.api.citizen)
    }
}
