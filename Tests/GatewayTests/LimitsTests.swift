import Testing
import Values

@testable import CatalogueModel
@testable import Gateway

struct RateLimiterTests {
    private static func group(calls: Int = 3, period: Int = 60, each: Bool = false, index: Int = 0) -> RateLimitGroup {
        RateLimitGroup(name: "g\(index)", calls: calls, period: period, isPerOperation: each, index: index)
    }

    @Test func `a window takes so many calls, then refuses until it ends`() {
        let limiter = RateLimiter()
        let operation = Model.operation(limit: Self.group())
        for (now, remaining, reset, isExceeded) in [
            (65, 2, 120, false), (66, 1, 120, false), (119, 0, 120, false), (119, 0, 120, true), (119, 0, 120, true),
            (120, 2, 180, false), (179, 1, 180, false), (240, 2, 300, false),
        ] {
            let quota = limiter.count("caller", operation, .standard, now: now)
            #expect(quota == .init(limit: 3, remaining: remaining, reset: reset, isExceeded: isExceeded))
        }
    }

    @Test func `callers and groups are counted apart, operations of a group together`() {
        let limiter = RateLimiter()
        let (shared, other) = (Self.group(calls: 1), Self.group(calls: 1, index: 1))
        let first = Model.operation("first", limit: shared, index: 0)
        let second = Model.operation("second", limit: shared, index: 1)
        #expect(limiter.count("a", first, .standard, now: 0)?.isExceeded == false)
        #expect(limiter.count("a", second, .standard, now: 0)?.isExceeded == true)
        #expect(limiter.count("b", second, .standard, now: 0)?.isExceeded == false)
        #expect(limiter.count("a", Model.operation(limit: other), .standard, now: 0)?.isExceeded == false)
    }

    @Test func `in a group counted by operation each has its own window`() {
        let limiter = RateLimiter()
        let group = Self.group(calls: 1, each: true)
        for index in 0..<3 {
            let operation = Model.operation("o\(index)", limit: group, index: index)
            #expect(limiter.count("a", operation, .standard, now: 0)?.isExceeded == false)
            #expect(limiter.count("a", operation, .standard, now: 0)?.isExceeded == true)
        }
    }

    @Test func `a limit of the grant takes the place of all groups`() {
        let limiter = RateLimiter()
        let operations = [Model.operation(limit: Self.group(calls: 1)), Model.operation(limit: nil)]
        for call in 1...4 {
            let quota = limiter.count("a", operations[call % 2], .perMinute(4), now: 59)
            #expect(quota == .init(limit: 4, remaining: 4 - call, reset: 60, isExceeded: false))
        }
        #expect(limiter.count("a", operations[0], .perMinute(4), now: 59)?.isExceeded == true)
        #expect(limiter.count("a", operations[0], .perMinute(0), now: 60)?.isExceeded == true)
    }

    @Test func `nothing is counted without a limit`() {
        let limiter = RateLimiter()
        #expect(limiter.count("a", Model.operation(limit: Self.group(calls: 0)), .unlimited, now: 0) == nil)
        #expect(limiter.count("a", Model.operation(), .standard, now: 0) == nil)
    }

    @Test func `calls at once from many callers are each counted once`() async {
        let limiter = RateLimiter()
        let operation = Model.operation(limit: Self.group(calls: 50))
        let accepted = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<40 {
                for _ in 0..<4 {
                    group.addTask {
                        (0..<25).count { _ in
                            limiter.count("caller-\(caller)", operation, .standard, now: 0)?.isExceeded == false
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 40 * 50)
    }
}

struct RuntimeTests {
    @Test(arguments: [
        (0, "0.000000"), (7, "0.000007"), (999_999, "0.999999"), (1_000_000, "1.000000"), (12_034_567, "12.034567"),
    ])
    func `a time is told in seconds, to the microsecond`(microseconds: Int, text: String) {
        #expect(CallPipeline.seconds(microseconds) == text)
    }
}

struct CallsInFlightTests {
    private static func key(_ token: String, _ query: String, path: String = "/v3/a") -> CallsInFlight.Key {
        CallsInFlight.Key(token, path, QueryParameters(query))
    }

    @Test func `an equal call waits for the end of the first`() {
        let calls = CallsInFlight()
        let (first, other) = (Self.key("a", "x=1"), Self.key("b", "x=1"))
        #expect(calls.begin(first) && !calls.begin(first) && calls.begin(other))
        calls.end(first)
        #expect(calls.begin(first) && !calls.begin(other))
        calls.end(Self.key("unknown", ""))
    }

    @Test func `calls are equal where token, path and parameters are, in whatever order`() {
        let key = Self.key("a", "x=1&y=2")
        #expect(key == Self.key("a", "y=2&x=1"))
        for other in ["x=1", "x=1&y=2&y=2", "x=2&y=1", "x=1y=2", "x=1&y=2&z="] { #expect(key != Self.key("a", other)) }
        #expect(key != Self.key("a", "x=1&y=2", path: "/v3/b") && key != Self.key("b", "x=1&y=2"))
        #expect(Self.key("a", "x=1&x=2") == Self.key("a", "x=2&x=1"))
        #expect(Self.key("a", "x[]=a%20b") == Self.key("a", "x%5b%5D=a+b") && Self.key("a", "x=") == Self.key("a", "x"))
        #expect(Self.key("a", "x%3Dy=z") != Self.key("a", "x=y=z"))
        #expect(Self.key("a", "x%3Dy=z") != Self.key("a", "x=y%EF%BF%BFz"))
    }
}
