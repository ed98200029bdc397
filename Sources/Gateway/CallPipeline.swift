import CatalogueModel
import DataProviders
import Foundation
import Ledger
import Logging
import Values

/// The way of one call, in the order of the contract: credential, address, limit, scope, equal call in flight, mandatory
/// parameters, version, recipient, parameters, maintenance, cache, provider, projection, ledger.
///
/// Each step is a function of values that answers or passes on; only the provider and the ledger are waited for.
final class CallPipeline: Sendable {
    let gateway: Gateway
    let snapshot: HubSnapshot
    let call: Call
    let operation: APIOperation
    /// When it was read: what it waits for its turn counts.
    let started = ContinuousClock.now
    /// The moment of the call, the same for every step: a limit, a right, a day and a cache do not see different ones.
    let now: Date
    static let logger = Logger(label: "unefois.gateway")

    init(gateway: Gateway, snapshot: HubSnapshot, call: Call, operation: APIOperation) {
        self.gateway = gateway
        self.snapshot = snapshot
        self.call = call
        self.operation = operation
        now = gateway.parts.clock.now()
    }

    var presentation: Presentation { Presentation(style: operation.style) }
    var problems: ProblemFactory { ProblemFactory(catalogue: snapshot.catalogue) }

    /// What the call has come to know on its way. An object: a value of this size would be copied into the frame of each
    /// step that waits.
    final class Progress {
        let caller: Caller
        let traceability: Traceability
        var facts = AnswerFacts()
        var scopes = ScopeSet()
        var scopeNames: [String] = []
        var subject: String?
        var references = References()
        var code: String?
        var providerTime: Duration?
        /// Of the question to the provider, once it is put.
        var intent: LedgerIntent?

        init(_ caller: Caller, _ traceability: Traceability) {
            (self.caller, self.traceability) = (caller, traceability)
        }
    }

    /// Pseudonyms of what the caller says about its own side.
    struct References: Sendable {
        var agent: String?
        var context: String?
        var caseReference: String?
    }

    /// Refusals on the way, all of one kind; `nil` inside a step means that the call goes on.
    struct Refusal: Error {
        let problems: [Problem]
        /// True for an error that an equal call may be given again.
        var isCached = false
    }

    /// - Parameter variables: of the path; nil where the path exists in another version only.
    func answer(_ variables: [String: String]?) async -> Answer {
        guard let variables else { return await answerForUnservedVersion() }
        return await answer { progress throws(Refusal) in
            try checkScope(progress)
            let key = flightKey(progress)
            if let key, !gateway.inFlight.begin(key) { throw Refusal(problems: [problems.problem("00015")]) }
            defer { if let key { gateway.inFlight.end(key) } }
            try checkTraceability(progress)
            try checkRecipient(progress)
            try admit(progress)
            guard operation.gathered.isEmpty else {
                let values = operation.values(call.query, variables, progress.caller.identity)
                var body = await gathered(variables, progress).bytes
                if wantsProof { body = try await proven(body, values, progress) }
                return presentation.answer(body, status: 200, call, progress.facts)
            }
            return try await data(variables, progress)
        }
    }

    /// The same first steps, then the version is refused: who is not known learns nothing of it.
    private func answerForUnservedVersion() async -> Answer {
        await answer { progress throws(Refusal) in
            try checkScope(progress)
            try checkTraceability(progress)
            throw Refusal(problems: [problems.problem("00402")])
        }
    }

    /// Credential, limit, the steps given, trace: what every call goes through.
    private func answer(_ steps: (Progress) async throws(Refusal) -> Answer) async -> Answer {
        guard call.method == "GET" else { return Presentation.notAllowed(call) }
        let caller: Caller
        switch await identify() {
        case .success(let known): caller = known
        case .failure(let refusal): return presentation.answer(refusal.problems, call, AnswerFacts())
        }
        let place: Admission.Place
        do throws(Refusal) { place = try self.place(caller) } catch {
            return presentation.answer(error.problems, call, AnswerFacts())
        }
        defer { gateway.admission.end(place) }
        // What anybody may say of themselves is neither checked nor kept.
        let said = operation.style == .open ? QueryParameters("") : call.query
        let progress = Progress(caller, Traceability(said))
        var answer: Answer
        do throws(Refusal) {
            progress.references = try references(progress)
            try limit(progress)
            try checkPurpose(progress)
            answer = try await steps(progress)
        } catch {
            answer = refused(error, progress)
            // Nothing was given and nobody is known: a flood of such calls must not fill the ledger.
            if operation.identity == .nobody, progress.facts.quota?.isExceeded == true { return answer }
        }
        return await recorded(answer, progress)
    }

    @inline(never)
    func refused(_ refusal: Refusal, _ progress: Progress) -> Answer {
        progress.code = refusal.problems.first?.code
        return presentation.answer(refusal.problems, call, progress.facts)
    }

    // MARK: - Who calls

    private func identify() async -> Result<Caller, Refusal> {
        if operation.identity == .nobody { return .success(Caller(address: call.remoteAddress)) }
        if operation.identity == .franceConnect { return await identifyCitizen() }
        if operation.identity == .either, let bearer = call.bearer,
            !Credentials.isOurs(bearer.exposed, snapshot)
        {
            return await identifyCitizen()
        }
        return await gateway.holder(of: call, snapshot, now: now)
            .map { holder in
                switch holder {
                case .organisation(let right): Caller(right, purpose: call.purpose)
                case .vendor(let right): Caller(right, NamedDelegation(call), purpose: call.purpose, now: now)
                }
            }
            .mapError { Refusal(problems: [problems.problem($0.code)]) }
    }

    @inline(never)
    private func identifyCitizen() async -> Result<Caller, Refusal> {
        guard let token = call.bearer, !token.exposed.isEmpty,
            let provider = snapshot.catalogue.providers["france_connect"]
        else { return .failure(Refusal(problems: [problems.problem("00101")])) }
        // Each unknown token costs a question to FranceConnect: nobody may ask without bounds.
        let now = Int(now.timeIntervalSince1970)
        if let address = call.remoteAddress.map(AddressBlock.subscriber),
            let seconds = gateway.limiter.secondsToWait(at: .franceConnect, address, now: now)
        {
            var problem = problems.problem("00429")
            problem.retryAfter = seconds
            return .failure(Refusal(problems: [problem]))
        }
        let result = await gateway.parts.franceConnect.introspect(token, api: operation.api.id, provider: provider)
        return result.map { citizen in
            // With FranceConnect the identity comes from the person: no scope gives it back.
            let names = citizen.scopes.filter { operation.version < 3 || !$0.contains("_identite") }
            return Caller(citizen: citizen, token: token, scopes: snapshot.catalogue.scopes.set(names))
        }
        .mapError { Refusal(problems: [problems.problem($0.problem, nil, nil)]) }
    }

    // MARK: - What it may do

    func limit(_ progress: Progress) throws(Refusal) {
        guard progress.caller.admits(call.remoteAddress) else {
            throw Refusal(problems: [problems.problem("00107")])
        }
        if let code = progress.caller.refusal { throw Refusal(problems: [problems.problem(code)]) }
        let now = Int(now.timeIntervalSince1970)
        let quota = gateway.limiter.count(progress.caller.limitKey, operation, progress.caller.limit, now: now)
        progress.facts.quota = quota
        guard let quota, quota.isExceeded else { return }
        var problem = problems.problem("00429")
        problem.retryAfter = max(1, quota.reset - now)
        throw Refusal(problems: [problem])
    }

    func checkScope(_ progress: Progress) throws(Refusal) {
        if let code = Verdict.scope(operation, progress.caller.scopes) {
            throw Refusal(problems: [problems.problem(code)])
        }
    }

    /// What tells a call from others of the same token; nil for callers whom nothing tells apart.
    private func flightKey(_ progress: Progress) -> CallsInFlight.Key? {
        guard operation.identity != .nobody else { return nil }
        return CallsInFlight.Key(progress.caller.flightKey, call.path, call.query)
    }

    private func checkTraceability(_ progress: Progress) throws(Refusal) {
        let missing = progress.traceability.missing(operation.style, isFranceConnect: progress.caller.identity != nil)
        guard missing.isEmpty else { throw Refusal(problems: missing.map { problems.problem($0) }) }
    }

    private func checkRecipient(_ progress: Progress) throws(Refusal) {
        guard progress.traceability.hasValidRecipient else { throw Refusal(problems: [problems.problem("00210")]) }
    }

    // MARK: - What it asks

    func data(_ variables: [String: String], _ progress: Progress) async throws(Refusal) -> Answer {
        let values = try checked(variables, progress)
        if let published = rehearsed(variables, progress) {
            progress.code = published.status < 400 ? nil : "rehearsal"
            var body = published.body
            if wantsProof, published.status == 200 { body = try await proven(body, values, progress) }
            return presentation.answer(body, status: published.status, call, progress.facts)
        }
        try checkMaintenance()
        let kept = try await cachedOrAsked(values, progress)
        progress.code = kept.code
        guard kept.status == 200 else {
            return presentation.answer(kept.body, status: kept.status, call, progress.facts)
        }
        var body = operation.sealsAddresses ? try sealed(kept.body, progress) : kept.body
        if wantsProof { body = try await proven(body, values, progress) }
        return presentation.answer(body, status: 200, call, progress.facts)
    }

    /// The values of the parameters, all of them accepted. Where one is not, the trace still says about whom it was.
    @inline(never)
    private func checked(_ variables: [String: String], _ progress: Progress) throws(Refusal) -> [JSON?] {
        let values = operation.values(call.query, variables, progress.caller.identity)
        progress.scopes = progress.caller.scopes.intersection(operation.acceptedScopes)
        progress.scopeNames = snapshot.catalogue.scopes.names(of: progress.scopes)
        progress.subject = try subject(values)
        let failed = operation.failedChecks(values, today: Paris.date(at: now))
        guard failed.isEmpty else {
            throw Refusal(problems: failed.map { problems.problem($0.code, parameter: $0.parameter) })
        }
        // A test that strays into production must not be asked of a real register.
        if !gateway.parts.isFictional, let parameter = operation.fictionalParameter(values) {
            throw Refusal(problems: [problems.problem("00444", parameter: parameter.plainName)])
        }
        return values
    }

    @inline(never)
    private func rehearsed(_ variables: [String: String], _ progress: Progress) -> (status: Int, body: [UInt8])? {
        gateway.parts.rehearsals?.answer(
            operation: operation.id,
            parameters: operation.namedParameters(call.query, variables, progress.caller.identity))
    }

    @inline(never)
    private func checkMaintenance() throws(Refusal) {
        guard let end = Verdict.maintenance(operation, at: now) else { return }
        var closed = ProblemTemplate(code: "NN020")
        closed.retryIn = max(1, Int(end.timeIntervalSince(now).rounded(.up)))
        throw Refusal(problems: [problems.problem(closed, operation, nil)])
    }

    /// The answer as it may be kept: the same for every caller with these rights.
    private func cachedOrAsked(_ values: [JSON?], _ progress: Progress) async throws(Refusal) -> AnswerCache.Kept {
        guard let lifetime = operation.cache else { return AnswerCache.Kept(body: try await asked(values, progress)) }
        let key = gateway.cache.key(operation, values, progress.scopeNames, generation: snapshot.catalogue.generation)
        // Nobody may make the provider work at will.
        let wantsFresh = call.wantsFresh && operation.identity != .nobody
        if !wantsFresh, let (kept, seconds) = gateway.cache.answer(key, now: now) {
            progress.facts.cachedFor = seconds
            return kept
        }
        let end = lifetime.end(from: now, operation)
        do throws(Refusal) {
            let kept = AnswerCache.Kept(body: try await asked(values, progress))
            gateway.cache.keep(kept, key, until: end, now: now)
            return kept
        } catch {
            if error.isCached {
                let answer = presentation.answer(error.problems, call, progress.facts)
                let kept = AnswerCache.Kept(
                    status: answer.status, code: error.problems.first?.code, body: answer.body)
                gateway.cache.keep(kept, key, until: end, now: now)
            }
            throw error
        }
    }

    /// Puts addresses made for this caller in place of the provider's.
    @inline(never)
    private func sealed(_ body: [UInt8], _ progress: Progress) throws(Refusal) -> [UInt8] {
        let caller = progress.caller
        let holder = SealedLink.Holder(
            token: caller.tokenID, grant: caller.grantID, organisation: caller.organisation,
            recipient: recipient(progress), purpose: caller.purpose?.purpose.id, subject: progress.subject,
            caseReference: progress.references.caseReference, context: progress.references.context,
            agent: progress.references.agent, vendor: caller.vendor, delegation: caller.delegationID)
        do {
            return try gateway.sealed(body, operation, holder)
        } catch {
            Self.logger.error("un lien n'a pas pu être fait", metadata: ["reason": "\(error)"])
            throw Refusal(problems: [problems.problem("00502")])
        }
    }

    /// Whether the caller wants a proof and the API allows it.
    private var wantsProof: Bool { call.proof != nil && operation.isProvable }

    /// Adds the proof that the caller wants. Who has asked for a proof gets no answer without.
    @inline(never)
    private func proven(
        _ body: [UInt8], _ values: [JSON?], _ progress: Progress
    ) async throws(Refusal) -> [UInt8] {
        guard let wish = call.proof else { return body }
        let attestation = AttestationDraft(
            operation: operation, values: values, caller: progress.caller, recipient: recipient(progress),
            requestID: call.requestID, wasKept: progress.facts.cachedFor != nil)
        do {
            return try await gateway.proven(body, attestation, wish)
        } catch {
            Self.logger.error("une preuve n'a pas pu être faite", metadata: ["reason": "\(type(of: error))"])
            throw Refusal(problems: [problems.problem("00502")])
        }
    }

    // MARK: - What is kept of it

    /// The company's number, or a pseudonym of the person: never who it is.
    private func subject(_ values: [JSON?]) throws(Refusal) -> String? {
        let subject = Subject(operation, values)
        if let company = subject.company { return company }
        guard let person = subject.person else { return nil }
        return try pseudonym(of: person)
    }

    /// Pseudonyms of the agent, of the context and of the file reference that the caller gives: texts that may name a
    /// person, found again by whoever knows them. An agent's is one organisation's own.
    @inline(never)
    private func references(_ progress: Progress) throws(Refusal) -> References {
        func reference(_ kind: String, _ text: String?) throws(Refusal) -> String? {
            guard let text else { return nil }
            return try pseudonym(of: Array("\(kind)|\(text)".utf8))
        }
        let agent = call.agentID.map { "\(progress.caller.organisation ?? "")|\($0.exposed)" }
        return References(
            agent: try reference("agent", agent), context: try reference("context", progress.traceability.context),
            caseReference: try reference(
                "object", call.caseReference?.exposed ?? progress.traceability.object))
    }

    /// Without its pseudonym key a call cannot be traced, so it is refused.
    private func pseudonym(of identity: [UInt8]) throws(Refusal) -> String {
        do {
            return try gateway.parts.pseudonyms.pseudonym(of: identity, at: now)
        } catch {
            throw Refusal(problems: [problems.problem("00510")])
        }
    }

    /// Writes the trace and lets the answer go once it is on disk. Without a trace there is no answer.
    func recorded(_ answer: consuming Answer, _ progress: Progress) async -> Answer {
        let total = started.duration(to: .now).nanoseconds / 1000
        let entry: String
        do {
            entry = try await gateway.write(try outcome(answer, progress, total: total))
        } catch {
            gateway.warnOfLedger(error)
            return presentation.answer([untraced(error)], call, AnswerFacts(quota: progress.facts.quota))
        }
        answer.headers.append(.init(.runtime, Self.seconds(total)))
        answer.headers.append(.init(.ledgerEntry, entry))
        return answer
    }

    /// Microseconds as seconds with six decimals.
    static func seconds(_ microseconds: Int) -> String {
        var text = ByteOutput(capacity: 32)
        text.write(decimal: microseconds / 1_000_000)
        text.write(".")
        var (rest, unit) = (microseconds % 1_000_000, 100_000)
        while unit > 0 {
            text.write(UInt8(ascii: "0") + UInt8(rest / unit))
            (rest, unit) = (rest % unit, unit / 10)
        }
        return text.text
    }

    func recipient(_ progress: Progress) -> String? {
        progress.traceability.hasValidRecipient ? progress.traceability.recipient : nil
    }
}
