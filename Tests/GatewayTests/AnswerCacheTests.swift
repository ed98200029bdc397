import Foundation
import Testing
import Values

@testable import CatalogueModel
@testable import Gateway

struct AnswerCacheTests {
    private static let body = Array(#"{"nom":"LEFEBVRE"}"#.utf8)
    private static let kept = AnswerCache.Kept(body: body)

    @Test func `an error is kept with its status and code`() throws {
        let cache = AnswerCache()
        let key = cache.key(Model.operation(), ["A"], ["a"])
        let refused = AnswerCache.Kept(status: 404, code: "28003", body: Self.body)
        cache.keep(refused, key, until: noon.addingTimeInterval(60), now: noon)
        let (kept, _) = try #require(cache.answer(key, now: noon))
        #expect(kept.status == 404 && kept.code == "28003" && kept.body == Self.body)
    }

    @Test func `an answer is served again until it ends`() {
        let cache = AnswerCache()
        let key = cache.key(Model.operation(), ["A", nil], ["a"])
        #expect(cache.answer(key, now: noon) == nil)
        cache.keep(Self.kept, key, until: noon.addingTimeInterval(60), now: noon)
        let kept = cache.answer(key, now: noon.addingTimeInterval(59))
        #expect(kept?.kept.body == Self.body && kept?.secondsLeft == 1)
        #expect(cache.answer(key, now: noon.addingTimeInterval(60)) == nil)
    }

    @Test func `operation, parameters and scopes each make another answer`() {
        let cache = AnswerCache()
        let (one, two) = (Model.operation("one"), Model.operation("two"))
        let keys = [
            cache.key(one, ["A", "B"], ["a"]), cache.key(two, ["A", "B"], ["a"]), cache.key(one, ["A", "C"], ["a"]),
            cache.key(one, ["A", nil], ["a"]), cache.key(one, [nil, "A"], ["a"]), cache.key(one, ["AB", ""], ["a"]),
            cache.key(one, ["", "AB"], ["a"]), cache.key(one, ["A", "B"], ["a", "b"]), cache.key(one, ["A", "B"], []),
            cache.key(one, ["A", "B"], ["a,b"]), cache.key(one, ["A\",\"B", nil], ["a"]),
            cache.key(one, [["A"], "B"], ["a"]),
            cache.key(one, [1, "B"], ["a"]), cache.key(one, ["1", "B"], ["a"]),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(cache.key(one, ["A", "B"], ["a"]) == keys[0] && AnswerCache().key(one, ["A", "B"], ["a"]) != keys[0])
    }

    @Test func `what is stored shows neither question nor answer, and fits its place only`() {
        let cache = AnswerCache()
        let key = cache.key(Model.operation(), ["LEFEBVRE"], ["a"])
        let other = cache.key(Model.operation(), ["DURAND"], ["a"])
        cache.keep(Self.kept, key, until: noon.addingTimeInterval(60), now: noon)
        cache.entries.withLock { entries in
            for (place, entry) in entries {
                #expect(Data(place.digest).range(of: Data("LEFEBVRE".utf8)) == nil)
                #expect(Data(entry.sealed).range(of: Data("LEFEBVRE".utf8)) == nil)
            }
            entries[other] = entries[key]
        }
        #expect(cache.answer(key, now: noon)?.kept.body == Self.body && cache.answer(other, now: noon) == nil)
    }

    @Test func `it never grows beyond its bound, and what has expired goes first`() {
        let cache = AnswerCache(bound: 10)
        func key(_ number: Int) -> AnswerCache.Key { cache.key(Model.operation(), [.integer(number)], []) }
        for number in 0..<9 { cache.keep(Self.kept, key(number), until: noon, now: noon.addingTimeInterval(-1)) }
        cache.keep(Self.kept, key(9), until: noon.addingTimeInterval(60), now: noon)
        cache.keep(Self.kept, key(10), until: noon.addingTimeInterval(60), now: noon)
        #expect(cache.entries.withLock { $0.count } == 2 && cache.answer(key(9), now: noon) != nil)
        for number in 11..<1000 { cache.keep(Self.kept, key(number), until: noon.addingTimeInterval(60), now: noon) }
        #expect(cache.entries.withLock { $0.count } <= 10 && cache.answer(key(999), now: noon) != nil)
        cache.clear()
        #expect(cache.answer(key(999), now: noon) == nil)
    }

    @Test func `a life ends after seconds, with the day or with the month in Paris`() {
        // 28 May 2026, 22:26:40 in Paris.
        #expect(CacheLifetime.seconds(90).end(from: noon).timeIntervalSince(noon) == 90)
        #expect(CacheLifetime.endOfDay(plus: 0).end(from: noon).timeIntervalSince1970 == 1_780_005_600)
        #expect(CacheLifetime.endOfDay(plus: 28_800).end(from: noon).timeIntervalSince1970 == 1_780_034_400)
        #expect(CacheLifetime.endOfMonth.end(from: noon).timeIntervalSince1970 == 1_780_264_800)
    }
}
