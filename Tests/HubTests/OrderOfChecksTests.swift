import Foundation
import Testing
import Values

@testable import Gateway
@testable import unefois

/// What a call can fail, in the order in which the contract checks it.
enum Flaw: Int, CaseIterable, CustomStringConvertible {
    case credential, address, limit, scope, inFlight, mandatory, version, recipient, parameter, maintenance, provider

    var code: String {
        switch self {
        case .credential: "00101"
        case .address: "00107"
        case .limit: "00429"
        case .scope: "00100"
        case .inFlight: "00015"
        case .mandatory: "00203"
        case .version: "00402"
        case .recipient: "00210"
        case .parameter: "00420"
        case .maintenance: "35020"
        case .provider: "35000"
        }
    }

    var description: String { code }

    /// Those that no call can have together: a recipient that is missing and wrong; a version that is answered at once,
    /// so that no equal call can be under way.
    static let impossible: [Set<Flaw>] = [[.mandatory, .recipient], [.inFlight, .version]]
}

struct OrderOfChecksTests {
    @Test func `who exists in the sandbox only is refused where providers are real`() async throws {
        var bench = HubBench()
        bench.isFictional = false
        try await bench.run { hub in
            let token = try await hub.token(scopes: RunningHub.scopes + ["open_data", "entreprises"])
            let nobody = Query.v3.with("codeCogInseeCommuneNaissance", "00001")
            #expect(try await hub.send(nobody.civility, token: token).codes == ["00444"])
            let trace = "?context=a&object=b&recipient=13002526500013"
            let company = try await hub.send("/v4/insee/sirene/unites_legales/012345674" + trace, token: token)
            #expect(company.status == 422 && company.codes == ["00444"] && hub.stub.asked.isEmpty)
            #expect(try await hub.send(Query.v3.civility, token: token).status == 200)
        }
    }

    @Test func `of two flaws of a call the earlier one is told`() async throws {
        try await HubBench().run { hub in
            for first in Flaw.allCases {
                for second in Flaw.allCases where second.rawValue >= first.rawValue {
                    guard !Flaw.impossible.contains([first, second]) else { continue }
                    let answer = try await Self.call([first, second], hub)
                    #expect(answer.codes == [first.code], "\(first) and \(second)")
                }
            }
            let flawless = try await Self.call([], hub)
            #expect(flawless.status == 200)
        }
    }

    private static func call(_ flaws: Set<Flaw>, _ hub: RunningHub) async throws -> RunningHub.Answer {
        // Sunday 17 May 2026, 23:10 in Paris, is a time of maintenance.
        hub.clock.set(flaws.contains(.maintenance) ? Date(timeIntervalSince1970: 1_779_052_200) : may)
        hub.stub.tell(.init(status: flaws.contains(.provider) ? 500 : 200))
        let id = UUID().uuidString
        let token = try await hub.token(
            id: id, scopes: flaws.contains(.scope) ? [] : RunningHub.scopes,
            limit: flaws.contains(.limit) ? .perMinute(0) : .perMinute(100),
            addresses: flaws.contains(.address) ? ["192.0.2.1"] : ["127.0.0.1"])
        var query = Query.v3
        if flaws.contains(.mandatory) { query = query.with("recipient") }
        if flaws.contains(.recipient) { query = query.with("recipient", "13002526500014") }
        if flaws.contains(.parameter) { query = query.with("nomNaissance", "1") }
        let path =
            flaws.contains(.version) ? "/v9/dss/quotient_familial/identite" : "/v3/dss/quotient_familial/identite"
        let key = CallsInFlight.Key(id, path, QueryParameters(query.text))
        if flaws.contains(.inFlight) { #expect(hub.hub.gateway.inFlight.begin(key)) }
        defer { hub.hub.gateway.inFlight.end(key) }
        return try await hub.send(
            path + "?" + query.text, token: flaws.contains(.credential) ? "wrong" : token,
            headers: ["Cache-Control": "no-cache"])
    }
}
