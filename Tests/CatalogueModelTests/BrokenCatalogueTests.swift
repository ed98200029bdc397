import CatalogueModel
import Foundation
import Testing
import Values

/// Every kind of fault, each brought into a small catalogue that is otherwise right.
@Suite struct BrokenCatalogueTests {
    static let files: [String: String] = [
        "errors.yaml": """
        errors:
          NN003: { status: 404, title: Rien, detail: Rien trouvé. }
          NN055: { status: 502, title: Inattendu, detail: Inattendu. }
          NN051: { status: 502, title: Illisible, detail: Illisible. }
          "00301": { status: 422, title: SIREN, detail: SIREN invalide. }
        """,
        "entreprise/bouquet.yaml": """
        bouquet: entreprise
        limits:
          calme: { calls: 10, per: 1 minute }
        parameters:
          siren: { text: SIREN, example: "130025265", check: siren, else: "00301" }
        lookups:
          nom: { provider: essai, get: "{fiche}/nom", take: "@body.nom", into: siren }
        """,
        "entreprise/essai/provider.yaml": """
        provider: essai
        title: Essai
        errors: { prefix: "99", as: Essai }
        addresses: { fiche: /fiche }
        maintenance:
          - { from: "23:00", to: "01:00", day: sunday }
        authentication:
          jeton: { basic: { user: "@setting.user", password: "@setting.password" } }
        requests:
          fiche: { get: "{fiche}/{@siren}", authentication: jeton, timeout: 2 seconds }
        shapes:
          nom: { keys: { nom: { text: Nom } } }
        tables:
          etats: { A: actif }
        refusal-sets:
          essai: [{ when: "@status = 404", code: NN003 }]
        files: { authentication: jeton }
        downloads:
          acte: { get: "{fiche}/{@id}", id: "[0-9]+", refusals: [essai], document: { encoding: raw, name: acte, keep: 1 hour } }
        """,
        "entreprise/essai/fiche.yaml": """
        api: fiche
        title: Fiche
        summary: Une fiche.
        bouquet: entreprise
        provider: essai
        audience: Tous.
        perimeter: Tout.
        freshness: Toujours.
        legal-basis: [CRPA L114-8]
        limit: calme
        cache: 1 hour
        scopes: { fiche: Tout }
        ask: { use: fiche }
        refusals: [essai]
        before: nom
        answer:
          of: fiche
          data:
            nom: { text: Nom, scope: fiche, from: "nom | upcase" }
            etat: { text: État, from: "etat | table etats" }
        operations:
          fiche_v3:
            get: /v3/fiche/{siren}
            parameters: siren
            deprecated: 2026-01-01
          fiche_v4: { get: "/v4/fiche/{siren}", parameters: siren }
        recordings:
          - { operation: fiche_v3, body: fiche.json, expect: { status: 200 } }
        """,
    ]

    /// What the compiler says once `old` is `new` in that file; nothing where it compiles.
    static func remarks(_ name: String, _ old: String, _ new: String) throws -> [String] {
        let text = try #require(files[name])
        #expect(text.contains(old), "\(old)")
        return try remarks(replacing: name, by: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        let remark: String
        init(_ file: String, _ old: String, _ new: String, _ remark: String) {
            (self.file, self.old, self.new, self.remark) = (file, old, new, remark)
        }
        var testDescription: String { remark }
    }

    static let api = "entreprise/essai/fiche.yaml"
    static let provider = "entreprise/essai/provider.yaml"
    static let bouquet = "entreprise/bouquet.yaml"

    static let ofDescriptors: [Fault] = [
        Fault(api, "title:", "titel:", "\(api):2: error: unknown key 'titel'; did you mean 'title'?"),
        Fault(api, "title: Fiche\n", "", "\(api):1: error: 'title' is missing"),
        Fault(api, "legal-basis: [CRPA L114-8]\n", "", "\(api):1: error: a restricted API wants its legal basis"),
        Fault(api, "scope: fiche,", "scope: fich,", "\(api):19: error: scope 'fich' is not declared by any API"),
        Fault(api, "provider: essai", "provider: autre", "\(api):5: error: the provider is unknown"),
        Fault(
            api, "bouquet: entreprise", "bouquet: fleurs",
            "\(api):4: error: the bouquet is particulier, entreprise or open"),
        Fault(api, "limit: calme", "limit: vif", "\(api):10: error: the limit is unknown"),
        Fault(api, "1 hour", "1 heure", "\(api):11: error: a duration such as '10 seconds' or '1 hour' was expected"),
        Fault(api, "use: fiche }", "use: rien }", "\(api):13: error: no request is named 'rien'"),
        Fault(api, "refusals: [essai]", "refusals: [rien]", "\(api):14: error: no refusal set is named 'rien'"),
        Fault(
            api, "refusals: [essai]", #"refusals: [{ when: "@status = 404", code: "00999" }]"#,
            "\(api):23: error: error '00999' is not in the nomenclature"),
        Fault(
            api, "refusals: [essai]", #"refusals: [{ when: "@status = 404" }]"#,
            "\(api):14: error: 'code' or 'accept' is missing"),
        Fault(api, "before: nom", "before: rien", "\(api):15: error: no lookup is named 'rien'"),
        Fault(
            api, "nom | upcase", "nom | upcas", "\(api):19: error: unknown transform 'upcas'; did you mean 'upcase'?"),
        Fault(api, "table etats", "table etat", "\(api):20: error: no table is named 'etat'"),
        Fault(api, "{ text: État,", "{ texte: État,", "\(api):20: error: unknown key 'texte'; did you mean 'text'?"),
        Fault(api, "{ text: État,", "{ text: État, shape: nom,", "\(api):20: error: 'shape' goes with list or object"),
        Fault(
            api, #"{ text: État, from: "etat | table etats" }"#, "{ download: État, target: carte }",
            "\(api):20: error: 'download' wants a target, a download of the provider"),
        Fault(api, "  of: fiche", "  shape: rien", "\(api):17: error: no shape is named 'rien'"),
        Fault(
            api, "get: /v3/fiche/{siren}", "get: /v4/fiche/{siren}",
            "\(api):26: error: the path '/v4/fiche/{siren}' is served twice"),
        Fault(api, "/v4/fiche/{siren}", "/v4/fiche/{siret}", "\(api):26: error: the path's '{siret}' is no parameter"),
        Fault(api, "get: /v3/fiche/{siren}", "get: /fiche/{siren}", "\(api):23: error: the path has no version"),
        Fault(
            api, "parameters: siren\n", "parameters: siern\n", "\(api):24: error: no parameter or set is named 'siern'"),
        Fault(
            api, "deprecated: 2026-01-01", "deprecated: bientôt",
            "\(api):23: error: 'deprecated' wants a date, as 2026-01-31"),
        Fault(api, "fiche_v4:", "fiche_v3:", "\(api):22: error: not YAML: written twice: 'fiche_v3'"),
        Fault(api, "operations:", "operations: [", "error: not YAML"),
        Fault(
            api, "operation: fiche_v3,", "operation: fiche_v5,", "\(api):28: error: no operation is named 'fiche_v5'"),
        Fault(
            api, "expect: { status: 200 }", "today: hier",
            "\(api):28: error: a recording wants operation and expect.status"),
    ]

    static let ofOpenData: [Fault] = [
        Fault(
            api, "deprecated: 2026-01-01", "identity: personne",
            "\(api):25: error: identity is parameters, france_connect, either or nobody"),
        Fault(
            api, "deprecated: 2026-01-01", "identity: nobody",
            "\(api):23: error: only open data is given to nobody: 'bouquet: open', 'open: true'"),
        Fault(
            api, "deprecated: 2026-01-01", "identity: nobody",
            "\(api):23: error: nobody has scopes: the operation cannot want one"),
        Fault(
            api, "deprecated: 2026-01-01", "accepts: []",
            "\(api):23: error: no scope opens the operation: 'accepts: any' if any token may"),
        Fault(
            api, "deprecated: 2026-01-01", "accepts: any",
            "\(api):23: error: scope 'fiche' opens a key but not the operation"),
    ]

    @Test func `an operation is open to any token where its descriptor says so`() throws {
        let whole = Self.files[Self.api] ?? ""
        let open = whole.replacing("scope: fiche, ", with: "").replacing("deprecated: 2026-01-01", with: "accepts: any")
        #expect(try Self.remarks(Self.api, whole, open) == [])
    }

    @Test func `what nobody asks for wants a limit`() throws {
        let remarks = try Self.remarks(
            Self.api, Self.files[Self.api] ?? "",
            (Self.files[Self.api] ?? "").replacing("limit: calme\n", with: "")
                .replacing("deprecated: 2026-01-01", with: "identity: nobody"))
        #expect(remarks.contains { $0.hasSuffix("error: what nobody asks for wants a limit") }, "\(remarks)")
    }

    static let ofSharedFiles: [Fault] = [
        Fault(
            provider, "title: Essai", "titre: Essai", "\(provider):2: error: unknown key 'titre'; did you mean 'title'?"
        ),
        Fault(provider, "fiche: /fiche", "carte: /fiche", "\(api):23: error: the provider has no address 'fiche'"),
        Fault(
            provider, "from: \"23:00\"", "from: \"24:00\"",
            "\(provider):6: error: a maintenance window wants from and to, as '23:00' or '2026-12-01 22:00'"),
        Fault(provider, "day: sunday", "day: dimanche", "\(provider):6: error: the day is unknown"),
        Fault(
            provider, "day: sunday", "apis: [autre]", "\(provider):6: error: the provider has no API 'autre'"),
        Fault(
            provider, "maintenance:", "quota: { calls: 1, per: 1 minute, code: \"99999\" }\nmaintenance:",
            "\(provider):5: error: error '99999' is not in the nomenclature"),
        Fault(
            provider, "maintenance:", "quota: { calls: 1, per: 1 minute, of: [rien] }\nmaintenance:",
            "\(provider):5: error: the provider has no client or operation 'rien'"),
        Fault(
            provider, "maintenance:", "ping: { x: { call: rien } }\nmaintenance:",
            "\(provider):5: error: the provider has no operation 'rien'"),
        Fault(
            provider, "maintenance:", "ping: { x: { call: fiche_v3, with: { rien: 1 } } }\nmaintenance:",
            "\(provider):5: error: the operation has no parameter 'rien'"),
        Fault(
            provider, "maintenance:", "ping: { x: { get: \"{rien}\" } }\nmaintenance:",
            "\(provider):5: error: the provider has no address 'rien'"),
        Fault(
            provider, "maintenance:", "ping: { x: { watch: rien } }\nmaintenance:",
            "\(provider):5: error: the provider has no API 'rien'"),
        Fault(
            provider, "2 seconds", "2",
            "\(provider):10: error: a duration such as '10 seconds' or '1 hour' was expected"),
        Fault(
            provider, "authentication: jeton", "authentication: cle",
            "\(provider):10: error: no authentication is named 'cle'"),
        Fault(provider, "basic:", "basique:", "\(provider):8: error: unknown key 'basique'; did you mean 'basic'?"),
        Fault(
            provider, "@siren", "@siret",
            "\(provider):10: error: '@siret' is no parameter of this operation and no fact of the call"),
        Fault(
            provider, "refusals: [essai], document", "refusals: [autre], document",
            "\(provider):19: error: no refusal set is named 'autre'"),
        Fault(
            provider, #""{fiche}/{@id}""#, #""{carte}/{@id}""#,
            "\(provider):19: error: the provider has no address 'carte'"),
        Fault(
            provider, #"id: "[0-9]+""#, #"id: "[0-9""#, "\(provider):19: error: not a regular expression"),
        Fault(
            provider, "document: { encoding: raw, name: acte, keep: 1 hour }", "timeout: 1 second",
            "\(provider):19: error: a download wants a request and its document"),
        Fault(bouquet, "calls: 10, ", "", "\(bouquet):3: error: a limit wants calls and per"),
        Fault(bouquet, "limits:", "limites:", "\(bouquet):2: error: unknown key 'limites'; did you mean 'limits'?"),
        Fault(
            bouquet, "check: siren", "check: sirene",
            "\(bouquet):5: error: unknown rule 'sirene'; did you mean 'siren'?"),
        Fault(bouquet, ", else: \"00301\"", "", "\(bouquet):5: error: a check wants the code of its error: else"),
        Fault(bouquet, ", example: \"130025265\"", "", "\(api):23: error: parameter 'siren' has no example"),
        Fault(
            bouquet, "into: siren", "into: rien",
            "\(bouquet):7: error: a lookup wants provider, take and into (a parameter)"),
        Fault(
            bouquet, "provider: essai", "provider: autre", "\(api):23: error: a lookup's provider or address is unknown"
        ),
        Fault(
            "errors.yaml", "errors:", "erreurs:",
            "errors.yaml:1: error: the file declares nothing that the catalogue knows"),
        Fault("errors.yaml", "title: Rien, ", "", "errors.yaml:2: error: an error wants status, title and detail"),
    ]

    @Test func `the small catalogue is right before it is broken`() throws {
        #expect(try Self.remarks(Self.api, "api: fiche", "api: fiche") == [])
    }

    @Test func `a key may be a download of the provider`() throws {
        let old = #"{ text: État, from: "etat | table etats" }"#
        #expect(try Self.remarks(Self.api, old, "{ download: État, target: acte, from: etat }") == [])
    }

    @Test(arguments: ofDescriptors + ofOpenData + ofSharedFiles)
    func `a fault is told with its file and line`(_ fault: Fault) throws {
        let remarks = try Self.remarks(fault.file, fault.old, fault.new)
        #expect(remarks.contains { $0.contains(fault.remark) }, "\(remarks)")
    }

    @Test func `all faults are told at once, in the order of files and lines`() throws {
        let remarks = try Self.remarks(Self.api, "title: Fiche\nsummary:", "titel: Fiche\nsumary:")
        #expect(
            remarks == [
                "\(Self.api):2: error: unknown key 'titel'; did you mean 'title'?",
                "\(Self.api):3: error: unknown key 'sumary'; did you mean 'summary'?",
            ])
    }

    @Test func `a folder without a file is no catalogue`() {
        let nowhere = URL(filePath: "/nowhere")
        #expect(throws: CatalogueFault.self) { try CatalogueCompiler(folder: nowhere).compile() }
    }
}
