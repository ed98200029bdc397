import Foundation
import TestSupport
import Testing
import Values

@testable import CatalogueModel

/// Answers rather than data: what leaves is the answer, never the amount behind it.
@Suite struct DerivedAnswerTests {
    /// The bounds of the published scales, said a second time on purpose.
    private static let bounds: [(grid: String, codes: [String], from: [Int])] = [
        (
            "strasbourg-cantine", (1...10).map { "T\($0)" }, [0, 411, 511, 621, 721, 821, 921, 1031, 1541, 2051]
        ), ("strasbourg-transport", ["A", "B", "C", "D"], [0, 371, 583, 796]),
        ("strasbourg-transport-reduit", ["A", "B", "C", "D"], [0, 371, 583, 796]),
        ("bordeaux-transport", ["GRATUIT", "R50", "R30", "PLEIN"], [0, 551, 611, 943]),
        ("nantes-transport", ["GRATUIT", "R90", "R70", "PLEIN"], [0, 351, 501, 601]),
        ("cantine-un-euro", ["UN_EURO", "ORDINAIRE"], [0, 1001]),
    ]

    private static func answer(
        _ operation: String, quotient: Int?, _ name: String, _ value: JSON
    ) throws -> JSON {
        let catalogue = try Shipped.catalogue
        let replay = Replay(catalogue: catalogue, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)))
        let operation = try #require(catalogue.operation(operation))
        let body: JSON = [
            "quotientFamilial": quotient.map(JSON.integer) ?? .null, "annee": 2026, "mois": 4,
            "allocataires": [["nomNaissance": "TILLEUL", "listePrenoms": "ANNE", "dateNaissance": "1990-04-01"]],
        ]
        let facts = replay.received(
            replay.facts(operation, parameters: [(name, value)]), status: 200, headers: ["X-APISECU-FD": "00171001"],
            bytes: Data(body.bytes), by: operation)
        guard
            case .answer(let answer) = replay.outcome(
                operation, facts, scopes: catalogue.scopes.set(operation.acceptedScopeNames))
        else { throw CancellationError() }
        return answer["data"] ?? .null
    }

    @Test func `for ten thousand families the bracket is that of the published scale`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<10_000 {
            let quotient = Int.random(in: 0...3000, using: &generator)
            let (grid, codes, from) = Self.bounds[Int.random(in: 0..<Self.bounds.count, using: &generator)]
            let expected = zip(codes, from).filter { $0.1 <= quotient }.last?.0
            let data = try Self.answer(
                "unefois_v3_tranche_quotient_familial_with_civility", quotient: quotient, "grille", .string(grid))
            #expect(data["tranche"]?["code"]?.text == expected, "\(grid)")
            #expect(Set(data.members?.map(\.key) ?? []) == ["grille", "tranche", "annee", "mois"])
        }
    }

    @Test func `at every bound of every scale the bracket changes, not before`() throws {
        for (grid, codes, from) in Self.bounds {
            for (rank, bound) in from.enumerated() where bound > 0 {
                for (quotient, code) in [(bound, codes[rank]), (bound - 1, codes[rank - 1])] {
                    let data = try Self.answer(
                        "unefois_v3_tranche_quotient_familial_with_civility", quotient: quotient, "grille",
                        .string(grid))
                    #expect(data["tranche"]?["code"]?.text == code, "\(grid) \(quotient)")
                }
            }
        }
    }

    @Test func `a threshold is compared, its equal included, and nothing else is told`() throws {
        for (quotient, threshold, expected) in [
            (620, 620, true), (621, 620, false), (0, 0, true), (99, 100, true), (100, 99, false), (nil, 100, nil),
        ] as [(Int?, Int, Bool?)] {
            let data = try Self.answer(
                "unefois_v3_quotient_familial_au_plus_with_civility", quotient: quotient, "seuil", .integer(threshold))
            #expect(data["au_plus"] == expected.map(JSON.bool) ?? .null)
            #expect(Set(data.members?.map(\.key) ?? []) == ["seuil", "au_plus", "annee", "mois"])
        }
    }

    @Test func `the scope of the answer opens no data of its source, nor the other way round`() throws {
        let catalogue = try Shipped.catalogue
        let derived = try #require(catalogue.operation("unefois_v3_tranche_quotient_familial_with_civility"))
        let source = try #require(catalogue.operation("api_particulier_v3_cnav_quotient_familial_with_civility"))
        #expect(!derived.acceptedScopes.meets(source.acceptedScopes))
    }
}
