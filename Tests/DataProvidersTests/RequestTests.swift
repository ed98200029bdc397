import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

struct RequestTests {
    private static func sent(_ plan: RequestPlan, _ facts: CallFacts) async -> ProviderRequest? {
        let transport = ScriptedTransport(.json("{}"))
        _ = await Model.connector(transport).ask(Model.operation(plan), facts)
        return transport.requests.last
    }

    @Test func `what is null is left out and the rest is percent-encoded`() async throws {
        let plan = Model.plan(
            path: .template([.literal("/people/"), .fact(.parameter(0))]),
            query: [("name", .fact(.parameter(1))), ("none", .fact(.parameter(2))), ("n", .literal(7))],
            headers: [("X-Recipient", .fact(.recipient)), ("X-Request", .fact(.requestID))])
        let request = try #require(await Self.sent(plan, Model.facts("É a", "D'ARTAGNAN & Cie+%=?#/;\n", nil)))
        #expect(
            request.url
                == "https://bank.example/data/people/%C3%89%20a"
                + "?name=D%27ARTAGNAN%20%26%20Cie%2B%25%3D%3F%23%2F%3B%0A&n=7")
        #expect(request.header("X-Recipient") == nil && request.header("X-Request") == "r")
        #expect(request.header("Content-Type") == "application/json" && request.body == nil)
    }

    @Test(arguments: [("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("?q=1#f", "%3Fq%3D1%23f"), ("%2e", "%252e")])
    func `a value in the path stays one segment`(value: String, segment: String) async throws {
        let plan = Model.plan(path: .template([.literal("/people/"), .fact(.parameter(0)), .literal("/file")]))
        let request = try #require(await Self.sent(plan, Model.facts(.string(value))))
        #expect(request.url == "https://bank.example/data/people/\(segment)/file")
    }

    @Test func `a JSON body keeps types and order, a form does not`() async throws {
        let members: [(name: String, value: Expression)] = [
            ("z", .fact(.parameter(0))), ("a", .fact(.parameter(1))), ("null", .fact(.parameter(2))),
        ]
        let json = try #require(
            await Self.sent(
                Model.plan(.post, body: .json(.object(members.map { ($0.name, .value($0.value)) }), keepsNulls: false)),
                Model.facts(12, ["x"], nil)))
        #expect(json.text == #"{"z":12,"a":["x"]}"# && json.header("Content-Type") == "application/json")
        let form = try #require(await Self.sent(Model.plan(.post, body: .form(members)), Model.facts(12, "é&", nil)))
        #expect(form.text == "z=12&a=%C3%A9%26")
        #expect(form.header("Content-Type") == "application/x-www-form-urlencoded")
    }

    @Test func `the first plan whose condition holds is used`() async throws {
        func plan(_ value: JSON?, _ name: String) -> RequestPlan {
            Model.plan(
                path: .literal(.string("/" + name)), condition: value.map { .equal(.fact(.parameter(0)), .literal($0)) }
            )
        }
        for (value, path) in [("a", "/first"), ("b", "/second"), ("c", "/last")] as [(JSON, String)] {
            let transport = ScriptedTransport(.json("{}"))
            let operation = Model.operation(plan("a", "first"), plan("b", "second"), plan(nil, "last"))
            _ = await Model.connector(transport).ask(operation, Model.facts(value))
            #expect(transport.requests.map(\.url) == ["https://bank.example/data" + path])
        }
        let none = await Model.connector(ScriptedTransport()).ask(Model.operation(plan("a", "x")), Model.facts("z"))
        #expect(none.code == "NN999")
    }

    @Test func `basic credentials and client certificates come from the settings`() async {
        let basic = Authentication(
            name: "basic", kind: .basic(user: .fact(.setting("client_id")), password: .fact(.setting("client_secret"))),
            retryOn: [])
        let request = await Self.sent(Model.plan(authentication: basic), Model.facts())
        #expect(request?.header("Authorization") == "Basic bWU6czox")
        let mutual = Model.operation(
            Model.plan(authentication: Authentication(name: "tls", kind: .mutualTLS(saml: nil), retryOn: [])))
        let transport = ScriptedTransport(.json("{}"))
        #expect(await Model.connector(transport).ask(mutual, Model.facts()).code == "NN001")
        var configuration = TableConfiguration()
        configuration.values["bank.client_certificate"] = "/c.pem"
        configuration.values["bank.client_key"] = "/k.pem"
        #expect(await Model.connector(transport, configuration).ask(mutual, Model.facts()).code == nil)
        #expect(transport.requests.map(\.identity?.certificate) == ["/c.pem"])
    }

    @Test func `an address is the provider's base with the path, or its own override`() async {
        var configuration = TableConfiguration()
        #expect(configuration.address("data", of: Model.register) == "https://register.example/places")
        #expect(configuration.address("unknown", of: Model.bank) == nil)
        configuration.values["bank.data.url"] = "http://elsewhere/x"
        #expect(configuration.address("data", of: Model.bank) == "http://elsewhere/x")
        configuration.values["bank.url"] = nil
        #expect(configuration.address("token", of: Model.bank) == nil)
        configuration.values["bank.loans.client_id"] = "loans"
        #expect(configuration.setting(provider: "bank", client: "loans", "client_id")?.exposed == "loans")
        #expect(configuration.setting(provider: "bank", client: "cards", "client_id")?.exposed == "me")
        let outcome = await Model.connector(ScriptedTransport(), TableConfiguration(values: [:]))
            .ask(Model.operation(Model.plan()), Model.facts())
        #expect(outcome.code == "NN001")
    }
}
