import AsyncHTTPClient
import Foundation
import NIOCore
import Sandbox
import Values

/// A sandbox that listens, and a client that follows no redirect.
struct RunningSandbox: Sendable {
    let addresses: [String: String]
    let population: Population
    let client: HTTPClient

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func json() throws -> JSON { try JSON(parsing: body) }
    }

    func send(
        _ provider: String, _ method: String = "GET", _ path: String, headers: [String: String] = [:],
        body: String? = nil, within seconds: Int64 = 20
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: (addresses[provider] ?? "") + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(Array(body.utf8)) }
        let response = try await client.execute(request, timeout: .seconds(seconds))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), headers: Dictionary(fields, uniquingKeysWith: { first, _ in first }),
            body: Array(buffer: bytes))
    }

    /// A query string of those values.
    static func query(_ pairs: [String: String]) -> String {
        let allowed = CharacterSet.alphanumerics
        return pairs.map { $0 + "=" + ($1.addingPercentEncoding(withAllowedCharacters: allowed) ?? "") }
            .sorted().joined(separator: "&")
    }

    func token(cnav scope: String) async throws -> String {
        let credentials = Data("unefois:se+cret/?".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_")
        let answer = try await send(
            "cnav", "POST", "/token", headers: ["Authorization": "Basic " + credentials],
            body: "grant_type=client_credentials&scope=" + scope)
        return try answer.json()["access_token"]?.text ?? ""
    }

    /// Asks the benefits' bus about a hand-written case.
    func benefit(_ benefit: String, _ key: String, adding extra: [String: String] = [:]) async throws -> Answer {
        let token = try await token(cnav: benefit)
        let query = identity(of: key).merging(extra) { $1 }
        return try await send(
            "cnav", "GET", "/\(benefit)?" + Self.query(query), headers: ["Authorization": "Bearer " + token])
    }

    /// The query that the benefits' bus expects for a hand-written case.
    func identity(of key: String) -> [String: String] {
        let subject = population.featured.first { $0.key == key }
        let values = Dictionary(
            subject?.parameters.map { ($0.name, [$0.value]) } ?? [], uniquingKeysWith: { $0 + $1 })
        func one(_ name: String) -> String { values[name]?.first ?? "" }
        func number(_ name: String, _ width: Int) -> String { CivilDate.padded(Int(one(name)) ?? 0, width) }
        let date = [
            number("anneeDateNaissance", 4), number("moisDateNaissance", 2), number("jourDateNaissance", 2),
        ]
        let query = [
            "nomNaissance": one("nomNaissance"), "listePrenoms": values["prenoms[]"]?.joined(separator: " ") ?? "",
            "dateNaissance": date.joined(separator: "-"), "genre": one("sexeEtatCivil"),
            "codePaysNaissance": one("codeCogInseePaysNaissance"),
            "codeLieuNaissance": one("codeCogInseeCommuneNaissance"),
        ]
        return query.filter { !$0.value.isEmpty }
    }
}

/// Noon in Paris on 15 May 2026.
let may = Date(timeIntervalSince1970: 1_778_839_200)

/// Options of a small sandbox whose clock stands still.
func smallOptions() -> SandboxOptions {
    var options = SandboxOptions(secret: "se+cret/?")
    options.families = 200
    options.companies = 60
    options.clock = .fixed(may)
    return options
}

/// Runs a sandbox for the time of `body`.
func withSandbox(
    _ options: SandboxOptions = smallOptions(), _ body: @Sendable @escaping (RunningSandbox) async throws -> Void
) async throws {
    let sandbox = try Sandbox(options)
    let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
    let (stream, continuation) = AsyncStream.makeStream(of: [String: String].self)
    let result = await Task {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await sandbox.run { continuation.yield($0) }
            }
            group.addTask {
                for await addresses in stream {
                    try await body(
                        RunningSandbox(addresses: addresses, population: sandbox.population, client: client))
                    return
                }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }.result
    try await client.shutdown()
    try result.get()
}
