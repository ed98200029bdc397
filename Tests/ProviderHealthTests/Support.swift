import CatalogueModel
import Foundation
import ProviderHealth
import Storage
import Synchronization
import TestSupport
import Values

/// Friday 15 May 2026, noon in Paris.
let noon = Date(timeIntervalSince1970: 1_778_839_200)
let today = CivilDate(year: 2026, month: 5, day: 15)

/// A clock that stands still until it is told otherwise.
final class MovingClock: Sendable {
    private let instant = Mutex(noon)
    var wall: WallClock { WallClock { [self] in instant.withLock { $0 } } }
    var now: Date { instant.withLock { $0 } }
    func set(_ date: Date) { instant.withLock { $0 = date } }
    func advance(_ seconds: Double) { instant.withLock { $0.addTimeInterval(seconds) } }
}

/// A store over the database of that folder, as each process opens its own.
func openStore(_ maker: TestDatabase, _ folder: String) async throws -> HealthStore {
    let database = try await maker.open(folder)
    try await database.migrate(HealthStore.migrations, at: noon)
    return HealthStore(database: database)
}

/// A small catalogue of two providers, of which one has two sources and closes on Sundays.
enum SmallCatalogue {
    static let files = [
        "errors.yaml": "errors: { NN003: { status: 404, title: Rien, detail: Rien. } }",
        "entreprise/bouquet.yaml": """
        bouquet: entreprise
        parameters: { siren: { text: SIREN, example: "130025265" } }
        """,
        "entreprise/banque/provider.yaml": """
        provider: banque
        title: Banque
        errors: { prefix: "17", as: Banque }
        addresses: { compte: /compte }
        maintenance:
          - { from: "23:00", to: "23:45", day: sunday }
          - { from: "10:00", to: "11:00", day: saturday, apis: [compte] }
        ping:
          compte: { call: compte_v3 }
          cles: { get: "{compte}/cles" }
        known-issues: [{ since: 2026-05-01, text: Retard., until: 2026-05-20 }, { since: 2026-01-01, text: Fini., until: 2026-02-01 }]
        """,
        "entreprise/banque/compte.yaml": """
        api: compte
        title: Compte
        summary: Un compte.
        bouquet: entreprise
        provider: banque
        audience: Tous.
        perimeter: Tout.
        freshness: Toujours.
        legal-basis: [CRPA L114-8]
        known-issue: { since: 2026-04-01, text: Soldes faux. }
        scopes: { compte: Tout }
        ask: { get: "{compte}/{@siren}" }
        answer: { data: { nom: { text: Nom, scope: compte } } }
        operations: { compte_v3: { get: "/v3/compte/{siren}", parameters: siren* } }
        """,
        "entreprise/caisse/provider.yaml": """
        provider: caisse
        title: Caisse
        errors: { prefix: "18", as: Caisse }
        addresses: { dossier: /dossier }
        """,
        "entreprise/nous/provider.yaml": """
        provider: nous
        title: Nous
        errors: { prefix: "00", as: Nous }
        addresses: {}
        """,
    ]

    static let compiled = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (path, text) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try CatalogueCompiler(folder: folder).compile()
    }
}

/// Finds what it is told, and remembers what it was asked.
final class ScriptedExaminer: SourceExamining {
    private struct State {
        var states: [String: HealthState] = [:]
        var asked: [String] = []
        var underWay: [String: Int] = [:]
        var mostAtOnce = 0
    }
    private let state = Mutex(State())

    /// Sources asked so far, in order.
    var asked: [String] { state.withLock { $0.asked } }
    /// The most sources of one provider that were looked at at the same time.
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    func tell(_ source: String, _ found: HealthState) { state.withLock { $0.states[source] = found } }

    func examine(
        _ source: PingSource, of provider: ProviderDescription, _ catalogue: CompiledCatalogue
    ) async -> HealthState {
        state.withLock { state in
            state.asked.append(source.name)
            state.underWay[provider.id, default: 0] += 1
            state.mostAtOnce = max(state.mostAtOnce, state.underWay[provider.id] ?? 0)
        }
        await Task.yield()
        return state.withLock { state in
            state.underWay[provider.id, default: 0] -= 1
            return state.states[source.name] ?? .ok
        }
    }
}
