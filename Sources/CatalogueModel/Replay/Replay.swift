import Foundation
import Values

/// What the hub would answer where its provider has answered so: no network, no cache, and the clock that is given.
public struct Replay: Sendable {
    public let catalogue: CompiledCatalogue
    public let publicURL: String
    public let clock: WallClock

    public init(catalogue: CompiledCatalogue, publicURL: String = "https://hub.example", clock: WallClock = .system) {
        self.catalogue = catalogue
        self.publicURL = publicURL
        self.clock = clock
    }

    public enum Outcome: Sendable {
        case answer(JSON)
        case problem(ProblemTemplate)
    }

    /// The facts of a call with those parameters, by name on the wire or, for FranceConnect, by canonical name.
    public func facts(_ operation: APIOperation, parameters: [(name: String, value: JSON)]) -> CallFacts {
        var values = [JSON?](repeating: nil, count: operation.slots.count)
        for (name, value) in parameters {
            let declared = operation.parameters.first { $0.name == name || $0.plainName == name }
            if let slot = declared?.slot ?? operation.slots.firstIndex(of: name) { values[slot] = value }
        }
        var facts = CallFacts(
            parameters: values, recipient: "13002526500013", requestID: "00000000-0000-4000-8000-000000000000",
            tokenID: "00000000-0000-4000-8000-000000000001", organisation: "", version: operation.version,
            clock: clock, publicURL: publicURL, settings: { _ in nil })
        facts.proxied = { [publicURL] address in
            guard address.hasPrefix("download:") else { return publicURL + "/proxy/files/exemple" }
            return publicURL + "/proxy/exemple/" + (address.split(separator: "/").last.map(String.init) ?? "")
        }
        return facts
    }

    /// Puts a provider's answer into the facts of a call; `pages` is the text of the document that it holds.
    public func received(
        _ facts: CallFacts, status: Int, headers: [String: String], bytes: Data, by operation: APIOperation,
        pages: [String] = []
    ) -> CallFacts {
        var facts = facts
        facts.status = status
        facts.headers = HeaderList(headers)
        facts.bytes = Array(bytes)
        facts.content = (operation.plans.first?.format ?? .json).read(facts.bytes)
        if let plan = operation.document, plan.condition.holds(on: facts) {
            facts.document = StoredDocument(
                url: publicURL + "/documents/exemple.pdf", expiresIn: plan.lifetime, pages: pages)
        }
        return facts
    }

    /// The outcome of a call whose answer has been received. An answer without its stated shape is unknown (`NN999`).
    public func outcome(_ operation: APIOperation, _ facts: CallFacts, scopes: ScopeSet) -> Outcome {
        do {
            if let problem = try operation.verdict(on: facts) { return .problem(problem) }
            guard try operation.isEchoed(facts) else { return .problem(ProblemTemplate(code: "NN999")) }
            let maskText = operation.provider.maskText
            return .answer(try JSON(parsing: operation.answer.project(facts, scopes: scopes, maskText: maskText)))
        } catch {
            return .problem(ProblemTemplate(code: "NN999"))
        }
    }
}
