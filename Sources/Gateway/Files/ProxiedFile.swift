import CatalogueModel
import DataProviders
import Foundation
import HTTPTypes
import Ledger
import Values

/// Answers an address below `/proxy`, which a caller got in an answer: it needs no token, and what it gives is traced
/// under the grant that it was made for.
struct ProxiedFile {
    let gateway: Gateway
    let snapshot: HubSnapshot
    let call: Call
    private let started = ContinuousClock.now

    init(gateway: Gateway, snapshot: HubSnapshot, call: Call) {
        self.gateway = gateway
        self.snapshot = snapshot
        self.call = call
    }

    private var problems: ProblemFactory { ProblemFactory(catalogue: snapshot.catalogue) }
    private var now: Date { gateway.parts.clock.now() }

    /// Nil where no address of that shape is served.
    func answer() async -> Answer? {
        let parts = call.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isFile = parts.count == 4 && parts[2] == "files"
        let isDownload = parts.count == 5 && parts[3] == "download"
        guard isFile || isDownload, parts[1] == "proxy" else { return nil }
        guard call.method == "GET" else { return Presentation.notAllowed(call) }
        return isFile ? await file(parts[3]) : await download(parts[4], of: parts[2])
    }

    // MARK: - A file at an address of the provider's

    private func file(_ token: String) async -> Answer {
        let address = call.remoteAddress.map(AddressBlock.subscriber) ?? ""
        if let seconds = gateway.limiter.secondsToWait(at: .files, address, now: seconds) {
            return refused("00429", retryAfter: seconds)
        }
        guard let link = gateway.parts.links.open(token), link.download == nil,
            let operation = snapshot.catalogue.operation(link.operation)
        else { return Self.nothing(call) }
        guard link.expires > seconds else { return await traced(refused("00403"), link, operation, code: "00403") }
        guard gateway.beginFile() else { return refused("00429", retryAfter: 1) }
        defer { gateway.endFile() }
        guard let intent = begin(link, operation) else { return refused("00510") }
        let outcome = await gateway.parts.connector.file(at: link.address, of: operation.provider, facts(operation))
        switch outcome {
        case .refused(let template, _): return await refused(template, link, operation, intent)
        case .answered(let facts):
            let file = FetchedFile(facts, address: link.address)
            let answer = Answer(
                status: 200, contentType: file.type, headers: Presentation.common(call) + file.headers,
                body: facts.bytes)
            return await traced(answer, link, operation, after: intent)
        }
    }

    // MARK: - A document delivered on demand

    private func download(_ token: String, of provider: String) async -> Answer {
        guard let link = gateway.parts.links.open(token), let wanted = link.download,
            let operation = snapshot.catalogue.operation(link.operation), operation.provider.proxyName == provider,
            let plan = operation.provider.downloads[wanted.name]
        else { return refused("00314") }
        if let code = refusal(link, operation) { return await traced(refused(code), link, operation, code: code) }
        if let seconds = gateway.limiter.secondsToWait(at: .files, link.holder.token, now: seconds) {
            return await traced(refused("00429", retryAfter: seconds), link, operation, code: "00429")
        }
        guard let intent = begin(link, operation) else { return refused("00510") }
        let outcome = await gateway.parts.connector.download(
            plan, identifier: wanted.identifier, of: operation.provider, facts(operation))
        guard case .answered(let facts) = outcome, let document = facts.document else {
            if case .refused(let template, _) = outcome { return await refused(template, link, operation, intent) }
            return await refused(ProblemTemplate(code: "NN999"), link, operation, intent)
        }
        let body: JSON = [
            "data": ["document_url": .string(document.url), "expires_in": .integer(document.expiresIn)]
        ]
        let answer = Presentation(style: .entreprise).answer(body.bytes, status: 200, call, AnswerFacts())
        return await traced(answer, link, operation, after: intent)
    }

    /// Why the link opens nothing any more: its hour is over, or the right that it was made under.
    private func refusal(_ link: SealedLink, _ operation: APIOperation) -> String? {
        guard link.expires > seconds else { return "00403" }
        switch Credentials.holder(of: link.holder.token, snapshot, now: now) {
        case .failure(let refused): return refused.code
        case .success(.organisation(let right)): return refusal(right.right, operation)
        case .success(.vendor(let vendor)):
            let named = NamedDelegation(ids: Set([link.holder.delegation].compactMap(\.self)), recipient: nil)
            switch vendor.holder.delegation(named, now: now) {
            case .failure(let refused): return refused.code
            case .success(let delegated): return refusal(delegated.right, operation)
            }
        }
    }

    private func refusal(_ right: GrantRight, _ operation: APIOperation) -> String? {
        operation.acceptedScopes.meets(right.scopes) ? nil : "00100"
    }

    // MARK: - What both share

    private var seconds: Int { Int(now.timeIntervalSince1970) }

    private func facts(_ operation: APIOperation) -> CallFacts {
        CallFacts(
            parameters: [], recipient: nil,
            requestID: call.hasUUID ? call.requestID : RequestID.make(), tokenID: "",
            organisation: "", version: operation.version, clock: gateway.parts.clock,
            publicURL: gateway.parts.publicURL(), settings: { _ in nil })
    }

    private func refused(_ code: String, retryAfter: Int? = nil) -> Answer {
        var problem = problems.problem(code)
        problem.retryAfter = retryAfter
        return Presentation(style: .entreprise).answer([problem], call, AnswerFacts())
    }

    private func refused(
        _ template: ProblemTemplate, _ link: SealedLink, _ operation: APIOperation, _ intent: LedgerIntent
    ) async -> Answer {
        let problem = problems.problem(template, operation, nil)
        let answer = Presentation(style: .entreprise).answer([problem], call, AnswerFacts())
        return await traced(answer, link, operation, code: problem.code, after: intent)
    }

    static func nothing(_ call: Call) -> Answer {
        Answer(
            status: 404, contentType: "text/plain; charset=utf-8", headers: Presentation.common(call),
            body: Array("Ce fichier n'existe pas ou son lien a expiré.".utf8))
    }

    /// Puts the intent in the ledger's queue; nil where the provider must not be asked.
    private func begin(_ link: SealedLink, _ operation: APIOperation) -> LedgerIntent? {
        do throws(LedgerError) {
            return try gateway.parts.ledger.begin(facts(link, operation), at: now)
        } catch {
            gateway.warnOfLedger(error)
            return nil
        }
    }

    private func facts(_ link: SealedLink, _ operation: APIOperation) -> CallRecord.Facts {
        let holder = link.holder
        return CallRecord.Facts(
            requestID: gateway.recordedRequestID(call, now), grant: holder.grant,
            token: holder.token, organisation: holder.organisation, recipient: holder.recipient,
            purpose: holder.purpose, operation: link.download == nil ? "proxy_files" : "proxy_download",
            provider: operation.provider.id, subject: holder.subject, caseReference: holder.caseReference,
            context: holder.context, agent: holder.agent, vendor: holder.vendor, delegation: holder.delegation)
    }

    /// Writes the trace and lets the answer go once it is on disk. Without a trace there is no answer.
    private func traced(
        _ answer: Answer, _ link: SealedLink, _ operation: APIOperation, code: String? = nil,
        after intent: LedgerIntent? = nil
    ) async -> Answer {
        let total = started.duration(to: .now).nanoseconds / 1000
        let ending = CallRecord.Ending(
            time: now, outcome: .init(status: answer.status, code: code), durations: .init(total: total))
        gateway.fileMetrics.record(status: answer.status, total: total, provider: 0, cached: false)
        do {
            let entry = try LedgerEntry(ending, after: intent, of: facts(link, operation))
            var answer = answer
            answer.headers.append(.init(.ledgerEntry, try await gateway.write(entry)))
            return answer
        } catch {
            gateway.warnOfLedger(error)
            return refused("00510")
        }
    }
}
