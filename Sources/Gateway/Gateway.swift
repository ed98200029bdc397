import CatalogueModel
import DataProviders
import Foundation
import JWTKit
import Ledger
import Proofs
import Synchronization
import Values

/// The hub: one call goes in, one answer comes out, and its trace is on disk before it leaves.
public final class Gateway: Sendable {
    /// What the gateway stands on.
    public struct Parts: Sendable {
        public var connector: Connector
        public var franceConnect: FranceConnect
        public var ledger: LedgerWriter
        public var pseudonyms: PseudonymKeys
        public var documents: DocumentStore
        public var links: LinkSeal
        public var proofs: Proofs
        public var rehearsals: (any Rehearsing)?
        /// True where the data are fictional: proofs say so.
        public var isFictional: Bool
        public var questions: any QuestionCounting
        public var seenProofs: any ProofRemembering
        public var cases: any CaseRegistering
        public var clock: WallClock
        /// Base of absolute links, without a closing slash; known once the port is.
        public var publicURL: @Sendable () -> String

        public init(
            connector: Connector, franceConnect: FranceConnect, ledger: LedgerWriter, pseudonyms: PseudonymKeys,
            documents: DocumentStore, links: LinkSeal, proofs: Proofs, rehearsals: (any Rehearsing)?, isFictional: Bool,
            questions: any QuestionCounting, seenProofs: any ProofRemembering, cases: any CaseRegistering,
            clock: WallClock,
            publicURL: @escaping @Sendable () -> String
        ) {
            self.connector = connector
            self.franceConnect = franceConnect
            self.ledger = ledger
            self.pseudonyms = pseudonyms
            self.documents = documents
            self.links = links
            self.proofs = proofs
            self.isFictional = isFictional
            self.rehearsals = rehearsals
            self.questions = questions
            self.seenProofs = seenProofs
            self.cases = cases
            self.clock = clock
            self.publicURL = publicURL
        }
    }

    let parts: Parts
    let credentials: Credentials
    public let limiter = RateLimiter()
    let admission: Admission
    let inFlight = CallsInFlight()
    let flushed = FlushedRecords()
    let cache = AnswerCache()
    public let meters = PurposeMeters()
    let fileMetrics = OperationMetrics(operation: "proxy")
    private let filesUnderWay = Atomic(0)
    /// Stands before a provider's address in an answer until it is replaced; no provider can know it.
    let linkMark = UUID().uuidString + " "
    private let verified = VerifiedTokens()
    /// Held by who works rights out: of a million that takes seconds, for which nothing else may wait.
    private let making = Mutex(())
    private let state: Mutex<State>
    private let published: Mutex<HubSnapshot>

    /// What snapshots are made of.
    private struct State {
        var catalogue: CompiledCatalogue
        var metrics: [OperationMetrics]
        var grants = GrantSnapshot()
        var rights: RightsTable
        /// The last change that is taken in; nil until the rights have been read.
        var version: RightsVersion?
        var verifiers: [String: any JWTAlgorithm] = [:]
        var signing: String?
        var isCurrent = false
    }

    /// Changes the state and publishes its snapshot. Calls read the published one and never wait for its making.
    /// - Returns: the former snapshot, not to be freed under a lock.
    @discardableResult
    private func update(_ change: (inout State) -> Void) -> HubSnapshot {
        state.withLock { state in
            change(&state)
            let snapshot = HubSnapshot(
                catalogue: state.catalogue, metrics: state.metrics, rights: state.rights, verifiers: state.verifiers,
                signing: state.signing, isCurrent: state.isCurrent)
            return published.withLock { published in
                defer { published = snapshot }
                return published
            }
        }
    }

    /// Frees a snapshot of which every right was replaced, once no call is left that uses it: of a million rights that
    /// takes more than a second (1.6 s were measured), on the thread of whoever ends last with it.
    private func free(_ former: HubSnapshot) {
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.longestCall) { withExtendedLifetime(former) {} }
    }

    /// In seconds.
    private static let longestCall = 30.0

    private static func metrics(_ catalogue: CompiledCatalogue) -> [OperationMetrics] {
        catalogue.operations.map { OperationMetrics(operation: $0.id) }
    }

    public init(parts: Parts, catalogue: CompiledCatalogue, admission: Admission = Admission()) {
        self.parts = parts
        self.admission = admission
        credentials = Credentials(verified: verified, issuer: { parts.publicURL() })
        let metrics = Self.metrics(catalogue)
        let rights = RightsTable(GrantSnapshot(), catalogue.scopes, meters)
        state = Mutex(State(catalogue: catalogue, metrics: metrics, rights: rights))
        published = Mutex(HubSnapshot(catalogue: catalogue, metrics: metrics, rights: rights, isCurrent: false))
    }

    /// The rights in use; nil until they have been read.
    public var grants: GrantSnapshot? { state.withLock { $0.version == nil ? nil : $0.grants } }

    /// The last change of the rights in use; nil until they have been read.
    public var rightsVersion: RightsVersion? { state.withLock { $0.version } }

    /// The snapshot of this moment.
    public var snapshot: HubSnapshot { published.withLock { $0 } }

    /// Takes a new catalogue; calls under way end with the one that they began with. May take seconds, for which changes
    /// of rights wait.
    public func use(_ catalogue: CompiledCatalogue) {
        making.withLock { _ in
            let rights = RightsTable(state.withLock { $0.grants }, catalogue.scopes, meters)
            free(
                update {
                    $0.catalogue = catalogue
                    $0.metrics = Self.metrics(catalogue)
                    $0.rights = rights
                })
        }
        cache.clear()
    }

    /// Takes rights as they were read: all of them, or those that changed since the version in use. May take seconds.
    /// - Parameter isCurrent: asked at the end; false where it took so long that calls cannot be decided by it alone.
    public func use(_ reading: RightsReading, isCurrent: () -> Bool = { true }) {
        making.withLock { _ in
            let before = state.withLock { $0 }
            guard reading.since == nil || reading.since == before.version else {
                // Changes of something else than what is here: fail closed, and everything is read again.
                update { ($0.version, $0.isCurrent) = (nil, false) }
                return
            }
            var (grants, rights) = (before.grants, before.rights)
            if reading.since == nil {
                grants = reading.rights
                rights = RightsTable(grants, before.catalogue.scopes, meters)
            } else {
                grants.take(reading.rights)
                rights.take(reading.rights, of: grants, before.catalogue.scopes, meters)
            }
            let former = update { state in
                (state.grants, state.rights) = (grants, rights)
                (state.version, state.isCurrent) = (reading.version, isCurrent())
            }
            if reading.since == nil { free(former) }
        }
    }

    /// Refuses every call until grants are known again.
    public func losesGrants() { update { $0.isCurrent = false } }

    /// False while grants cannot be read.
    public var knowsGrants: Bool { snapshot.isCurrent }

    /// Takes the ring of keys that tokens are signed with.
    /// - Parameters:
    ///   - ring: HS256 secrets by `kid`.
    ///   - newest: the `kid` of the one that signs.
    public func use(_ ring: [String: Redacted<[UInt8]>], newest: String) async throws {
        let collection = JWTKeyCollection()
        var verifiers: [String: any JWTAlgorithm] = [:]
        for (kid, secret) in ring {
            let id = JWKIdentifier(string: kid)
            await collection.add(hmac: HMACKey(from: secret.exposed), digestAlgorithm: .sha256, kid: id)
            verifiers[kid] = try await collection.getKey(for: id)
        }
        guard Set(snapshot.verifiers.keys) != Set(verifiers.keys) else { return }
        update { [verifiers] in ($0.verifiers, $0.signing) = (verifiers, newest) }
        verified.clear()
    }

    /// Answers a call, or says that its path is none of the hub's.
    public func answer(_ call: Call) async -> Answer? {
        if let routed = routed(path: call.path, query: "") {
            return await pipeline(call, routed).answer(routed.variables)
        }
        if let answer = await answerAboutToken(call) { return answer }
        return await ProxiedFile(gateway: self, snapshot: snapshot, call: call).answer()
    }

    /// Files are held whole on their way: so many at once, no more.
    private static let filesAtOnce = 32

    /// False where too many files are under way.
    func beginFile() -> Bool {
        guard filesUnderWay.wrappingAdd(1, ordering: .relaxed).newValue > Self.filesAtOnce else { return true }
        endFile()
        return false
    }

    func endFile() { filesUnderWay.wrappingSubtract(1, ordering: .relaxed) }
}

/// Published answers that stand in for those of providers, for tests of consumers.
public protocol Rehearsing: Sendable {
    /// The published answer that fits, whole.
    /// - Parameter parameters: by their names on the wire, without `[]`.
    func answer(operation: String, parameters: [String: JSON]) -> (status: Int, body: [UInt8])?
}
