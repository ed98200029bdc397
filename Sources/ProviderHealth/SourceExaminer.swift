import CatalogueModel
import DataProviders
import Foundation
import Values

/// Finds out how one thing of a provider is.
public protocol SourceExamining: Sendable {
    /// Looks once. Never throws: what cannot be known is unknown.
    func examine(_ source: PingSource, of provider: ProviderDescription, _ catalogue: CompiledCatalogue) async
        -> HealthState
}

/// The three ways of looking: a call, a plain request, or the calls of the last ten minutes.
public struct SourceExaminer: SourceExamining {
    private let connector: Connector
    private let clock: WallClock
    private let recentCalls: @Sendable (_ provider: String, _ apis: Set<String>) -> (calls: Int, failures: Int)

    public init(
        connector: Connector, clock: WallClock,
        recentCalls: @escaping @Sendable (_ provider: String, _ apis: Set<String>) -> (calls: Int, failures: Int)
    ) {
        self.connector = connector
        self.clock = clock
        self.recentCalls = recentCalls
    }

    public func examine(
        _ source: PingSource, of provider: ProviderDescription, _ catalogue: CompiledCatalogue
    ) async -> HealthState {
        switch source.driver {
        case .calls(let apis): return judged(provider.id, apis)
        case .request(let plain):
            return state(await connector.ping(plain, of: provider), provider.id, [])
        case .call(let id, let values):
            guard let operation = catalogue.operation(id) else { return .unknown }
            let result = await connector.ping(operation, facts(operation, values), catalogue.errors)
            return state(result, provider.id, [operation.api.id])
        }
    }

    private func state(_ result: PingResult, _ provider: String, _ apis: Set<String>) -> HealthState {
        switch result {
        case .good: .ok
        case .bad: .down
        // It is not asked, because its callers have used up what it takes or because another hub stands in its place:
        // their calls tell how it is.
        case .unconfigured, .withheld: judged(provider, apis)
        }
    }

    private func judged(_ provider: String, _ apis: Set<String>) -> HealthState {
        let recent = recentCalls(provider, apis)
        return HealthState(calls: recent.calls, failures: recent.failures)
    }

    /// A call with the operation's example: of nobody, and for nobody.
    private func facts(_ operation: APIOperation, _ replaced: [(name: String, value: JSON)]) -> CallFacts {
        var given: [String: [String]] = [:]
        for (name, values) in CallExample(operation).values { given[name] = values }
        for (name, value) in replaced { given[name] = value.items?.compactMap(\.text) ?? value.text.map { [$0] } }
        var slots = [JSON?](repeating: nil, count: operation.slots.count)
        for parameter in operation.parameters {
            guard let values = given[parameter.name], let first = values.first else { continue }
            slots[parameter.slot] = parameter.isList ? .array(values.map(JSON.string)) : .string(first)
        }
        let recipient = operation.traceParameters.first { $0.name == "recipient" }?.example
        return CallFacts(
            parameters: slots, recipient: recipient, requestID: UUID().uuidString.lowercased(), tokenID: "ping",
            organisation: recipient ?? "", version: operation.version, clock: clock, publicURL: "",
            settings: { _ in nil })
    }
}
