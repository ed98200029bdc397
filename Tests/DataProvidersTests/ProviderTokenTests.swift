import Synchronization
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct ProviderTokenTests {
    /// A token endpoint that numbers its tokens; data is answered as told.
    private static func transport(
        lifetime: String = #","expires_in":60"#,
        data: @escaping @Sendable (String) -> ProviderResponse = { _ in .json("{}") }
    ) -> ScriptedTransport {
        let count = Mutex(0)
        return ScriptedTransport { request throws(TransportFailure) in
            guard request.url.hasSuffix("/token") else { return data(request.header("Authorization") ?? "") }
            // Those who wait have time to gather.
            for _ in 0..<50 { await Task.yield() }
            let number = count.withLock { count in
                count += 1
                return count
            }
            return .json(#"{"access_token":"t\#(number)"\#(lifetime)}"#)
        }
    }

    private static let signed = Model.operation(Model.plan(authentication: Model.oauth(retryOn: [401])))

    @Test func `a token is asked for with the client's secret and used until shortly before it ends`() async {
        let (transport, clock) = (Self.transport(), MovingClock())
        let connector = Model.connector(transport, clock: clock.wall)
        for _ in 0..<3 { _ = await connector.ask(Self.signed, Model.facts()) }
        clock.advance(49.9)
        _ = await connector.ask(Self.signed, Model.facts())
        #expect(
            transport.requests(to: "/token").map(\.text) == [
                "grant_type=client_credentials&client_id=me&client_secret=s%3A1"
            ])
        clock.advance(0.2)
        _ = await connector.ask(Self.signed, Model.facts())
        #expect(transport.requests(to: "/token").count == 2)
        #expect(
            transport.requests(to: "/data").map { $0.header("Authorization") }
                == Array(repeating: "Bearer t1", count: 4) + ["Bearer t2"])
    }

    @Test func `however many calls wait, one token is asked for, the first time and at its end`() async {
        let (transport, clock) = (Self.transport(), MovingClock())
        let connector = Model.connector(transport, clock: clock.wall)
        for round in 1...3 {
            await withTaskGroup { group in
                for _ in 0..<50 { group.addTask { _ = await connector.ask(Self.signed, Model.facts()) } }
            }
            #expect(transport.requests(to: "/token").count == round)
            clock.advance(61)
        }
    }

    @Test(arguments: ["", #","expires_in":0"#, #","expires_in":9"#, #","expires_in":-5"#, #","expires_in":"x""#])
    func `a token without a life serves the call that asked for it only`(lifetime: String) async {
        let transport = Self.transport(lifetime: lifetime)
        let connector = Model.connector(transport, clock: MovingClock().wall)
        for _ in 0..<3 { #expect(await connector.ask(Self.signed, Model.facts()).code == nil) }
        #expect(transport.requests(to: "/token").count == 3)
    }

    @Test(arguments: ["", "<", "{}", #"{"access_token":""}"#, #"{"access_token":null}"#])
    func `an answer without a token is unknown, and is not remembered`(body: String) async {
        let isDown = Mutex(true)
        let transport = ScriptedTransport { request throws(TransportFailure) in
            guard request.url.hasSuffix("/token") else { return .json("{}") }
            return .json(isDown.withLock { $0 } ? body : #"{"access_token":"t","expires_in":60}"#)
        }
        let connector = Model.connector(transport)
        #expect(await connector.ask(Self.signed, Model.facts()).code == "NN999")
        isDown.withLock { $0 = false }
        #expect(await connector.ask(Self.signed, Model.facts()).code == nil)
    }

    @Test(arguments: [(["b"], nil), (["a", "b"], "NN020")])
    func `where one account is let in no more another asks; where none is, the error is the descriptor's`(
        closed: [String], code: String?
    ) async {
        let transport = ScriptedTransport { request throws(TransportFailure) in
            guard request.url.hasSuffix("/token") else { return .json("{}") }
            return closed.contains(request.text)
                ? ProviderResponse(status: 401, body: Array("{}".utf8)) : .json(#"{"token":"t"}"#)
        }
        let plan = TokenPlan(
            address: "token", path: .literal(""), headers: [], body: .text(.fact(.setting("username"))),
            token: .member(.node, "token"), lifetime: .literal(.null), header: "Authorization", scheme: "Bearer ",
            accounts: ["a", "b"], refusal: "NN020")
        let authentication = Authentication(name: "login", kind: .token(plan), retryOn: [])
        var configuration = TableConfiguration()
        for name in ["a", "b"] { configuration.values["bank.\(name).username"] = name }
        let connector = Model.connector(transport, configuration)
        for _ in 0..<8 {
            #expect(
                await connector.ask(Model.operation(Model.plan(authentication: authentication)), Model.facts()).code
                    == code)
        }
    }

    @Test(arguments: [(502, "NN001"), (503, "NN001"), (504, "NN002"), (302, "NN000"), (500, "NN999"), (401, "NN999")])
    func `a token that a gateway refuses fails as data would`(status: Int, code: String) async {
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let transport = ScriptedTransport { _ throws(TransportFailure) in .json("", status: status) }
        #expect(await Model.connector(transport, breakers: breakers).ask(Self.signed, Model.facts()).code == code)
        #expect(breakers.open.isEmpty == ["NN000", "NN999"].contains(code))
    }

    @Test func `a token that the provider no longer takes is replaced, once`() async {
        let transport = Self.transport { $0 == "Bearer t2" ? .json("{}") : .json("{}", status: 401) }
        let connector = Model.connector(transport)
        #expect(await connector.ask(Self.signed, Model.facts()).code == nil)
        #expect(transport.requests(to: "/token").count == 2 && transport.requests(to: "/data").count == 2)
        let refusing = Self.transport { _ in .json("{}", status: 401) }
        let outcome = await Model.connector(refusing).ask(Self.signed, Model.facts())
        #expect(outcome.code == "NN011" && outcome.retryIn == 10 && refusing.requests(to: "/data").count == 2)
    }

    @Test func `each client of a provider has a token of its own`() async {
        let transport = Self.transport()
        let connector = Model.connector(transport)
        for client in ["loans", "cards", "loans"] {
            _ = await connector.ask(
                Model.operation(Model.plan(authentication: Model.oauth(), client: client)), Model.facts())
        }
        #expect(transport.requests(to: "/token").count == 2)
    }
}
