@testable import CatalogueModel
import Foundation
import Testing
import Values

@Suite struct ParameterRuleTests {
    /// A rule with values that pass and values that do not, each a list in the rule's own order.
    struct Row: Sendable, CustomTestStringConvertible {
        let rule: ParameterRule
        let good: [[JSON?]]
        let bad: [[JSON?]]
        var testDescription: String { rule.rawValue }
    }

    static let today = CivilDate(year: 2026, month: 4, day: 28)

    static let rows: [Row] = [
        Row(
            rule: .siren, good: [["130025265"], ["356000000"]],
            bad: [["130025266"], ["13002526"], ["13002526A"], [nil]]),
        Row(
            rule: .siret, good: [["13002526500013"], ["35600000049837"]],
            bad: [["13002526500014"], ["130025265"], [""], [["13002526500013"]]]),
        Row(
            rule: .name, good: [["LEFEBVRE"], ["d'Ûrville-Haÿ"], ["É"], [.string("De La Tour")]],
            bad: [
                [nil], [""], ["-"], ["R2D2"], ["Łuk"], ["A×B"], ["<b>"], [["LEFEBVRE"]],
                [.string(String(repeating: "A", count: 401))],
            ]),
        Row(rule: .optionalName, good: [[nil], [""], ["MARCHAND"]], bad: [["R2D2"], [["MARCHAND"]]]),
        Row(
            rule: .names, good: [[["CLAIRE"]], [["CLAIRE", "MARIE-ANNE"]]],
            bad: [[nil], ["CLAIRE"], [[]], [["CLAIRE", ""]], [["R2"]]]),
        Row(rule: .isList, good: [[nil], [[]], [["CLAIRE"]], [["R2"]]], bad: [["CLAIRE"], [""]]),
        Row(rule: .present, good: [["x"], [0]], bad: [[nil], [""], [" "], [["x"]]]),
        Row(rule: .sex, good: [["M"], ["F"], ["f"]], bad: [[nil], [""], ["X"], ["MF"], [1]]),
        Row(rule: .optionalSex, good: [[nil], [""], ["m"]], bad: [["X"]]),
        Row(
            rule: .partialBirthDate,
            good: [
                [nil, nil, nil], ["1987", nil, nil], ["1987", "6", nil], ["1987", "06", "27"], ["", "", ""],
                [nil, "6", "27"],
                ["1987", nil, "27"], [1900, 1, 1], ["2026", "04", "27"],
            ],
            bad: [
                ["1899", "12", "31"], ["1987", "13", "1"], ["1987", "2", "30"], ["2026", "04", "28"],
                ["2027", nil, nil],
                ["2026", "5", nil], ["198", nil, nil], ["1987", "6", "0"], ["1987", "x", nil], ["+198", nil, nil],
            ]),
        Row(
            rule: .birthDate, good: [["1987", "6", "27"], ["2004", "02", "29"], [1900, 1, 1]],
            bad: [
                ["1987", "6", nil], ["2005", "2", "29"], ["1899", "12", "31"], ["2026", "4", "28"], [nil, nil, nil],
                ["1987", "00", "01"],
            ]),
        Row(
            rule: .isoDate, good: [["1987-06-27"]],
            bad: [
                [nil], ["27/06/1987"], ["1987-6-27"], ["1987-02-30"], ["2026-04-28"], ["1899-12-31"],
                ["1987-06-27T00:00:00"],
            ]),
        Row(
            rule: .country, good: [["99100"], ["99138"], ["92352"]],
            bad: [[nil], [""], ["100"], ["75001"], ["9910A"], ["991000"]]),
        Row(
            rule: .birthPlace,
            good: [
                ["99100", "08480", nil, nil, nil], ["99100", nil, "Vouziers", "08", "1987"],
                ["99138", nil, nil, nil, nil],
                ["99138", "n'importe", nil, nil, nil], ["99100", "2A004", nil, nil, nil],
            ],
            bad: [
                ["99100", nil, nil, nil, nil], ["99100", "20004", nil, nil, nil], ["99100", "8480", nil, nil, nil],
                ["99100", nil, "Vouziers", nil, "1987"], ["99100", nil, "Vouziers", "08", nil],
                ["99100", nil, "Vouziers", "20", "1987"],
            ]),
        Row(
            rule: .optionalCommune, good: [[nil], [""], ["08480"], ["2B033"], ["97105"], ["99138"]],
            bad: [["8480"], ["20004"], ["2C001"], ["VOUZI"], ["A8480"]]),
        Row(
            rule: .optionalDepartment, good: [[nil], [""], ["01"], ["2A"], ["95"], ["974"], ["976"]],
            bad: [["20"], ["96"], ["00"], ["975"], ["1"], ["2C"]]),
        Row(
            rule: .ine, good: [["0123456789A"], ["123456789AB"], ["abcdefghijk"]],
            bad: [[nil], ["0123456789"], ["0123456789AB"], ["0123456789é"], ["012345678 A"]]),
        Row(
            rule: .recentYear, good: [[nil], [""], ["2026"], ["2024"], [2025]],
            bad: [["2023"], ["2027"], ["26"], ["xxxx"]]),
        Row(
            rule: .pastMonth, good: [[nil, nil], ["4", nil], ["04", "2026"], ["12", "2025"], [1, 2026]],
            bad: [["5", nil], ["5", "2026"], ["0", "2025"], ["13", "2025"], ["x", "2025"]]),
    ]

    @Test(arguments: rows)
    func `a rule accepts good values and refuses bad ones`(_ row: Row) {
        func accepts(_ values: [JSON?]) -> Bool {
            row.rule.accepts(.init(all: values, slots: Array(values.indices)), today: Self.today)
        }
        for values in row.good { #expect(accepts(values), "\(values)") }
        for values in row.bad { #expect(!accepts(values), "\(values)") }
    }

    @Test func `every rule is in the table`() {
        #expect(Set(Self.rows.map(\.rule)) == Set(ParameterRule.allCases))
    }

    @Test func `a check waits for the values it needs and gives way to those that make it needless`() {
        let check = ParameterCheck(
            rule: .named(.birthDate), slots: [0, 1, 2], code: "00425", parameter: "annee", given: [0], unless: [3])
        func accepts(_ values: [JSON?]) -> Bool { check.accepts(values, today: Self.today) }
        #expect(accepts([nil, "6", "27", nil]))
        #expect(!accepts(["1987", "13", "27", nil]))
        #expect(accepts(["1987", "13", "27", "0123456789A"]))
        #expect(!accepts(["1987", "13", "27", ""]))
        #expect(accepts(["1987", "6", "27", nil]))
    }

    @Test func `students are asked for by number or by name, each with its own errors`() throws {
        let operation = try #require(try Shipped.catalogue.operation("api_particulier_v2_mesri_student_status"))
        let replay = Replay(catalogue: try Shipped.catalogue, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)))
        func codes(_ parameters: [(name: String, value: JSON)]) -> [String] {
            let values = replay.facts(operation, parameters: parameters).parameters
            return operation.checks.filter { !$0.accepts(values, today: Self.today) }.map(\.code)
        }
        #expect(codes([("ine", "0123456789A")]) == [])
        #expect(codes([("ine", "012")]) == ["00360"])
        #expect(codes([]) == ["00361", "00362", "00363", "00364"])
        let person: [(name: String, value: JSON)] = [
            ("nom", "CHARME"), ("prenom", "Lou"), ("dateDeNaissance", "2004-02-29"), ("sexe", "f"),
        ]
        #expect(codes(person) == [])
        #expect(codes(person + [("lieuDeNaissance", "Brest")]) == ["00365"])
        let identity: [(name: String, value: JSON)] = [
            ("nomNaissance", "CHARME"), ("prenoms", ["Lou"]), ("anneeDateNaissance", "2004"), ("sexeEtatCivil", "F"),
        ]
        #expect(codes(identity) == [])
    }

    @Test func `a strict civil status names each missing part of the date, then an impossible date`() throws {
        let operation = try #require(
            try Shipped.catalogue.operation("api_particulier_v3_mesri_statut_etudiant_with_civility"))
        let replay = Replay(catalogue: try Shipped.catalogue)
        func codes(_ parameters: [(name: String, value: JSON)]) -> [String] {
            let values = replay.facts(operation, parameters: parameters).parameters
            return operation.checks.filter { !$0.accepts(values, today: Self.today) }.map(\.code)
        }
        #expect(codes([]) == ["00420", "00421", "00422", "00423", "00424", "00427"])
        let person: [(name: String, value: JSON)] = [
            ("nomNaissance", "CHARME"), ("prenoms[]", ["Lou"]), ("sexeEtatCivil", "F"),
        ]
        let feast: [(name: String, value: JSON)] = [("anneeDateNaissance", "2004"), ("moisDateNaissance", "2")]
        #expect(codes(person + feast + [("jourDateNaissance", "29")]) == [])
        #expect(codes(person + feast + [("jourDateNaissance", "30")]) == ["00425"])
        let place: [(name: String, value: JSON)] = [
            ("codeCogInseeCommuneNaissance", "Brest"), ("codeCogInseeDepartementNaissance", "20"),
        ]
        #expect(codes(person + feast + [("jourDateNaissance", "29")] + place) == ["00426", "00428"])
    }

    /// A pupil's school year, then what else is asked, and the codes of the checks that fail.
    struct Search: Sendable, CustomTestStringConvertible {
        let asked: [String: JSON]
        let codes: [String]
        var testDescription: String { asked.keys.sorted().joined(separator: ", ") + " → \(codes)" }
    }

    static let searches: [Search] = [
        Search(asked: ["codeEtablissement": "0759025w"], codes: []),
        Search(asked: ["codeEtablissement": "0759025W", "degreEtablissement": "2D"], codes: []),
        Search(asked: ["codeEtablissement": "075902"], codes: ["00410"]),
        Search(asked: [:], codes: ["00410"]),
        Search(asked: ["codeEtablissement": "0759025W", "anneeScolaire": "2025-2026"], codes: []),
        Search(asked: ["codeEtablissement": "0759025W", "anneeScolaire": "25"], codes: ["00411"]),
        Search(asked: ["degreEtablissement": "2D", "codesBcnDepartements": ["008", "02A", "974"]], codes: []),
        Search(asked: ["degreEtablissement": "1D", "codesBcnRegions": ["18"]], codes: []),
        Search(asked: ["degreEtablissement": "3D", "codesBcnRegions": ["18"]], codes: ["00412"]),
        Search(asked: ["codesBcnRegions": ["18"]], codes: ["00412"]),
        Search(asked: ["degreEtablissement": "2D"], codes: ["00413"]),
        Search(
            asked: ["degreEtablissement": "2D", "codesBcnDepartements": ["008"], "codesBcnRegions": ["06"]],
            codes: ["00413"]),
        Search(asked: ["degreEtablissement": "2D", "codesBcnDepartements": "008"], codes: ["00414"]),
        Search(asked: ["degreEtablissement": "2D", "codesBcnDepartements": ["008", "08"]], codes: ["00416"]),
        Search(asked: ["degreEtablissement": "2D", "codesBcnRegions": ["19"]], codes: ["00417"]),
        Search(asked: ["codeEtablissement": "0759025W", "codesBcnRegions": ["06"]], codes: ["00419"]),
    ]

    @Test(arguments: searches)
    func `a pupil is searched by school, or by degree of teaching and area`(_ search: Search) throws {
        let operation = try #require(
            try Shipped.catalogue.operation("api_particulier_v5_men_scolarites_with_civility"))
        let person: [String: JSON] = [
            "nomNaissance": "CHARME", "prenoms": ["Ange"], "anneeDateNaissance": "2011", "moisDateNaissance": "5",
            "jourDateNaissance": "17", "sexeEtatCivil": "M", "anneeScolaire": "2025",
        ]
        let asked = person.merging(search.asked) { $1 }
        let values = operation.slots.map { asked[$0] }
        #expect(operation.checks.filter { !$0.accepts(values, today: Self.today) }.map(\.code) == search.codes)
    }

    @Test func `a campaign of scholarships is one that is over, from 2021 on`() throws {
        let operation = try #require(
            try Shipped.catalogue.operation("api_particulier_v5_cnous_etudiant_boursier_with_ine"))
        func codes(_ year: JSON) -> [String] {
            let asked: [String: JSON] = ["ine": "0123456789A", "campaignYear": year]
            let values = operation.slots.map { asked[$0] }
            return operation.checks.filter { !$0.accepts(values, today: Self.today) }.map(\.code)
        }
        for year in ["2021", "2025", ""] as [JSON] { #expect(codes(year) == [], "\(year)") }
        for year in ["2020", "2026", "202", "02025", "deux"] as [JSON] { #expect(codes(year) == ["00368"], "\(year)") }
    }
}
