import Foundation
import TestSupport
import Testing
import Values

@testable import CatalogueModel

/// Random scopes, operations and providers' answers: no key beyond what was granted.
///
/// `FILTERED_ANSWERS=1000000 SEED=7 swift test --filter ScopeLeakTests` filters that many in place of some thousands.
@Suite struct ScopeLeakTests {
    /// Every operation with an answer of its provider's, and a judge that does not use the projection.
    struct Bench {
        let catalogue: CompiledCatalogue
        let replay: Replay
        let prepared: [(operation: APIOperation, facts: CallFacts)]

        init() throws {
            catalogue = try Shipped.catalogue
            replay = Replay(catalogue: catalogue, clock: .fixed(Date(timeIntervalSince1970: 1_777_370_400)))
            let replay = replay
            prepared = try catalogue.operations.filter(\.gathered.isEmpty).compactMap { operation in
                try ScopeMaskingTests.facts(operation, replay).map { (operation, $0) }
            }
        }

        /// Keys answered beyond a random grant; nil where there is no answer.
        func leaks(
            _ operation: APIOperation, _ facts: CallFacts, using random: inout SeededGenerator
        ) throws -> [String]? {
            // Scopes of other operations open nothing here, unless they are named in the descriptor too.
            let own = operation.acceptedScopeNames.filter { _ in Bool.random(using: &random) }
            let others = (0..<3).compactMap { _ in catalogue.scopes.names.randomElement(using: &random) }
            let granted = Set(own + others)
            let outcome = replay.outcome(operation, facts, scopes: catalogue.scopes.set(granted.sorted()))
            guard case .answer(let answer) = outcome else { return nil }
            let data = operation.style == .particulierV2 ? answer : answer["data"] ?? .null
            return ScopeMaskingTests.leaks(data, operation.answer.data, granted)
        }
    }

    @Test func `of random answers to random grants none holds a key that was not granted`() throws {
        let wanted = Int(environment: "FILTERED_ANSWERS", else: 4_000)
        let seed = UInt64(environment: "SEED", else: 1)
        let bench = try Bench()
        var random = SeededGenerator(seed: seed)
        var (answers, refusals, fields) = (0, 0, 0)
        while answers < wanted {
            let prepared = try #require(bench.prepared.randomElement(using: &random))
            var facts = prepared.facts
            if Bool.random(using: &random) {
                let changed = facts.body.changed(using: &random)
                // What was read as XML is made of values, here as there.
                facts.content =
                    if case .made = facts.content { .made(changed) } else {
                        .text(try JSONText(parsing: changed.bytes))
                    }
            }
            guard let leaks = try bench.leaks(prepared.operation, facts, using: &random) else {
                refusals += 1
                try #require(refusals < wanted * 3, "most answers are refused")
                continue
            }
            answers += 1
            fields += leaks.count
            #expect(leaks == [], "\(prepared.operation.id)")
        }
        print(
            "filtered answers: \(answers) of \(bench.prepared.count) operations (seed \(seed)); fields beyond: \(fields)"
        )
        #expect(fields == 0)
    }

    @Test func `a key too many is seen by the judge of these tests`() throws {
        let bench = try Bench()
        var caught = 0
        for (operation, facts) in bench.prepared where operation.acceptedScopeNames.count > 1 {
            let all = bench.catalogue.scopes.set(operation.acceptedScopeNames)
            guard case .answer(let answer) = bench.replay.outcome(operation, facts, scopes: all) else { continue }
            let data = operation.style == .particulierV2 ? answer : answer["data"] ?? .null
            if !ScopeMaskingTests.leaks(data, operation.answer.data, []).isEmpty { caught += 1 }
        }
        #expect(caught > 5)
    }
}

extension JSON {
    /// The same value with something in it gone, twice, or of another kind.
    func changed(using random: inout SeededGenerator) -> JSON {
        switch self {
        case .object(var members) where !members.isEmpty:
            let place = Int.random(in: 0..<members.count, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: members.remove(at: place)
            case 1: members.append(members[place])
            case 2: members.append(Member("inattendu", "SECRET"))
            default: members[place] = Member(members[place].key, members[place].value.changed(using: &random))
            }
            return .object(members)
        case .array(var items) where !items.isEmpty:
            let place = Int.random(in: 0..<items.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: items.remove(at: place)
            case 1: items += items
            default: items[place] = items[place].changed(using: &random)
            }
            return .array(items)
        default:
            let others: [JSON] = [self, .null, "texte", 7, true, [], [:], ["a": ["b"]], "2026-13-45", .integer(.max)]
            return others.randomElement(using: &random) ?? self
        }
    }
}
