import Foundation
import Synchronization
import Values

/// Where the counts of purposes are kept and added up over all nodes.
public protocol PurposeCallKeeping: Sendable {
    /// Adds calls to their counts, all or none.
    /// - Returns: the counts as they then are, of all nodes.
    func add(_ calls: [PurposeCalls]) async throws -> [PurposeCalls]
    /// The counts of the day, of the month and of the year around an instant.
    func totals(at instant: Date) async throws -> [PurposeCalls]
}

/// The meters that have counted since they were last saved, each once: of a million, few have.
final class MetersToSave: Sendable {
    private let meters = Mutex<[PurposeMeter]>([])

    func add(_ meter: PurposeMeter) { meters.withLock { $0.append(meter) } }

    func take() -> [PurposeMeter] {
        meters.withLock { meters in
            defer { meters = [] }
            return meters
        }
    }
}

/// The meters of all purposes; they outlive changes of grants.
public final class PurposeMeters: Sendable {
    private let meters = Mutex<[PurposeMeter.Key: PurposeMeter]>([:])
    private let toSave = MetersToSave()

    public init() {}

    /// The one meter of that purpose.
    func meter(_ grant: Grant.ID, _ purpose: Purpose.ID) -> PurposeMeter {
        meters.withLock { meters in
            let key = PurposeMeter.Key(grant: grant, purpose: purpose)
            if let known = meters[key] { return known }
            let meter = PurposeMeter(key, toSave)
            meters[key] = meter
            return meter
        }
    }

    /// Reads the counts back, before the first call.
    public func load(from store: any PurposeCallKeeping, at instant: Date) async throws {
        for total in try await store.totals(at: instant) {
            meter(total.grant, total.purpose).learn(total.calls, of: total.span, added: 0)
        }
    }

    /// Saves what was counted since the last time, and learns what other nodes counted. To be called by one task at a
    /// time. What cannot be saved now is kept for the next time.
    public func save(to store: any PurposeCallKeeping) async throws {
        let counted = toSave.take()
        let added = counted.flatMap { meter in
            meter.unsaved().map { span, calls in
                PurposeCalls(grant: meter.key.grant, purpose: meter.key.purpose, span: span, calls: calls)
            }
        }
        guard !added.isEmpty else { return }
        let totals: [PurposeCalls]
        do { totals = try await store.add(added) } catch {
            for meter in counted { meter.list() }
            throw error
        }
        let deltas = Dictionary(added.map { (Place($0), $0.calls) }, uniquingKeysWith: +)
        for total in totals {
            meter(total.grant, total.purpose).learn(total.calls, of: total.span, added: deltas[Place(total)] ?? 0)
        }
    }

    private struct Place: Hashable {
        let key: PurposeMeter.Key
        let span: String
        init(_ calls: PurposeCalls) {
            key = PurposeMeter.Key(grant: calls.grant, purpose: calls.purpose)
            span = calls.span
        }
    }
}
