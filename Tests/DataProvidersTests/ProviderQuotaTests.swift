import Synchronization
import Testing
import Values

@testable import CatalogueModel
@testable import DataProviders

/// What leaves for a provider that takes only so much.
struct ProviderQuotaTests {
    /// Time that moves when told.
    private final class Time: Sendable {
        private let elapsed = Mutex(Duration.zero)
        func advance(_ duration: Duration) { elapsed.withLock { $0 += duration } }
        var quotas: LocalQuotas { LocalQuotas { [self] in elapsed.withLock { $0 } } }
    }

    private static func operation(
        _ quotas: [ProviderQuota], authentication: Authentication? = nil, client: String? = nil,
        name: String = "accounts", lookups: [Lookup] = []
    ) -> APIOperation {
        let plan = Model.plan(authentication: authentication, client: client).asked(by: name)
        return Model.operation(plan, lookups: lookups, provider: Model.provider("bank", quotas: quotas))
    }

    private static func connector(
        _ transport: ScriptedTransport, _ quotas: LocalQuotas, breakers: Breakers = Breakers(),
        configuration: TableConfiguration = TableConfiguration(), register: ProviderDescription = Model.register
    ) -> Connector {
        Connector(
            transport: transport, configuration: configuration, breakers: breakers, documents: KeptDocuments(),
            clock: .system, quotas: quotas, catalogue: { Model.catalogue(register: register) })
    }

    @Test func `a call too many does not leave, has the code of the quota, and comes back in time`() async {
        let (time, transport) = (Time(), ScriptedTransport(.json("{}")))
        let breakers = Breakers(model: Breaker(threshold: 1, rest: 60))
        let connector = Self.connector(transport, time.quotas, breakers: breakers)
        let operation = Self.operation([ProviderQuota(calls: 2, period: 60, code: "31503")])
        for _ in 0..<2 { #expect(await connector.ask(operation, Model.facts()).code == nil) }
        time.advance(.seconds(20))
        let refused = await connector.ask(operation, Model.facts())
        #expect(refused.code == "31503" && refused.retryIn == 41 && refused.isWithheld)
        #expect(transport.requests.count == 2 && breakers.open.isEmpty)
        time.advance(.seconds(41))
        #expect(await connector.ask(operation, Model.facts()).code == nil && transport.requests.count == 3)
    }

    @Test func `without a code it is the provider that has too many calls`() async {
        let connector = Self.connector(ScriptedTransport(.json("{}")), Time().quotas)
        let operation = Self.operation([ProviderQuota(calls: 1, period: 60)])
        _ = await connector.ask(operation, Model.facts())
        #expect(await connector.ask(operation, Model.facts()).code == "NN008")
    }

    @Test func `failures count too, and a place is never lost`() async {
        let time = Time()
        let transport = ScriptedTransport { _ throws(TransportFailure) in throw .timeout }
        let breakers = Breakers(model: Breaker(threshold: .max))
        let connector = Self.connector(transport, time.quotas, breakers: breakers)
        let operation = Self.operation([ProviderQuota(calls: 2, period: 1)])
        for _ in 0..<20 {
            for _ in 0..<3 { _ = await connector.ask(operation, Model.facts()) }
            time.advance(.milliseconds(1001))
        }
        #expect(transport.requests.count == 40)
    }

    @Test func `the call for a token counts where it goes to the server of the data, and only there`() async {
        let operation = Self.operation([ProviderQuota(calls: 2, period: 60)], authentication: Model.oauth())
        let same = ScriptedTransport(.json("{}"))
        let near = Self.connector(same, Time().quotas)
        #expect(await near.ask(operation, Model.facts()).code == nil)
        #expect(await near.ask(operation, Model.facts()).code == "NN008" && same.requests.count == 2)
        var configuration = TableConfiguration()
        configuration.values["bank.token.url"] = "https://login.example/token"
        let other = ScriptedTransport(.json("{}"))
        let far = Self.connector(other, Time().quotas, configuration: configuration)
        for code in [nil, nil, "NN008"] { #expect(await far.ask(operation, Model.facts()).code == code) }
        #expect(other.requests.count == 3)
    }

    @Test func `a token for which there is no place refuses the call`() async {
        let transport = ScriptedTransport(.json("{}"))
        let connector = Self.connector(transport, Time().quotas)
        let quotas = [ProviderQuota(calls: 1, period: 60)]
        _ = await connector.ask(Self.operation(quotas), Model.facts())
        let refused = await connector.ask(Self.operation(quotas, authentication: Model.oauth()), Model.facts())
        #expect(refused.code == "NN008" && refused.isWithheld && transport.requests.count == 1)
    }

    @Test func `each client, or each operation, has a budget of its own`() async {
        for each in [ProviderQuota.Each.client, .operation] {
            let transport = ScriptedTransport(.json("{}"))
            let connector = Self.connector(transport, Time().quotas)
            let quotas = [ProviderQuota(calls: 1, period: 60, each: each)]
            for name in ["a", "b"] {
                let operation = Self.operation(quotas, client: name, name: name)
                #expect(await connector.ask(operation, Model.facts()).code == nil)
                #expect(await connector.ask(operation, Model.facts()).code == "NN008")
            }
            #expect(transport.requests.count == 2)
        }
    }

    @Test func `a quota of some operations leaves the others alone, and several hold together`() async {
        let transport = ScriptedTransport(.json("{}"))
        let connector = Self.connector(transport, Time().quotas)
        let quotas = [
            ProviderQuota(calls: 3, period: 60), ProviderQuota(calls: 1, period: 60, code: "17001", of: ["a"]),
        ]
        let (a, b) = (Self.operation(quotas, name: "a"), Self.operation(quotas, name: "b"))
        #expect(await connector.ask(a, Model.facts()).code == nil)
        // What the second quota refuses takes no place of the first.
        for _ in 0..<5 { #expect(await connector.ask(a, Model.facts()).code == "17001") }
        for code in [nil, nil, "NN008"] { #expect(await connector.ask(b, Model.facts()).code == code) }
    }

    @Test func `a lookup counts for its own provider, and the call goes on without it`() async {
        let transport = ScriptedTransport(.json(#"{"code":"08480"}"#))
        let register = Model.provider(
            "register", addresses: ["data": "/places"], quotas: [ProviderQuota(calls: 1, period: 60)])
        let connector = Self.connector(transport, Time().quotas, register: register)
        let lookup = Lookup(
            provider: "register", plan: Model.plan(), value: .member(.fact(.body), "code"), parameter: 0)
        for _ in 0..<3 {
            #expect(await connector.ask(Self.operation([], lookups: [lookup]), Model.facts(nil)).code == nil)
        }
        #expect(transport.requests.filter { $0.url.hasPrefix("https://register") }.count == 1)
        #expect(transport.requests.count == 4)
    }

    @Test func `many calls at once stay within the quota`() async {
        let transport = ScriptedTransport(.json("{}"))
        let connector = Self.connector(transport, Time().quotas)
        let operation = Self.operation([ProviderQuota(calls: 50, period: 60)])
        await withTaskGroup { group in
            for _ in 0..<400 { group.addTask { _ = await connector.ask(operation, Model.facts()) } }
        }
        #expect(transport.requests.count == 50)
    }
}

extension Connector.Outcome {
    var isWithheld: Bool { if case .refused(let problem, _) = self { problem.isWithheld } else { false } }
}

/// Looking whether a provider answers.
struct PingTests {
    private static let errors = ErrorNomenclature(
        [("NN003", 404), ("NN999", 502), ("NN001", 502), ("NN002", 504), ("NN000", 502)].map {
            ErrorNomenclature.Entry(
                code: $0.0, status: $0.1, title: "", detail: "", parameter: nil, header: nil, remedy: nil)
        }, providerNames: [:])

    private static let notFound = Refusal(
        condition: .equal(.fact(.status), .literal(404)), problem: ProblemTemplate(code: "NN003"))

    @Test(
        arguments: [
            (.json("{}"), .good), (.json("{}", status: 404), .good), (.json("{}", status: 500), .bad),
            (.json("<"), .bad), (.json("{}", status: 418), .bad), (.json("{}", status: 503), .bad),
        ] as [(ProviderResponse, PingResult)])
    func `a call is good where it is answered or refused as described`(answer: ProviderResponse, result: PingResult)
        async
    {
        let connector = Model.connector(ScriptedTransport(answer))
        let operation = Model.operation(Model.plan(), refusals: [Self.notFound])
        #expect(await connector.ping(operation, Model.facts(), Self.errors) == result)
    }

    @Test func `a call whose provider has no address says nothing, and one that may not leave neither`() async {
        var configuration = TableConfiguration()
        configuration.values["bank.url"] = nil
        let silent = ScriptedTransport(.json("{}"))
        let operation = Model.operation(Model.plan())
        #expect(
            await Model.connector(silent, configuration).ping(operation, Model.facts(), Self.errors) == .unconfigured)
        #expect(silent.requests.isEmpty)
        let provider = Model.provider("bank", quotas: [ProviderQuota(calls: 1, period: 60)])
        let bounded = Model.operation(Model.plan(), provider: provider)
        let connector = Model.connector(ScriptedTransport(.json("{}")))
        #expect(await connector.ping(bounded, Model.facts(), Self.errors) == .good)
        #expect(await connector.ping(bounded, Model.facts(), Self.errors) == .withheld)
    }

    @Test func `a call keeps no document`() async {
        let documents = KeptDocuments(isFull: true)
        let plan = DocumentPlan(
            encoding: .raw, name: "x", lifetime: 60, condition: .always, source: nil, undecodable: "NN051",
            empty: "NN056", unexpected: "NN055")
        let connector = Model.connector(ScriptedTransport(.json("%PDF-")), documents: documents)
        let operation = Model.operation(Model.plan(), document: plan)
        #expect(await connector.ping(operation, Model.facts(), Self.errors) == .good)
    }

    @Test func `a plain request wants one of its statuses, and shows no credentials`() async {
        let transport = ScriptedTransport(
            .json("", status: 200), .json("", status: 401), .json("", status: 404))
        let connector = Model.connector(transport)
        let plain = PingSource.PlainRequest(
            address: "data", path: "/state", statuses: [200, 401], timeout: .seconds(1))
        for result in [PingResult.good, .good, .bad] { #expect(await connector.ping(plain, of: Model.bank) == result) }
        #expect(transport.requests.allSatisfy { $0.url == "https://bank.example/data/state" && $0.headers.isEmpty })
        let nowhere = PingSource.PlainRequest(address: "none", path: "", statuses: [200], timeout: .seconds(1))
        #expect(await connector.ping(nowhere, of: Model.bank) == .unconfigured)
    }

    @Test func `a provider that the breaker spares is not asked`() async {
        let breakers = Breakers(model: Breaker(threshold: 2, rest: 600))
        let transport = ScriptedTransport { _ throws(TransportFailure) in throw .unavailable }
        let connector = Model.connector(transport, breakers: breakers)
        let plain = PingSource.PlainRequest(address: "data", path: "", statuses: [200], timeout: .seconds(1))
        for _ in 0..<5 { #expect(await connector.ping(plain, of: Model.bank) == .bad) }
        #expect(await connector.ping(Model.operation(Model.plan()), Model.facts(), Self.errors) == .bad)
        #expect(transport.requests.count == 2 && breakers.open == ["bank"])
    }
}
