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
    let rights = TestRights()
    /// Whether errors are the hub's own, not those of published cases.
    var checksErrors = true

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
        rights.change(hub) { made in
            made.grants.append(grant)
            made.tokens.append(token)
        }
        return try await TokenIssuer(keys: hub.keys).jwt(for: token, of: grant).exposed
    }

    func send(
        _ target: String, token: String? = nil, headers: [String: String] = [:], method: String = "GET"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + target)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer " + token) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        return try await answer(HTTPClient.shared.execute(request, timeout: .seconds(30)), target)
    }

    /// Sends a form, as a browser does.
    func post(_ target: String, form: String) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)" + target)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "text/html")
        request.body = .bytes(Array(form.utf8))
        return try await answer(HTTPClient.shared.execute(request, timeout: .seconds(30)), target)
    }

    private func answer(_ response: HTTPClientResponse, _ target: String) async throws -> Answer {
        let bytes = try await response.body.collect(upTo: 1 << 22)
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
        let answer = Answer(
            status: Int(response.status.code), headers: Dictionary(fields, uniquingKeysWith: { $1 }),
            body: Array(buffer: bytes))
        if checksErrors { ErrorInvariant.check(answer, target, hub.catalogue) }
        return answer
    }

    /// Orders a failure of a simulated provider.
    func fault(_ provider: String, _ order: String?) async throws {
        var request = HTTPClientRequest(url: (sandbox[provider] ?? "") + "/_faults")
        request.method = order == nil ? .DELETE : .POST
        if let order { request.body = .bytes(Array(order.utf8)) }
        _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10)).body.collect(upTo: 1 << 16)
    }
}

/// Rights that a test has made so far.
final class TestRights: Sendable {
    struct Made {
        var grants: [Grant] = []
        var tokens: [AccessToken] = []
        var vendors: [SoftwareVendor] = []
        var vendorTokens: [VendorToken] = []
        var delegations: [Delegation] = []
        var clients: [OAuthClient] = []
    }

    private let made = Mutex(Made())

    /// Changes them; the hub knows at once.
    func change(_ hub: Hub, _ change: (inout Made) -> Void) {
        let made = made.withLock { made in
            change(&made)
            return made
        }
        hub.gateway.use(
            RightsReading(
                rights: GrantSnapshot(
                    grants: made.grants, tokens: made.tokens, vendors: made.vendors, vendorTokens: made.vendorTokens,
                    delegations: made.delegations, clients: made.clients)))
    }
}
