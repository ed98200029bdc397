import ArgumentParser
import CatalogueModel
import Desk
import Foundation
import Gateway
import Storage
import Values

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Dit pourquoi un appel a été refusé, à quelle étape, et que faire.",
        discussion: "Cherche l'appel au registre et rejoue les mêmes décisions avec les habilitations de ce moment-là "
            + "et de maintenant. Avec un code d'erreur, dit ce que ce code signifie.")

    @OptionGroup var data: DataOption
    @OptionGroup var catalogue: CatalogueOption
    @Argument(help: "L'en-tête X-Request-Id de la réponse, ou un code d'erreur de cinq chiffres.")
    var request: String

    func run() async throws {
        let catalogue = try catalogue.compile()
        let folder = try data.open()
        let store = try await folder.openStore()
        let (meters, now) = (PurposeMeters(), Date())
        try await meters.load(from: PurposeCallStore(database: store.database), at: now)
        let explainer = CallExplainer(
            catalogue: catalogue, grants: try await store.rights().rights, meters: meters, now: now)
        if request.utf8.count == 5, let explanation = explainer.explanation(ofCode: request) {
            return print(ExplanationText.lines(explanation))
        }
        let request = request
        let records = try await Blocking.run { try CallSearch.records(of: request, in: folder) }
        guard !records.isEmpty else { throw CleanExit.failure(ExplanationText.notFound) }
        print(records.map { ExplanationText.lines(explainer.explanation(of: $0)) }.joined(separator: "\n\n"))
    }
}

/// An explanation as a terminal shows it.
enum ExplanationText {
    static let notFound =
        "le registre n'a pas d'appel de ce numéro. Un appel refusé faute de jeton valable n'y est pas inscrit : son code "
        + "d'erreur (00101, 00103, 00105, 00106) en dit la cause, et « unefois explain CODE » que faire."

    static func lines(_ explanation: Explanation) -> String {
        var lines = [explanation.summary]
        lines += explanation.facts.map { "  \($0.name) : \($0.text)" }
        if let failed = explanation.steps.first(where: { $0.state == .failed }) {
            let number = (explanation.steps.firstIndex(of: failed) ?? 0) + 1
            let place = explanation.steps.count > 1 ? " (\(number) sur \(explanation.steps.count))" : ""
            lines += ["", "Étape\(place) : \(failed.title)", "  \(failed.text)"]
        }
        if !explanation.causes.isEmpty { lines += ["", "Cause"] + explanation.causes.map { "  \($0)" } }
        if let remedy = explanation.remedy { lines += ["", "Que faire", "  \(remedy)"] }
        if !explanation.today.isEmpty { lines += ["", "Maintenant"] + explanation.today.map { "  \($0)" } }
        return lines.joined(separator: "\n")
    }
}
