import CatalogueModel
import Foundation
import Testing
import Values

@testable import unefois

/// A hub in front of another: what a collectivité installs before the national hubs.
struct NationalHubTests {
    /// Runs a hub over the sandbox, and a second one in front of it.
    private func chained(
        token: String? = nil,
        _ body: @Sendable @escaping (_ upstream: RunningHub, _ front: RunningHub) async throws -> Void
    ) async throws {
        var bench = HubBench()
        bench.usesSandbox = true
        try await bench.run { upstream in
            let scopes = try HubBench.catalogue.get().scopes.names
            var front = HubBench()
            front.national = HubBench.National(
                url: "http://127.0.0.1:\(upstream.port)",
                token: try await upstream.token(id: "upstream", scopes: scopes),
                franceConnect: upstream.sandbox["france_connect"] ?? "")
            if let token { front.national = .init(url: front.national?.url ?? "", token: token, franceConnect: "") }
            try await front.run { try await body(upstream, $0) }
        }
    }

    private static func target(_ operation: APIOperation) -> String {
        let example = CallExample(operation)
        return example.path + "?"
            + example.query.map { Form.encoded($0.0) + "=" + Form.encoded($0.1) }.joined(separator: "&")
    }

    /// Addresses of documents are made anew by each call.
    private static func settled(_ answer: RunningHub.Answer, _ hub: RunningHub) -> String {
        answer.text.replacing("http://127.0.0.1:\(hub.port)", with: "")
            .replacing(/"(http[^"]*|)\/(documents|proxy)\/[^"]*"/, with: "\"\"")
    }

    @Test func `every operation of the national contract is answered as upstream`() async throws {
        try await chained { upstream, front in
            let catalogue = try HubBench.catalogue.get()
            let operations = catalogue.operations.filter { $0.id.hasPrefix("api_") }
            #expect(operations.count > 40)
            for operation in operations {
                let isCitizen = operation.identity == .franceConnect
                let citizen = "fc-" + operation.api.citizen
                let scopes = catalogue.scopes.names
                let own = isCitizen ? citizen : try await front.token(scopes: scopes)
                let theirs = isCitizen ? citizen : try await upstream.token(scopes: scopes)
                let target = Self.target(operation)
                let (answer, direct) = (
                    try await front.send(target, token: own), try await upstream.send(target, token: theirs)
                )
                #expect(answer.status == direct.status, "\(operation.id) \(answer.text)")
                let (mine, expected) = (Self.settled(answer, upstream), Self.settled(direct, upstream))
                #expect(mine.replacing("http://127.0.0.1:\(front.port)", with: "") == expected, "\(operation.id)")
            }
        }
    }

    @Test func `rights are those of this hub, whatever the token upstream opens`() async throws {
        try await chained { _, front in
            let token = try await front.token(scopes: ["cnaf_enfants"])
            let answer = try await front.send(Query.v3.civility, token: token)
            #expect(answer.status == 200 && answer.json["data"]?.members?.map(\.key) == ["enfants"])
            let other = try await front.token(scopes: ["prime_activite"])
            #expect(try await front.send(Query.v3.civility, token: other).codes == ["00100"])
        }
    }

    @Test func `a refusal upstream keeps its code, and derived answers are made here`() async throws {
        try await chained { upstream, front in
            let token = try await front.token(scopes: RunningHub.scopes + ["quotient_familial_au_plus"])
            let unknown = Query.v3.with("nomNaissance", "INCONNUE")
            let refused = try await front.send(unknown.civility, token: token)
            let direct = try await upstream.send(unknown.civility, token: upstream.token())
            #expect(refused.status == direct.status && refused.codes == direct.codes && direct.status >= 400)
            let threshold = "/v3/reponses/quotient_familial/au_plus/identite?" + Query.v3.with("seuil", "620").text
            let answer = try await front.send(threshold, token: token)
            #expect(answer.json["data"]?["au_plus"] == true && answer.json["data"]?.members?.count == 4)
        }
    }

    @Test func `a token that the hub upstream refuses is our failure, not the caller's`() async throws {
        try await chained(token: "no.such.token") { _, front in
            let answer = try await front.send(Query.v3.civility, token: front.token())
            #expect(answer.status == 502 && answer.codes == ["35006"])
        }
    }
}
