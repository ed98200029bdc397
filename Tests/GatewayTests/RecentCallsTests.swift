import Foundation
import TestSupport
import Testing

@testable import Gateway

struct RecentCallsTests {
    @Test func `calls count for ten minutes`() {
        let calls = RecentCalls()
        let start = Date(timeIntervalSince1970: 1_778_839_200)
        calls.record(failed: true, at: start)
        calls.record(failed: false, at: start + 60)
        #expect(calls.count(at: start + 60) == .init(calls: 2, failures: 1))
        #expect(calls.count(at: start + 599) == .init(calls: 2, failures: 1))
        #expect(calls.count(at: start + 600) == .init(calls: 1, failures: 0))
        #expect(calls.count(at: start + 660) == .init())
        // A clock that has gone back knows nothing of the future.
        #expect(calls.count(at: start - 60) == .init())
    }

    @Test func `the count is that of a list of all calls`() {
        var random = SeededGenerator(seed: 7)
        let calls = RecentCalls()
        var (now, all) = (Date(timeIntervalSince1970: 1_778_839_200), [(Date, Bool)]())
        for _ in 0..<3000 {
            now += Double(Int.random(in: 0...90, using: &random))
            let failed = Bool.random(using: &random)
            calls.record(failed: failed, at: now)
            all.append((now, failed))
            let span = (now.timeIntervalSince1970 / 30).rounded(.down)
            let recent = all.filter { ($0.0.timeIntervalSince1970 / 30).rounded(.down) > span - 20 }
            #expect(calls.count(at: now) == .init(calls: recent.count, failures: recent.filter(\.1).count))
        }
    }
}
