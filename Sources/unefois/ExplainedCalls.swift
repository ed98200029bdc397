import Desk
import Foundation
import Gateway
import Ledger
import Logging
import Pages
import Storage
import Synchronization
import Values

/// Explains calls to holders of their grant, one reading of the ledger at a time.
final class ExplainedCalls: CallExplaining {
    private let hub: Hub
    private let folder: DataFolder
    private let isReading = Atomic(false)
    private static let logger = Logger(label: "unefois.explain")
    /// How far back calls are looked for, in seconds.
    private static let lookback = 31.0 * 86_400

    init(hub: Hub, folder: DataFolder) {
        self.hub = hub
        self.folder = folder
    }

    func explain(request: String, token: Redacted<String>) async -> CallExplanation {
        let (now, address) = (hub.clock.now(), Visitor.address)
        let place = address.map(AddressBlock.subscriber) ?? ""
        let seconds = Int(now.timeIntervalSince1970)
        if let wait = hub.gateway.limiter.secondsToWait(at: .explanations, place, now: seconds) {
            return .tooMany(wait)
        }
        guard let grants = hub.gateway.grants else { return .unavailable }
        let explainer = CallExplainer(
            catalogue: hub.catalogue, grants: grants, meters: hub.gateway.meters, now: now)
        let access: RecordAccess
        switch await hub.gateway.recordAccess(token, from: address, now: now) {
        case .success(let given): access = given
        case .failure(let refusal):
            return explainer.explanation(ofCode: refusal.code).map { .refusedToken($0) } ?? .unavailable
        }
        guard isReading.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return .tooMany(5)
        }
        defer { isReading.store(false, ordering: .releasing) }
        let (folder, since) = (folder, now.addingTimeInterval(-Self.lookback))
        do {
            let explanations = try await Blocking.run {
                try CallSearch.records(of: request, in: folder, since: since, where: access.reads)
                    .map(explainer.explanation)
            }
            return explanations.isEmpty ? .unknown : .explained(explanations)
        } catch {
            Self.logger.error("le registre ne peut pas être relu", metadata: ["reason": "\(error)"])
            return .unavailable
        }
    }
}
