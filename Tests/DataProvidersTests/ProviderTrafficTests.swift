import Foundation
import Synchronization
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct ProviderTrafficTests {
    private static let request = ProviderRequest(method: .get, url: "https://bank.example")

    /// A network that keeps the time it was given, and waits until it is let go on.
    private final class Held: HTTPTransport {
        let times = Mutex<[Duration]>([])
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

        func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0.append(continuation) }
                times.withLock { $0.append(timeout) }
            }
            return .json("{}")
        }

        func release() { for one in waiting.withLock({ $0 }) { one.resume() } }

        func reaches(_ count: Int) async throws {
            while times.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `so many questions to one provider are under way and no more; others are not concerned`() async throws {
        let (traffic, network) = (Traffic(limit: 3, breakers: Breakers()), Held())
        let slow = traffic.of("slow")
        let under = (0..<3).map { _ in
            Task { try await slow.send(Self.request, over: network, by: nil, atMost: .seconds(1)) }
        }
        try await network.reaches(3)
        let error = await #expect(throws: TransportFailure.self) {
            try await slow.send(Self.request, over: network, by: nil, atMost: .seconds(1))
        }
        #expect(error == .withheld(code: "00472", retryIn: 1))
        let other = try await traffic.of("other").send(
            Self.request, over: ScriptedTransport(.json("{}")), by: nil, atMost: .seconds(1))
        #expect(other.status == 200)
        network.release()
        for task in under { _ = try await task.value }
        _ = try await slow.send(Self.request, over: ScriptedTransport(.json("{}")), by: nil, atMost: .seconds(1))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a question that is withheld says nothing of the provider, and is no fault of its`() async throws {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let network = Held()
        let connector = Connector(
            transport: network, configuration: TableConfiguration(), breakers: breakers, documents: KeptDocuments(),
            clock: .system, traffic: Traffic(limit: 1, breakers: breakers), catalogue: { Model.catalogue() })
        let first = Task { await connector.ask(Model.operation(Model.plan()), Model.facts()) }
        try await network.reaches(1)
        let refused = await connector.ask(Model.operation(Model.plan()), Model.facts())
        #expect(refused.code == "00472" && refused.retryIn == 1 && breakers.open.isEmpty)
        network.release()
        #expect(await first.value.code == nil)
    }

    @Test func `retries are at most a tenth of the questions, and ten after a quiet time`() async throws {
        let traffic = Traffic(breakers: Breakers()).of("bank")
        #expect((0..<30).count { _ in traffic.takesRetry() } == 10)
        for _ in 0..<95 {
            _ = try await traffic.send(
                Self.request, over: ScriptedTransport(.json("{}")), by: nil, atMost: .seconds(1))
        }
        #expect((0..<30).count { _ in traffic.takesRetry() } == 9)
    }

    @Test func `nothing is tried again at a provider that fails`() {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let traffic = Traffic(breakers: breakers)
        breakers.record(Endpoint(provider: "bank", address: "data", timeout: .seconds(1)), success: false)
        #expect(!traffic.of("bank").takesRetry() && traffic.of("other").takesRetry())
    }

    @Test(arguments: [(RequestPlan.Method.get, true), (.post, false)])
    func `where nobody listens a question that may be repeated is put once more, and no other`(
        method: RequestPlan.Method, isRepeated: Bool
    ) async throws {
        let server = try await RawServer(nil)
        await server.stop()
        let (transport, traffic) = (NetworkTransport(), Traffic(breakers: Breakers()).of("bank"))
        let request = ProviderRequest(method: method, url: "http://127.0.0.1:\(server.port)/")
        await #expect(throws: TransportFailure.unavailable) {
            try await traffic.send(request, over: transport, by: nil, atMost: .seconds(5))
        }
        #expect((0..<30).count { _ in traffic.takesRetry() } == (isRepeated ? 9 : 10))
        await transport.shutdown()
    }

    @Test func `the network gets what is left of the time, and a question without time is not put`() async throws {
        let traffic = Traffic(breakers: Breakers()).of("bank")
        let times = Mutex<[Duration]>([])
        let network = TimedTransport { time in times.withLock { $0.append(time) } }
        for deadline in [Deadline.after(.seconds(3)), .after(.seconds(30))] {
            _ = try await traffic.send(Self.request, over: network, by: deadline, atMost: .seconds(5))
        }
        let found = times.withLock { $0 }
        #expect(found[0] <= .seconds(3) && found[0] > .seconds(1) && found[1] == .seconds(5))
        let transport = ScriptedTransport(.json("{}"))
        await #expect(throws: TransportFailure.timeout) {
            try await traffic.send(Self.request, over: transport, by: .after(.zero), atMost: .seconds(5))
        }
        #expect(transport.requests.isEmpty)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a token that does not come ends the call in its time, and serves the next when it comes`() async throws {
        let isHeld = Mutex(true)
        let transport = ScriptedTransport { request throws(TransportFailure) in
            guard request.url.hasSuffix("/token") else { return .json("{}") }
            while isHeld.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
            return .json(#"{"access_token":"t","expires_in":60}"#)
        }
        let plan = RequestPlan(
            method: .get, address: "data", path: .literal(""), query: [], headers: [], body: .none, format: .json,
            authentication: Model.oauth(), client: nil, timeout: .milliseconds(200), redirection: nil,
            takesCutOff: false, condition: nil)
        let connector = Model.connector(transport)
        // The token comes only once the call has ended.
        #expect(await connector.ask(Model.operation(plan), Model.facts()).code == "NN002")
        isHeld.withLock { $0 = false }
        #expect(
            await connector.ask(Model.operation(Model.plan(authentication: Model.oauth())), Model.facts()).code == nil)
        #expect(transport.requests(to: "/token").count == 1)
    }

    @Test func `a lookup that takes too long leaves half of the time for the question`() async throws {
        let times = Mutex<[Duration]>([])
        let transport = TimedTransport { time in times.withLock { $0.append(time) } }
        let lookup = Lookup(
            provider: "register", plan: Model.plan(), value: .member(.node, "code"), parameter: 0)
        let outcome = await Model.connector(transport).ask(
            Model.operation(Model.plan(), lookups: [lookup]), Model.facts(nil))
        #expect(outcome.code == nil)
        let found = times.withLock { $0 }
        #expect(found.count == 2 && found[0] <= .seconds(300) && found[1] > .seconds(400))
    }

    private struct TimedTransport: HTTPTransport {
        let note: @Sendable (Duration) -> Void
        func send(_ request: ProviderRequest, timeout: Duration) async throws(TransportFailure) -> ProviderResponse {
            note(timeout)
            return .json("{}")
        }
    }

    @Test func `of calls that are refused with one token only the first asks for another`() async throws {
        let tokens = ProviderTokens(clock: .system)
        let key = ProviderTokens.Key(provider: "bank", authentication: "oauth", client: nil)
        let count = Mutex(0)
        @Sendable func token() async throws -> Redacted<String> {
            try await tokens.token(key, by: .after(.seconds(5)), over: ScriptedTransport(.json("{}"))) { _, clock in
                let number = count.withLock {
                    $0 += 1
                    return $0
                }
                return .init(token: Redacted("t\(number)"), expires: clock.now().addingTimeInterval(60))
            }
        }
        let first = try await token()
        tokens.forget(key, first)
        let second = try await token()
        // Others were refused with the first too.
        for _ in 0..<10 { tokens.forget(key, first) }
        #expect(try await token() == second && count.withLock { $0 } == 2)
    }

    @Test func `an address that fails does not close the provider's others`() {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        func endpoint(_ address: String) -> Endpoint {
            Endpoint(provider: "tax", address: address, timeout: .seconds(1))
        }
        breakers.record(endpoint("returns"), success: false)
        #expect(breakers.ask(endpoint("returns")) == .refuse(retryIn: 60) && breakers.ask(endpoint("income")) == .allow)
        #expect(breakers.open.isEmpty && !breakers.areClosed("tax"))
        breakers.record(endpoint("income"), success: false)
        #expect(breakers.open == ["tax"])
    }
}
