import CatalogueModel
import Desk
import Foundation
import Gateway
import Hummingbird
import Logging
import Operations
import Pages
import Proofs
import Sandbox
import Values

/// The pages, wired to the hub.
struct ServerPages {
    private let pages: Pages

    init(hub: Hub, settings: Settings, demoToken: String?) throws {
        let information = demoToken.map { token in
            SandboxInformation(token: token, subjects: SandboxSubjects.all(settings, clock: hub.clock))
        }
        let options = PagesOptions(
            dsfr: DesignSystem.folder, publicURL: hub.address.url, stateBrand: settings.stateBrand,
            sandbox: information, version: unefoisVersion, clock: hub.clock)
        pages = try Pages(
            options: options, catalogue: { hub.catalogue },
            trying: demoToken == nil ? nil : TriedCalls(gateway: hub.gateway),
            requests: KeptDataRequests(store: hub.dataRequests), status: hub.watch,
            proofs: CheckedProofs(proofs: hub.proofs, limiter: hub.gateway.limiter, clock: hub.clock),
            explaining: ExplainedCalls(hub: hub, folder: hub.folder))
    }

    func addRoutes(to router: Router<BasicRequestContext>) { pages.addRoutes(to: router) }
}

/// The State's design system, as `scripts/dsfr` leaves it: installed, here, or beside the program's folders.
enum DesignSystem {
    static var folder: URL {
        if let installed = ProgramFiles.shared("dsfr") { return installed }
        var candidates = [URL(filePath: FileManager.default.currentDirectoryPath)]
        var folder = ProgramFiles.program.deletingLastPathComponent()
        for _ in 0..<5 {
            candidates.append(folder)
            folder.deleteLastPathComponent()
        }
        let places = candidates.map { $0.appending(path: ".cache/dsfr") }
        return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
    }
}

/// Keeps the requests for data in the database.
struct KeptDataRequests: DataRequesting {
    let store: DataRequestStore

    func record(datum: String, siret: String, reason: String) async throws -> DataRequestOutcome {
        try await store.record(datum: datum, siret: siret, reason: reason) ? .recorded : .tooMany
    }

    func counts() async throws -> [String: Int] { try await store.counts() }
}

/// Puts the calls of the try-it form to the gateway, as a client's would come in.
struct TriedCalls: CallTrying {
    let gateway: Gateway

    func call(path: String, query: [(String, String)], headers: [(String, String)]) async -> TriedAnswer {
        let began = ContinuousClock.now
        let query = query.map { Form.encoded($0.0) + "=" + Form.encoded($0.1) }.joined(separator: "&")
        func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
        let bearer = header("authorization").map { Redacted(String($0.dropFirst("Bearer ".count))) }
        let call = Call(
            method: "GET", path: QueryParameters.decodedPath(path), query: QueryParameters(query), bearer: bearer,
            apiKey: header("x-api-key").map { Redacted($0) }, requestID: nil, remoteAddress: nil, wantsFresh: true)
        guard let answer = await gateway.answer(call) else {
            return TriedAnswer(status: 404, headers: [], body: [], duration: .zero)
        }
        let fields = [("Content-Type", answer.contentType)] + answer.allHeaders.map { ($0.name.rawValue, $0.value) }
        return TriedAnswer(
            status: answer.status, headers: fields, body: answer.body, duration: began.duration(to: .now))
    }
}

/// Checks proofs, so many from one network address.
struct CheckedProofs: ProofChecking {
    let proofs: Proofs
    let limiter: RateLimiter
    let clock: WallClock

    func check(token: String, code: String) async -> ProofCheck {
        let now = Int(clock.now().timeIntervalSince1970)
        let address = Visitor.address.map(AddressBlock.subscriber) ?? ""
        if let seconds = limiter.secondsToWait(at: .proofs, address, now: now) {
            return .tooMany(seconds)
        }
        do {
            return .verdict(try await proofs.check(token: token, code: code))
        } catch {
            Logger(label: "unefois.proofs").error("les preuves sont illisibles", metadata: ["reason": "\(error)"])
            return .unavailable
        }
    }
}

/// The fictional people and companies under every name that a version of an API gives their data.
enum SandboxSubjects {
    static func all(_ settings: Settings, clock: WallClock) -> [SandboxInformation.Subject] {
        let population = Population(
            seed: UInt64(settings.sandboxSeed), families: 1, companies: 1, clock: clock)
        return population.featured.map { subject in
            var parameters: [String: [String]] = [:]
            for (name, value) in subject.parameters { parameters[name, default: []].append(value) }
            for (old, new) in olderNames { parameters[old] = parameters[new] }
            return SandboxInformation.Subject(
                label: "\(subject.key ?? "") : \(subject.description)", parameters: parameters,
                franceConnectToken: subject.kind == .company ? nil : subject.key.map { "fc-" + $0 })
        }
    }

    /// Names of v2 and those of v3.
    private static let olderNames = [
        ("anneeDateDeNaissance", "anneeDateNaissance"), ("moisDateDeNaissance", "moisDateNaissance"),
        ("jourDateDeNaissance", "jourDateNaissance"), ("sexe", "sexeEtatCivil"),
        ("codePaysLieuDeNaissance", "codeCogInseePaysNaissance"),
        ("codeInseeLieuDeNaissance", "codeCogInseeCommuneNaissance"),
    ]
}
