import Testing

@testable import DataProviders

struct BreakerTests {
    private static func opened(at now: Double, threshold: Int = 3) -> Breaker {
        var breaker = Breaker(threshold: threshold, rest: 5)
        for _ in 0..<threshold { breaker.record(success: false, at: now) }
        return breaker
    }

    @Test(arguments: 1...5) func `as many failures in a row as the threshold open it`(threshold: Int) {
        var breaker = Breaker(threshold: threshold, rest: 5)
        for _ in 1..<threshold {
            breaker.record(success: false, at: 0)
            #expect(breaker.ask(at: 0) == .allow && breaker.isClosed)
        }
        breaker.record(success: false, at: 0)
        #expect(breaker.ask(at: 0) == .refuse(retryIn: 5) && !breaker.isClosed)
    }

    @Test func `a success in between starts the count again`() {
        var breaker = Breaker(threshold: 2, rest: 5)
        for _ in 0..<10 {
            breaker.record(success: false, at: 0)
            breaker.record(success: true, at: 0)
        }
        #expect(breaker.ask(at: 0) == .allow)
    }

    @Test(arguments: [(10, 5), (10.1, 5), (12.5, 3), (14.01, 1), (14.999, 1)])
    func `while it rests it tells when to try again`(now: Double, seconds: Int) {
        var breaker = Self.opened(at: 10)
        #expect(breaker.ask(at: now) == .refuse(retryIn: seconds))
    }

    @Test func `after its rest one call is let through and the others wait for it`() {
        var breaker = Self.opened(at: 10)
        #expect(breaker.ask(at: 15) == .allow)
        for now in [15, 16, 44.9, 45] { #expect(breaker.ask(at: now) == .refuse(retryIn: 1)) }
        breaker.record(success: true, at: 46)
        #expect(breaker.isClosed && breaker.ask(at: 46) == .allow && breaker.ask(at: 46) == .allow)
    }

    @Test func `a probe that fails opens it again at once`() {
        var breaker = Self.opened(at: 10)
        _ = breaker.ask(at: 15)
        breaker.record(success: false, at: 17)
        #expect(breaker.ask(at: 17) == .refuse(retryIn: 5))
        #expect(breaker.ask(at: 22) == .allow)
    }

    @Test func `a probe that never comes back is followed by another`() {
        var breaker = Self.opened(at: 10)
        _ = breaker.ask(at: 15)
        #expect(breaker.ask(at: 45.1) == .allow)
        #expect(breaker.ask(at: 45.2) == .refuse(retryIn: 1))
    }

    @Test func `every sequence of events up to eight agrees with a plain model`() {
        // The model: failures in a row, and the end of the rest. Time moves by one second at each event.
        for code in 0..<6561 {
            var breaker = Breaker(threshold: 2, rest: 2)
            var (failures, until, isProbing) = (0, -1.0, false)
            var rest = code
            for step in 0..<8 {
                let (now, event) = (Double(step), rest % 3)
                rest /= 3
                switch event {
                case 0:
                    let allowed = until < 0 || (!isProbing && now >= until)
                    #expect((breaker.ask(at: now) == .allow) == allowed)
                    if allowed, until >= 0 { isProbing = true }
                case 1:
                    breaker.record(success: true, at: now)
                    (failures, until, isProbing) = (0, -1, false)
                default:
                    breaker.record(success: false, at: now)
                    failures += 1
                    if failures >= 2 || until >= 0 { (failures, until, isProbing) = (0, now + 2, false) }
                }
                #expect(breaker.isClosed == (until < 0))
            }
        }
    }

    @Test func `each provider has its own`() {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        func endpoint(_ provider: String) -> Endpoint {
            Endpoint(provider: provider, address: "data", timeout: .seconds(1))
        }
        breakers.record(endpoint("cnav"), success: false)
        #expect(breakers.ask(endpoint("cnav")) == .refuse(retryIn: 60) && breakers.ask(endpoint("insee")) == .allow)
        #expect(breakers.open == ["cnav"])
    }

    @Test func `a provider is closed off where no address of it takes a call`() {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let (data, files) = (
            Endpoint(provider: "inpi", address: "data", timeout: .seconds(1)),
            Endpoint(provider: "inpi", address: "files", timeout: .seconds(1))
        )
        #expect(breakers.ask(data) == .allow && breakers.ask(files) == .allow)
        breakers.record(Endpoint(provider: "inpi", address: "data", timeout: .seconds(9)), success: false)
        #expect(breakers.ask(data) == .refuse(retryIn: 60) && breakers.ask(files) == .allow)
        #expect(breakers.open.isEmpty && !breakers.areClosed("inpi") && breakers.areClosed("insee"))
        breakers.record(files, success: false)
        #expect(breakers.open == ["inpi"])
    }
}
