import CatalogueModel
import TestSupport
import Testing
import Values

@testable import Gateway

/// Random calls against what keeps answers, addresses and parameters apart.
///
/// `MUTATIONS=1000000 SEED=7 swift test --filter GatewayTests.FuzzTests` for longer runs.
struct FuzzTests {
    /// Values and scopes made to be mixed up: separators, kinds, nothing.
    private static let values: [JSON?] = [nil, "A", "A\",\"B", "", "1", 1, ["A"], "A\nB", "null"]
    private static let scopes = ["a", "b", "a,b", "a\"\n\"b", "c"]

    @Test func `of a hundred thousand reads none finds what was kept for another question or grant`() throws {
        var random = SeededGenerator.fromEnvironment
        let cache = AnswerCache()
        let operations = ["one", "two", "one A"].map { Model.operation($0) }
        let reads = Int(environment: "MUTATIONS", else: 100_000)
        var (found, crossed) = (0, 0)
        for _ in 0..<reads {
            let operation = try #require(operations.randomElement(using: &random))
            let values = (0..<2).map { _ in Self.values.randomElement(using: &random) ?? nil }
            let granted = Self.scopes.filter { _ in Bool.random(using: &random) }
            let own = Array("\(operation.id)|\(values.map { $0?.serialized ?? "-" })|\(granted)".utf8)
            let key = cache.key(operation, values, granted)
            if let kept = cache.answer(key, now: noon)?.kept {
                found += 1
                if kept.body != own { crossed += 1 }
            } else {
                cache.keep(AnswerCache.Kept(body: own), key, until: noon.addingTimeInterval(60), now: noon)
            }
        }
        print("cache reads: \(reads), found: \(found), of another question or grant: \(crossed)")
        #expect(crossed == 0 && found > reads / 2)
    }

    @Test func `a mutated address below proxy opens nothing else`() async throws {
        try await withTemporaryFolder { folder in
            let seal = try LinkSeal(folder: folder + "/keys", clock: .fixed(noon))
            let link = SealedLink(
                address: "https://provider.example/a.pdf", operation: "operation", expires: 1, holder: .init(token: "t")
            )
            let token = try seal.seal(link)
            var (random, refused) = (SeededGenerator.fromEnvironment, 0)
            for _ in 0..<min(Int(environment: "MUTATIONS", else: 5_000), 200_000) {
                var bytes = Array(token.utf8)
                bytes.mutate(using: &random)
                let opened = seal.open(String(decoding: bytes, as: UTF8.self))
                #expect(opened == nil || opened == link)
                if opened == nil { refused += 1 }
            }
            #expect(refused > 4_000)
        }
    }

    @Test func `any query is read, of two hundred parameters at most`() {
        var random = SeededGenerator.fromEnvironment
        let pieces = ["a", "=", "&", "%", "%41", "%C3", "%e9", "+", "[]", "é", "\0", "%00", "🏠", ";", "%F0%9F", "%2"]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...(Int.random(in: 0..<50, using: &random) == 0 ? 900 : 40), using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let query = QueryParameters(text)
            #expect(query.pairs.count <= 200)
            for pair in query.pairs.prefix(3) { #expect(query.values(pair.name).contains(pair.value)) }
        }
        for _ in 0..<5_000 {
            var bytes = Array("/v3/dss/%C3%A9/x%2Fy".utf8)
            bytes.mutate(using: &random)
            let path = QueryParameters.decodedPath(String(decoding: bytes, as: UTF8.self))
            #expect(path.utf8.count <= bytes.count * 3)
        }
    }
}
