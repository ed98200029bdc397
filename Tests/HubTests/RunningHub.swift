import AsyncHTTPClient
import CatalogueModel
import DataProviders
import Desk
import Foundation
import Gateway
import Hummingbird
import Logging
import NIOCore
import Sandbox
import Synchronization
import TestSupport
import Values

@testable import unefois

/// Friday 15 May 2026, noon in Paris.
let may = Date(timeIntervalSince1970: 1_778_839_200)

/// A clock that stands still until it is told otherwise.
final class MovingClock: Sendable {
    private let instant = Mutex(may)
    var wall: WallClock { WallClock { [self] in instant.withLock { $0 } } }
    func set(_ date: Date) { instant.withLock { $0 = date } }
    func advance(_ seconds: Double) { instant.withLock { $0.addTimeInterval(seconds) } }
}

/// A whole hub that listens, over a provider of the test or over the sandbox.
struct RunningHub: Sendable {
    let hub: Hub
    let folder: DataFolder
    let port: Int
    let stub: ProviderStub
    let clock: MovingClock
    /// Addresses of the simulated providers; empty without a sandbox.
    let sandbox: [String: String]
    /// Address of the stub, which is also that of the provider of papers.
    let papers: String
    private let rights = TestRights()

    init(
        hub: Hub, folder: DataFolder, port: Int, stub: ProviderStub, clock: MovingClock, sandbox: [String: String],
        papers: String
    ) {
        self.papers = papers
        self.hub = hub
        self.folder = folder
        self.port = port
        self.stub = stub
        self.clock = clock
        self.sandbox = sandbox
    }

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON { (try? JSON(parsing: body)) ?? .null }
        var codes: [String] { json["errors"]?.items?.compactMap { $0["code"]?.text } ?? [] }
        var code: String? { codes.first }
    }

    static let scopes = ["cnaf_quotient_familial", "cnaf_allocataires", "cnaf_enfants", "cnaf_adresse"]

    /// A token of a new grant, known to the hub at once.
    func token(
        id: String = UUID().uuidString.lowercased(), scopes: [String] = Self.scopes, limit: Grant.Limit = .unlimited,
        addresses: [String] = [], expires: Date = .distantFuture
    ) async throws -> String {
        let grant = Grant(
            id: "grant-" + id, siret: "13002526500013", organisation: "Ville", title: "Cantine", purpose: "Tarif",
            scopes: scopes, allowedAddresses: addresses, limit: limit, expires: expires)
        let token = AccessToken(id: id, grant: grant.id, issued: may, expires: expires)
        rights.add(grant, token, to: hub)
        return try await TokenIssuer(keys: hub.keys).jwt(for: token, of: grant).exposed
    }

    func send(
        _ target: String, token: String? = nil, headers: [String: String] = [:], method: String = "GET"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + target)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return try await Self.answer(HTTPClient.shared.execute(request, timeout: .seconds(30)))
    }

    /// Sends a form, as a browser does.
    func post(_ target: String, form: String) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + target)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "text/html")
        request.body = .bytes(Array(form.utf8))
        return try await Self.answer(HTTPClient.shared.execute(request, timeout: .seconds(30)))
    }

    private static func answer(_ response: HTTPClientResponse) async throws -> Answer {
        let bytes = try await response.body.collect(upTo: 1 << 22)
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), headers: Dictionary(fields, uniquingKeysWith: { $1 }),
            body: Array(buffer: bytes))
    }

    /// Orders a failure of a simulated provider.
    func fault(_ provider: String, _ order: String?) async throws {
        var request = HTTPClientRequest(url: (sandbox[provider] ?? "") + "/_faults")
        request.method = order == nil ? .DELETE : .POST
        if let order { request.body = .bytes(Array(order.utf8)) }
        _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10)).body.collect(upTo: 1 << 16)
    }
}

/// Grants and tokens that a test has made so far.
final class TestRights: Sendable {
    private let made = Mutex<([Grant], [AccessToken])>(([], []))

    func add(_ grant: Grant, _ token: AccessToken, to hub: Hub) {
        let (grants, tokens) = made.withLock { made in
            made.0.append(grant)
            made.1.append(token)
            return made
        }
        hub.gateway.use(GrantSnapshot(grants: grants, tokens: tokens, version: grants.count))
    }
}
