import AsyncHTTPClient
import CatalogueModel
import DataProviders
import Desk
import Foundation
import Hummingbird
import Logging
import NIOCore
import Sandbox
import Synchronization
import Values

/// Replays recorded provider answers: each is served by a fake provider over HTTP while a public call is made to a
/// whole hub, and the answers are compared.
struct Replay {
    let index: ReplayIndex
    let catalogue: CompiledCatalogue
    let clock: WallClock

    struct Count { var passed = 0, failed = 0, skipped = 0 }

    /// What runs while entries are replayed.
    private struct Rig: Sendable {
        let fakes: [String: FakeProvider]
        let hub: Hub
        let token: String
        let base: String
    }

    /// - Parameter report: called with each difference.
    func run(provider: String?, report: (String) -> Void) async throws -> Count {
        let entries = index.entries.filter { provider == nil || $0.provider == provider }
        let folder = FileManager.default.temporaryDirectory.appending(path: "unefois-replay-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let identities = try Identities(
            entries, scopes: catalogue.scopes.names, folder: folder.appending(path: "identities"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let rig = try await start(folder, identities.folder.path, &group)
            var count = Count()
            for entry in entries { try await replay(entry, rig, &count, report) }
            group.cancelAll()
            await rig.hub.close()
            return count
        }
    }

    private func start(
        _ path: URL, _ identities: String, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Rig {
        let folder = try DataFolder(path.path)
        try FileManager.default.createDirectory(atPath: folder.signingKeys, withIntermediateDirectories: true)
        let keys = try FranceConnectKeys(file: folder.franceConnectKey)
        try Data(keys.jwks.bytes).write(to: URL(filePath: folder.franceConnectJWKS))
        let secret = SecretText.make()
        var addresses = ["france_connect": try await franceConnect(secret, identities, folder, &group)]
        var fakes: [String: FakeProvider] = [:]
        for provider in catalogue.providers.values where provider.id != "france_connect" {
            let tokens = provider.addresses.filter { $0.key.contains("token") }.map(\.value)
            let fake = FakeProvider(tokenPaths: Set(tokens))
            fakes[provider.id] = fake
            let port = try await listen(
                CallbackResponder<BasicRequestContext> { request, _ in fake.respond(request) }, &group)
            addresses[provider.id] = "http://127.0.0.1:\(port)"
        }
        let certificates = path.appending(path: "certificates")
        try SandboxCertificates.write(in: certificates)
        let providers = HubProviders(
            configured: { _, _ in nil }, addresses: addresses, secret: Redacted(secret),
            certificates: certificates.path)
        let hub = try await Hub(
            folder: folder, catalogue: catalogue, providers: providers, franceConnectKeys: keys, rehearsals: nil,
            clock: clock, breakers: Breakers(model: Breaker(threshold: .max)), quotas: NoQuotas(),
            isFictional: true, checksEchoes: false)
        let grant = try await hub.store.create(hub.store.demoGrant(scopes: catalogue.scopes.names, limit: .unlimited))
        let token = try await hub.store.createToken(for: grant.id)
        hub.gateway.use(try await hub.store.rights(since: hub.gateway.rightsVersion))
        let port = try await listen(hub.responder { _ in }, &group)
        hub.address.url = "http://127.0.0.1:\(port)"
        return Rig(
            fakes: fakes, hub: hub, token: try await TokenIssuer(keys: hub.keys).jwt(for: token, of: grant).exposed,
            base: hub.address.url)
    }

    /// A simulated FranceConnect that knows the identities of the entries.
    private func franceConnect(
        _ secret: String, _ identities: String, _ folder: DataFolder,
        _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> String {
        var options = SandboxOptions(secret: secret)
        options.families = 1
        options.companies = 1
        options.clientKeys = folder.franceConnectJWKS
        options.franceConnectCases = identities
        options.scopes = catalogue.scopes.names
        options.clock = clock
        let sandbox = try Sandbox(options)
        let (addresses, continuation) = AsyncStream.makeStream(of: [String: String].self)
        group.addTask { try await sandbox.run { continuation.yield($0) } }
        for await ready in addresses { return ready["france_connect"] ?? "" }
        throw ReplayIndex.Failure(description: "le FranceConnect simulé n'a pas démarré")
    }

    private func listen<Responder: HTTPResponder>(
        _ responder: Responder, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "unefois.replay")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
        group.addTask { try await application.run() }
        for await port in ports { return port }
        throw ReplayIndex.Failure(description: "un port n'a pas pu être ouvert")
    }

    private func replay(
        _ entry: ReplayIndex.Entry, _ rig: Rig, _ count: inout Count, _ report: (String) -> Void
    ) async throws {
        for id in entry.operations {
            guard let operation = catalogue.operation(id) else {
                count.skipped += 1
                continue
            }
            rig.fakes[entry.provider]?.tell(try index.answers(entry), isHost: operation.sealsAddresses)
            let (status, body) = try await call(operation, entry, rig)
            if let difference = try difference(entry, id, status, body) {
                count.failed += 1
                report("\(entry.file) \(id): \(difference)")
            } else {
                count.passed += 1
            }
        }
    }

    private func call(
        _ operation: APIOperation, _ entry: ReplayIndex.Entry, _ rig: Rig
    ) async throws -> (Int, JSON?) {
        let isCitizen = operation.identity == .franceConnect
        var path = operation.route
        var query = operation.style == .entreprise ? "context=replay&object=replay&" : ""
        query += "recipient=13002526500013"
        for (name, value) in entry.parameters {
            guard !path.contains("{\(name)}") else {
                path = path.replacingOccurrences(of: "{\(name)}", with: value.text ?? "")
                continue
            }
            guard !isCitizen || !FranceConnectIdentity.parameters.contains(name) else { continue }
            let values = value.items.map { $0.map { (name + "[]", $0) } } ?? [(name, value)]
            for (name, value) in values { query += "&" + Form.encoded(name) + "=" + Form.encoded(value.text ?? "") }
        }
        var request = HTTPClientRequest(url: rig.base + path + "?" + query)
        let token = isCitizen ? Identities.token(entry) : rig.token
        request.headers.add(name: "Authorization", value: "Bearer " + token)
        request.headers.add(name: "Cache-Control", value: "no-cache")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = Array(try await response.body.collect(upTo: 1 << 24).readableBytesView)
        return (Int(response.status.code), try? JSON(parsing: bytes))
    }

    private func difference(
        _ entry: ReplayIndex.Entry, _ operation: String, _ status: Int, _ body: JSON?
    ) throws -> String? {
        let code = body?["errors"]?.items?.first?["code"]?.text
        guard status == entry.expectedStatus else {
            return "statut \(status) \(code ?? ""), attendu \(entry.expectedStatus) \(entry.expectedCode ?? "")"
        }
        if let expected = entry.expectedCode, code != expected { return "code \(code ?? "aucun"), attendu \(expected)" }
        guard let file = entry.expectedFiles[operation] else { return nil }
        let expected = try index.expectedBody(file)
        return AnswerComparison.difference(body ?? .null, expected, at: "")
    }
}

/// Form encoding of the replay's own calls.
enum Form {
    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
