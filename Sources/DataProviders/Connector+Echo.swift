import CatalogueModel
import Metrics

extension Connector {
    /// The error where the answer is about somebody else than was asked about. Neither of the two is named anywhere.
    func echoProblem(_ operation: APIOperation, _ facts: CallFacts) throws -> ProblemTemplate? {
        if try !checksEchoes || operation.isEchoed(facts) { return nil }
        Counter(
            label: "unefois_provider_wrong_subjects",
            dimensions: [("provider", operation.provider.id), ("operation", operation.id)]
        ).increment()
        logger.error(
            "un fournisseur a répondu sur un autre sujet que celui demandé : rien n'est rendu",
            metadata: ["operation": "\(operation.id)", "request": "\(facts.requestID)"])
        return ProblemTemplate(code: "NN999")
    }
}
