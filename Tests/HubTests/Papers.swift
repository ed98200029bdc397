import CatalogueModel
import Foundation

@testable import unefois

/// The shipped catalogue with a provider whose answers hold addresses of files and identifiers of documents.
enum Papers {
    static let catalogue = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: try CatalogueFolder.find(nil), to: folder)
        let own = folder.appending(path: "entreprise/papiers")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try Data(provider.utf8).write(to: own.appending(path: "provider.yaml"))
        try Data(api.utf8).write(to: own.appending(path: "papiers.yaml"))
        return try CatalogueCompiler(folder: folder).compile()
    }

    private static let provider = """
        provider: papiers
        title: Papiers
        errors: { prefix: "99", as: Papiers }
        addresses: { fiche: /fiche, acte: /acte }
        files: { headers: { X-Cle: "@setting.cle" } }
        downloads:
          acte: { get: "{acte}/{@id}/pdf", id: "[0-9a-f]{4}", document: { encoding: raw, name: acte, keep: 24 hours }, refusals: [acte] }
        refusal-sets:
          acte: [{ when: "@status = 404", code: NN003 }, { when: "@status = 403", code: NN001 }]
        """

    private static let api = """
        api: papiers
        title: Papiers
        summary: Des papiers.
        bouquet: entreprise
        provider: papiers
        audience: Tous.
        perimeter: Tout.
        freshness: Toujours.
        legal-basis: [CRPA L114-8]
        cache: 1 hour
        proof: true
        scopes: { papiers: Tout }
        ask: { get: "{fiche}/{@siren}" }
        answer:
          data:
            nom: { text: Nom }
            url: { proxied: Adresse du papier }
            acte: { download: Acte, target: acte }
        operations:
          papiers_v3: { get: "/v3/papiers/{siren}", parameters: siren }
        """

    static let path = "/v3/papiers/130025265?recipient=13002526500013&context=a&object=b"
}
