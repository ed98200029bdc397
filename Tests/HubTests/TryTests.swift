import CatalogueModel
import Foundation
import Synchronization
import Testing
import Values

@testable import unefois

/// A person whose answers are known beforehand.
final class ScriptedPerson: Conversation {
    private struct State {
        var lines: [String]
        var said: [String] = []
        var shown: [String] = []
    }

    private let state: Mutex<State>
    let isColoured = false

    init(_ lines: [String]) { state = Mutex(State(lines: lines)) }

    var said: String { state.withLock { $0.said.joined(separator: "\n") } }
    var shown: [String] { state.withLock { $0.shown } }
    var left: Int { state.withLock { $0.lines.count } }

    func say(_ text: String) { state.withLock { $0.said.append(text) } }
    func show(_ text: String) { state.withLock { $0.shown.append(text) } }
    func askSecret(_ question: String) async -> String? { await ask(question) }

    func ask(_ question: String) async -> String? {
        state.withLock { state in
            state.said.append(question)
            return state.lines.isEmpty ? nil : state.lines.removeFirst()
        }
    }
}

struct TryTests {
    private static func talk(
        _ hub: RunningHub, _ lines: [String], words: String = "", token: String? = nil
    ) async throws -> ScriptedPerson {
        let (person, client) = (ScriptedPerson(lines), TriedCall.client())
        try await TrySession(
            catalogue: try HubBench.catalogue.get(), conversation: person, client: client,
            clock: .fixed(may), words: words, base: token == nil ? nil : "http://127.0.0.1:\(hub.port)",
            allowsHTTP: false,
            secrets: TriedSecrets(file: nil, environment: token.map { ["UNEFOIS_TOKEN": $0] } ?? [:])
        ).run()
        try await client.shutdown()
        return person
    }

    private static let entries = [String](repeating: "", count: 14)

    @Test func `from a word to an answer, by the proposed values alone`() async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { hub in
            let token = try await hub.token(limit: .perMinute(5))
            let person = try await Self.talk(
                hub,
                [
                    "rien-de-tel", "quotient familial", "3", "", "http://hub.example", "http://127.0.0.1:\(hub.port)/",
                    token,
                ]
                    + Self.entries + ["r", ""])
            #expect(person.left == 0)
            try #require(person.shown.count == 2)
            let report = try #require(person.shown.first)
            for text in [
                "200 accepté en ", "4 appels restants sur 5", "\"valeur\": 620", "\"prenoms\": \"CLAIRE MARIE\"",
                "curl --get 'http://127.0.0.1:\(hub.port)/v3/dss/quotient_familial/identite'",
                "--header \"Authorization: Bearer $UNEFOIS_TOKEN\"", "--data-urlencode 'prenoms[]=MARIE'",
            ] { #expect(report.contains(text), "\(text)") }
            #expect(person.shown[1].contains("réponse gardée") && person.shown[1].contains("3 appels restants"))
            #expect(
                person.said.contains("Rien de tel.")
                    && person.said.contains("Nom de naissance (nomNaissance) [LEFEBVRE]"))
            #expect(person.said.contains("Il faut une adresse en https"))
            #expect(!(person.said + report).contains(token))
        }
    }

    @Test func `what the hub would refuse is explained and asked again, and can be changed`() async throws {
        try await HubBench().run { hub in
            let token = try await hub.token()
            let first = ["R2D2", "-", "LEFEBVRE", "", "CLAIRE, MARIE", "1987", "13", "<", "6", "31", "27", "x", "f"]
            let person = try await Self.talk(
                hub,
                [""] + first + ["100", "99100", "08480", "", "", "", "", "1", "13002526500013", "m"]
                    + ["ROUX"] + [String](repeating: "", count: 13) + [""], words: "quotient-familial", token: token)
            #expect(person.left == 0)
            try #require(person.shown.count == 2)
            for code in ["00420", "00363", "00427", "00400", "00210"] {
                #expect(person.said.contains("\n  \(code) "), "\(code)")
            }
            #expect(person.said.contains("Sexe à l'état civil (sexeEtatCivil ; M ou F)"))
            #expect(person.shown[0].contains("--data-urlencode 'moisDateNaissance=6'"))
            // Changed values are the only ones that changed.
            #expect(
                person.said.contains("(nomNaissance) [LEFEBVRE]") && person.shown[1].contains("'nomNaissance=ROUX'"))
            #expect(person.shown[1].contains("'jourDateNaissance=27'"))
        }
    }

    @Test func `a refusal of the service comes with what to do`() async throws {
        try await HubBench().run { hub in
            let person = try await Self.talk(
                hub, [""] + Self.entries, words: "quotient-familial", token: hub.token(scopes: []))
            let report = try #require(person.shown.first)
            #expect(report.contains("403 refusé") && report.contains("\"code\": \"00100\""))
            #expect(report.contains("token : Vérifiez ses droits sur /privileges"))
        }
    }

    @Test func `a service that is not there is told, the end of the input ends the dialogue`() async throws {
        try await HubBench().run { hub in
            let lines = ["", "http://127.0.0.1:1", "", "a.b.c"] + Self.entries
            for count in 0...lines.count {
                let person = try await Self.talk(hub, Array(lines.prefix(count)), words: "quotient-familial")
                #expect(person.shown.isEmpty && person.left == 0)
            }
            let person = try await Self.talk(
                hub, ["", "http://127.0.0.1:1", " ", "é", "a.b.c"] + Self.entries, words: "quotient-familial")
            #expect(person.said.contains("Ce n'est pas un jeton.") && person.said.contains("Aucune réponse de"))
        }
    }

    @Test(arguments: [
        ("https://hub.example", true), ("https://hub.example/base/", true), ("http://127.0.0.1:8080", true),
        ("http://localhost", true), ("http://[::1]:80", true), ("http://hub.example", false), ("hub.example", false),
        ("ftp://127.0.0.1", false), ("https://", false), ("https://a:b@hub.example", false),
        ("https://hub.example?x=1", false), ("http://127.0.0.1.hub.example", false), ("", false),
    ])
    func `a token goes by https, or stays on this machine`(text: String, isAccepted: Bool) {
        #expect((ServiceAddress.accepted(text, allowingHTTP: false) != nil) == isAccepted)
    }

    @Test func `an operation is found by its identifier, its API's or words`() throws {
        let catalogue = try HubBench.catalogue.get()
        let choice = OperationChoice(catalogue)
        let name = "api_particulier_v2_cnav_quotient_familial"
        let second = catalogue.operations.first { $0.id.hasPrefix(name) }
        #expect(second != nil && choice.exactly(second?.id ?? "")?.id == second?.id)
        #expect(choice.exactly("quotient-familial") == nil && choice.apis("quotient-familial").count == 1)
        #expect(choice.apis("ETUDIANT").map(\.id).contains("statut-etudiant"))
        #expect(choice.apis("").count == catalogue.apis.count && choice.apis("rien-de-tel").isEmpty)
        let first = try #require(choice.operations(of: choice.apis("quotient-familial")[0]).first)
        #expect(first.identity == .parameters && first.deprecated == nil)
    }

    @Test func `examples pass the checks by which values are refused`() throws {
        let catalogue = try HubBench.catalogue.get()
        for operation in catalogue.operations {
            let fields = TriedFields(operation, errors: catalogue.errors, today: WallClock.fixed(may).today)
            let values = Dictionary(uniqueKeysWithValues: fields.fields.map { ($0.name, $0.suggestion) })
            let faults = fields.faults(values, known: Set(values.keys))
            #expect(faults.isEmpty, "\(operation.id): \(faults.map(\.code))")
            let nothing = fields.faults([:], known: Set(values.keys)).map(\.code)
            #expect([.particulierV2, .open].contains(operation.style) || nothing.contains("00203"), "\(operation.id)")
        }
    }

    @Test func `what comes from outside cannot command the terminal`() {
        let text = TerminalText.json(["a\u{1B}[2J": "b\u{9B}31m\u{7F}\n", "n": 1], isColoured: false)
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
        let read = try? JSON(parsing: text.utf8)
        #expect(read?["a\u{1B}[2J"] == "b\u{9B}31m\u{7F}\n")
        #expect(TerminalText.safe(Array("x\u{1B}]0;t\u{7}".utf8)) == "x\\u001b]0;t\\u0007")
        #expect(TerminalText.json(["a": ["b", .null]], isColoured: true).contains("\u{1B}[35mnull\u{1B}[0m"))
    }
}
