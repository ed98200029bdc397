import CatalogueModel
import Foundation
import Hummingbird
import Logging
import NIOCore
import Values

/// Where the case-management software of a grant's holder says which cases it opens and closes.
///
/// Both lists are put: the same request again changes nothing more. A body with DELETE has no meaning that servers on
/// the way must respect (RFC 9110 §9.3.5), and a reference in an address would stay in their logs.
public struct CaseRoutes: Sendable {
    private let gateway: Gateway
    private static let logger = Logger(label: "unefois.cases")
    /// References in one request.
    private static let most = 1000
    private static let largestBody = 256 * 1024

    public init(gateway: Gateway) { self.gateway = gateway }

    public func add(to router: Router<BasicRequestContext>) {
        router.put("/dossiers/ouverts") { request, _ in try await answer(request, open: true) }
        router.put("/dossiers/clos") { request, _ in try await answer(request, open: false) }
    }

    private func answer(_ request: Request, open: Bool) async throws -> Response {
        let call = Call(request)
        do throws(Credentials.Refused) {
            let (grant, token) = try await holder(call)
            let now = Int(gateway.parts.clock.now().timeIntervalSince1970)
            if let seconds = gateway.limiter.secondsToWait(at: .cases, token, now: now) {
                return refused("00429", call, retryAfter: seconds)
            }
            guard let references = await Self.references(request) else { return refused("00457", call) }
            let changed: Int?
            do {
                changed = try await gateway.parts.cases.set(references, of: grant, open: open)
            } catch {
                Self.logger.error("le registre des dossiers ne peut être écrit", metadata: ["reason": "\(error)"])
                return refused("00511", call)
            }
            guard let changed else { return refused("00458", call) }
            let body: JSON = [
                "data": ["recus": .integer(references.count), "modifies": .integer(changed)], "links": [:],
                "meta": [:],
            ]
            return Response(
                Answer(
                    status: 200, contentType: "application/json", headers: Presentation.common(call), body: body.bytes))
        } catch {
            return refused(error.code, call)
        }
    }

    /// The grant whose register is meant, and whom the requests are counted under.
    private func holder(_ call: Call) async throws(Credentials.Refused) -> (Grant.ID, String) {
        let now = gateway.parts.clock.now()
        switch try await gateway.holder(call, gateway.snapshot, now) {
        case .organisation(let right): return (right.grant.id, right.token.id)
        case .vendor(let vendor):
            let delegated = try vendor.holder.delegation(NamedDelegation(call), now: now).get()
            guard delegated.right.addresses.admits(call.remoteAddress) else { throw Credentials.Refused(code: "00107") }
            return (delegated.right.grant.id, delegated.delegation.id)
        }
    }

    /// Every reference of the body; nil where one of them is none, or the body is no such list.
    private static func references(_ request: Request) async -> [String]? {
        guard let body = try? await request.body.collect(upTo: largestBody),
            let items = (try? JSON(parsing: body.readableBytesView))?["references"]?.items,
            (1...most).contains(items.count)
        else { return nil }
        let references = items.compactMap { item in
            if case .string(let text) = item { CaseReference.accepted(text) } else { nil }
        }
        return references.count == items.count ? references : nil
    }

    private func refused(_ code: String, _ call: Call, retryAfter: Int? = nil) -> Response {
        var problem = ProblemFactory(catalogue: gateway.snapshot.catalogue).problem(code)
        problem.retryAfter = retryAfter
        return Response(Presentation(style: .entreprise).answer([problem], call, AnswerFacts()))
    }
}
