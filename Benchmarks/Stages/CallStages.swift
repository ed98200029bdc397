import CatalogueModel
import DataProviders
import Foundation
import Gateway
import Ledger
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Values

/// The stages of one call, in their order.
struct CallStages {
    let hub: BenchedHub
    private let tokens: [Redacted<String>]
    private let peer = Peer(EmbeddedChannel())
    private let nobody = CallerAddress(trustedProxies: [])

    init(_ hub: BenchedHub) async throws {
        self.hub = hub
        let rights = hub.rights(1000)
        hub.gateway.use(RightsReading(rights: rights))
        tokens = try await hub.texts(rights, atMost: 1000)
    }

    private func head(_ number: Int) -> HTTPRequestHead {
        let letters = (0..<5).map { String(UnicodeScalar(UInt8(97 + number / Int(pow(26, Double($0))) % 26))) }
        let headers: HTTPHeaders = [
            "Host": "127.0.0.1:8080", "Authorization": "Bearer " + tokens[number % tokens.count].exposed,
            "Accept": "application/json", "Cache-Control": "no-cache",
        ]
        return HTTPRequestHead(
            version: .http1_1, method: .GET, uri: BenchedHub.target + letters.joined() + BenchedHub.rest,
            headers: headers)
    }

    private func call(_ head: HTTPRequestHead) throws -> Call {
        guard let routed = hub.gateway.routed(head.uri) else { throw BenchedHub.Failure(description: "no such call") }
        return Call(head, routed, peer, nobody)
    }

    func measure() throws -> [Cost] { try asking() + providing() + tracing() }

    /// Up to the question.
    private func asking() throws -> [Cost] {
        let (gateway, operation, now) = (hub.gateway, hub.operation, hub.clock.now())
        let (head, snapshot) = (head(0), gateway.snapshot)
        guard let routed = gateway.routed(head.uri) else { throw BenchedHub.Failure(description: "no such call") }
        let call = Call(head, routed, peer, nobody)
        let credentials = Credentials(verified: VerifiedTokens())
        for token in tokens { _ = try credentials.holder(token, snapshot, now: now).get() }
        let (scopes, today) = (operation.acceptedScopes, hub.clock.today)
        let values = operation.values(call.query, [:], nil)
        guard let person = Subject(operation, values).person, operation.failedChecks(values, today: today).isEmpty
        else { throw BenchedHub.Failure(description: "the call measured is not accepted") }
        return [
            Measure.cost("adresse trouvée") { _ in gateway.routed(head.uri) },
            Measure.cost("requête lue (en-têtes, paramètres)") { _ in Call(head, routed, peer, nobody) },
            Measure.cost("jeton déjà vu") { credentials.holder(tokens[$0 % tokens.count], snapshot, now: now) },
            Measure.cost("limite") { _ in
                gateway.limiter.count("token", operation, .perMinute(1 << 40), now: 1_778_832_000)
            },
            Measure.cost("droit") { _ in Verdict.scope(operation, scopes) },
            Measure.cost("valeurs des paramètres") { _ in operation.values(call.query, [:], nil) },
            Measure.cost("contrôles des paramètres") { _ in operation.failedChecks(values, today: today) },
            Measure.cost("personne, mise en forme") { _ in Subject(operation, values).person },
            try Measure.cost("pseudonyme") { _ in try hub.pseudonyms.pseudonym(of: person, at: now) },
        ]
    }

    /// The question, its answer, and what is kept of it.
    private func providing() throws -> [Cost] {
        let (operation, now) = (hub.operation, hub.clock.now())
        var facts = CallFacts(
            parameters: operation.values(try call(head(0)).query, [:], nil), recipient: "13002526500013",
            requestID: RequestID.make(), tokenID: UUID().uuidString, organisation: "13002526500013",
            version: operation.version, clock: hub.clock, publicURL: "https://hub.example",
            settings: { _ in Redacted("setting") })
        guard let plan = try operation.plan(for: facts) else { throw BenchedHub.Failure(description: "no plan") }
        let asked = facts
        (facts.status, facts.headers, facts.bytes) = (200, InstantProvider.headers, hub.provider.answer)
        facts.content = plan.format.read(facts.bytes)
        let (answered, mask, scopes) = (facts, operation.provider.maskText, operation.acceptedScopes)
        let body = try operation.answer.project(answered, scopes: scopes, maskText: mask)
        let (cache, end) = (AnswerCache(), now.addingTimeInterval(3600))
        let names = hub.catalogue.scopes.names(of: scopes)
        let key = cache.key(operation, answered.parameters, names)
        let kept = AnswerCache.Kept(body: body)
        cache.keep(kept, key, until: end, now: now)
        guard body.count > 100, cache.answer(key, now: now) != nil, try operation.verdict(on: answered) == nil else {
            throw BenchedHub.Failure(description: "the answer measured is not accepted")
        }
        return [
            Measure.cost("clé du cache") { _ in cache.key(operation, answered.parameters, names) },
            try Measure.cost("requête au fournisseur, composée") { _ in
                try operation.plan(for: asked)?.request(at: "http://127.0.0.1:1/quotient_familial", asked)
            },
            Measure.cost("JSON du fournisseur lu") { _ in plan.format.read(answered.bytes) },
            try Measure.cost("réponse jugée") { _ in try operation.verdict(on: answered) },
            try Measure.cost("réponse projetée et écrite") { _ in
                try operation.answer.project(answered, scopes: scopes, maskText: mask)
            },
            Measure.cost("mise en mémoire, chiffrée") { _ in cache.keep(kept, key, until: end, now: now) },
            Measure.cost("relue de la mémoire", turns: 0) { _ in cache.answer(key, now: now) },
        ]
    }

    /// The trace and the answer.
    private func tracing() throws -> [Cost] {
        var record = CallRecord(
            time: hub.clock.now(), requestID: RequestID.make(), grant: UUID().uuidString, token: UUID().uuidString,
            organisation: "13002526500013", recipient: "13002526500013", purpose: "principale",
            operation: hub.operation.id, provider: hub.operation.provider.id, scopes: hub.operation.acceptedScopeNames,
            subject: try hub.pseudonyms.pseudonym(of: [1, 2, 3], at: hub.clock.now()), outcome: .init(status: 200),
            durations: .init(total: 1234, provider: 567))
        record.intent = 123_456
        let (line, root) = (Array(record.serialized.utf8), MerkleHash.leaf([1]))
        var answer = Presentation.notAllowed(try call(head(0)))
        (answer.status, answer.contentType, answer.body) = (200, "application/vnd.api+json", hub.provider.answer)
        let (sent, form) = (answer, RequestForm(head(0)))
        return [
            Measure.cost("intention et issue, encodées") { _ in
                let facts = record.facts
                return (facts.intentMembers(record.milliseconds), record.ending.members(facts, after: 1))
            },
            Measure.cost("feuille et nœud de Merkle", turns: 2) { _ in
                MerkleHash.node(root, MerkleHash.leaf(line))
            },
            Measure.cost("réponse écrite pour le réseau") { _ in sent.wire(to: form, closes: false) },
        ]
    }

    /// Processor time of a call from its head to its answer, all threads together, in nanoseconds.
    func wholeCall() async throws -> Double {
        let (count, atOnce) = (1600, 32)
        var costs: [Double] = []
        for batch in 0..<6 {
            let heads = (0..<count).map { head(batch * count + $0) }
            let began = Machine.processNanoseconds
            try await withThrowingTaskGroup { group in
                for lane in 0..<atOnce {
                    group.addTask {
                        for number in stride(from: lane, to: count, by: atOnce) {
                            guard await hub.gateway.answer(try call(heads[number]))?.status == 200 else {
                                throw BenchedHub.Failure(description: "the call measured is refused")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // The first warms up.
            if batch > 0 { costs.append(Double(Machine.processNanoseconds - began) / Double(count)) }
        }
        return Measure.median(costs)
    }
}
