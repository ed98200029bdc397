import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct ConnectorTests {
    private static let found = Refusal(
        condition: .equal(.fact(.status), .literal(404)), problem: ProblemTemplate(code: "NN003"))

    @Test(
        arguments: [
            (.timeout, "NN002", nil), (.unavailable, "NN001", nil), (.network, "00501", 10), (.name, "NN004", nil),
            (.certificate, "NN009", nil), (.tooLarge, "NN999", nil), (.unconfigured, "NN001", nil),
        ] as [(TransportFailure, String, Int?)])
    func `a failure of the network has its code`(failure: TransportFailure, code: String, retryIn: Int?) async {
        let transport = ScriptedTransport { _ throws(TransportFailure) in throw failure }
        let outcome = await Model.connector(transport).ask(Model.operation(Model.plan()), Model.facts())
        #expect(outcome.code == code && outcome.retryIn == retryIn)
        // The same for a token that cannot be fetched.
        let signed = Model.operation(Model.plan(authentication: Model.oauth()))
        #expect(await Model.connector(transport).ask(signed, Model.facts()).code == code)
    }

    @Test(arguments: [
        (504, "NN002"), (502, "NN001"), (503, "NN001"), (301, "NN000"), (302, "NN000"), (303, "NN000"), (307, "NN000"),
        (308, "NN000"), (404, "NN003"), (401, "NN999"), (418, "NN999"), (500, "NN999"), (304, "NN999"),
    ])
    func `an answer of a gateway comes before the rules of the descriptor`(status: Int, code: String) async {
        let operation = Model.operation(Model.plan(), refusals: [Self.found])
        let outcome = await Model.connector(ScriptedTransport(.json("{}", status: status))).ask(
            operation, Model.facts())
        #expect(outcome.code == code)
    }

    @Test func `an answer of 200 that is no JSON is unknown`() async {
        for body in ["", "<html>", "{", "null"] {
            let outcome = await Model.connector(ScriptedTransport(.json(body))).ask(
                Model.operation(Model.plan()), Model.facts())
            #expect(outcome.code == "NN999")
        }
    }

    @Test func `failures in a row open the breaker, and what the provider refuses does not`() async {
        let breakers = Breakers(model: Breaker(threshold: 3, rest: 60))
        let operation = Model.operation(Model.plan(), refusals: [Self.found])
        for _ in 0..<5 {
            _ = await Model.connector(ScriptedTransport(.json("{}", status: 404)), breakers: breakers).ask(
                operation, Model.facts())
        }
        #expect(breakers.open.isEmpty)
        let failing = ScriptedTransport(.json("{}", status: 500))
        for _ in 0..<3 { _ = await Model.connector(failing, breakers: breakers).ask(operation, Model.facts()) }
        let refused = await Model.connector(failing, breakers: breakers).ask(operation, Model.facts())
        #expect(refused.code == "NN001" && refused.retryIn == 60 && failing.requests.count == 3)
    }

    @Test func `a redirection is followed once where the descriptor names it`() async throws {
        let redirection = RequestPlan.Redirection(
            statuses: [301], parameter: 0, value: .apply(.simple(.lastSegment), .fact(.header("location"))))
        let plan = Model.plan(path: .template([.literal("/"), .fact(.parameter(0))]), redirection: redirection)
        let transport = ScriptedTransport(
            .json("", status: 301, headers: ["location": "https://other.example/siren/new"]), .json(#"{"ok":1}"#))
        let outcome = await Model.connector(transport).ask(Model.operation(plan), Model.facts("old"))
        #expect(outcome.code == nil && outcome.facts.redirectedFrom == "old")
        #expect(transport.requests.map(\.url) == ["https://bank.example/data/old", "https://bank.example/data/new"])
        let endless = ScriptedTransport(.json("", status: 301, headers: ["location": "/siren/new"]))
        let second = await Model.connector(endless).ask(Model.operation(plan), Model.facts("old"))
        #expect(second.code == "NN000" && endless.requests.count == 2)
    }

    @Test func `a lookup fills in a parameter`() async {
        let transport = ScriptedTransport(.json(#"{"code":"08480"}"#), .json("{}"))
        let outcome = await Model.connector(transport).ask(Self.lookup(), Model.facts("Vouziers", nil))
        #expect(outcome.code == nil)
        #expect(
            transport.requests.map(\.url) == [
                "https://register.example/places?name=Vouziers", "https://bank.example/data?place=08480",
            ])
    }

    @Test(
        arguments: [
            .json(#"{"code":"1"}"#, status: 404), .json("<"), .json("{}"), .json(#"{"code":null}"#), nil,
        ] as [ProviderResponse?])
    func `a lookup that fails is passed over, and tells the breaker nothing`(answer: ProviderResponse?) async {
        let transport = ScriptedTransport { request throws(TransportFailure) in
            guard request.url.hasPrefix("https://register") else { return .json("{}") }
            guard let answer else { throw .timeout }
            return answer
        }
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let outcome = await Model.connector(transport, breakers: breakers).ask(
            Self.lookup(), Model.facts("Vouziers", nil))
        #expect(outcome.code == nil && breakers.open.isEmpty)
        #expect(transport.requests.last?.url == "https://bank.example/data")
    }

    private static func lookup() -> APIOperation {
        let lookup = Lookup(
            provider: "register", plan: Model.plan(query: [("name", .fact(.parameter(0)))]),
            value: .member(.fact(.body), "code"), parameter: 1)
        return Model.operation(Model.plan(query: [("place", .fact(.parameter(1)))]), lookups: [lookup])
    }
}
