import TestSupport
import Testing

@testable import DataProviders

/// The one promise: no span of the period, whenever it begins, holds more requests than the provider takes.
struct QuotaWindowTests {
    /// A request as the provider sees it: it may come at any time between its leave and the end of its exchange.
    private struct Sent {
        let granted: Int
        let ended: Int
        let arrived: Int
    }

    /// Asks for places at random times, with exchanges of random lengths, and returns what was sent.
    private static func run(_ calls: Int, _ period: Int, seed: UInt64) -> [Sent] {
        var random = SeededGenerator(seed: seed)
        var window = QuotaWindow(calls: calls, period: .milliseconds(period))
        var (now, sent, underWay) = (0, [Sent](), [(end: Int, granted: Int)]())
        func end(_ request: (end: Int, granted: Int)) {
            window.end(at: .milliseconds(request.end))
            // The worst for the window: requests bunch at either end of their exchange.
            let arrived = Bool.random(using: &random) ? request.granted : request.end
            sent.append(Sent(granted: request.granted, ended: request.end, arrived: arrived))
        }
        for _ in 0..<400 {
            // Hurried callers, pauses, and times that hit the edge of a period exactly.
            now += [0, 0, 1, Int.random(in: 0...period, using: &random), period][Int.random(in: 0..<5, using: &random)]
            for request in underWay.filter({ $0.end <= now }).sorted(by: { $0.end < $1.end }) { end(request) }
            underWay.removeAll { $0.end <= now }
            guard case .allow = window.take(at: .milliseconds(now)) else { continue }
            if Int.random(in: 0..<10, using: &random) == 0 {
                window.giveBack()
            } else {
                underWay.append((now + Int.random(in: 0...(2 * period), using: &random), now))
            }
        }
        for request in underWay.sorted(by: { $0.end < $1.end }) { end(request) }
        return sent
    }

    private static func most(_ times: [Int], in period: Int) -> Int {
        let times = times.sorted()
        return times.indices.map { first in times[first...].prefix { $0 - times[first] <= period }.count }.max() ?? 0
    }

    @Test(arguments: [(1, 1), (1, 1000), (2, 7), (3, 1000), (10, 100), (50, 60_000)])
    func `no span of the period holds more than allowed, as sent and as received`(calls: Int, period: Int) {
        for seed in 0..<60 {
            let sent = Self.run(calls, period, seed: UInt64(seed))
            #expect(!sent.isEmpty)
            for times in [sent.map(\.granted), sent.map(\.arrived), sent.map(\.ended)] {
                #expect(Self.most(times, in: period) <= calls)
            }
        }
    }

    @Test func `all that is allowed may leave at once, and comes back one period after`() {
        var window = QuotaWindow(calls: 3, period: .seconds(60))
        for _ in 0..<3 { #expect(window.take(at: .seconds(0)) == .allow) }
        #expect(window.take(at: .seconds(1)) == .refuse(retryIn: .seconds(60)))
        for second in 1...3 { window.end(at: .seconds(second)) }
        #expect(window.take(at: .seconds(4)) == .refuse(retryIn: .seconds(57)))
        #expect(window.take(at: .seconds(61)) == .refuse(retryIn: .seconds(0)))
        #expect(window.remaining(at: .seconds(61)) == 0)
        #expect(window.take(at: .milliseconds(61_001)) == .allow)
        #expect(window.take(at: .milliseconds(61_002)) == .refuse(retryIn: .milliseconds(998)))
        #expect(window.remaining(at: .seconds(64)) == 2)
    }

    @Test func `who waits as long as told is let through when nobody else asks`() {
        for seed in 0..<200 {
            var random = SeededGenerator(seed: UInt64(seed))
            var window = QuotaWindow(calls: 2, period: .milliseconds(100))
            var now = Duration.zero
            for _ in 0..<50 {
                now += .milliseconds(Int.random(in: 0...30, using: &random))
                switch window.take(at: now) {
                case .allow: window.end(at: now)
                case .refuse(let retryIn):
                    now += retryIn + .nanoseconds(1)
                    #expect(window.take(at: now) == .allow)
                    window.end(at: now)
                }
            }
        }
    }
}
