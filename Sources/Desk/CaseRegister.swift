import Synchronization
import Values

/// The register of cases in memory, brought up to date four times a second: millions of cases, 16 bytes each before
/// what a set adds. A question costs one digest and one short lock.
public final class CaseRegister: CaseRegistering {
    private struct Part {
        var open: Set<CaseDigest> = []
        var closed: Set<CaseDigest> = []
    }
    /// Several, so that calls seldom wait for each other, or for a change.
    private final class Shard: Sendable {
        let part = Mutex(Part())
    }

    private let store: CaseStore
    private let shards = (0..<16).map { _ in Shard() }
    private let reading = Mutex(Reading())

    private struct Reading {
        var place = CaseStore.Place()
        /// When the last complete read began.
        var last: ContinuousClock.Instant?
        var underWay: Task<Void, any Error>?
    }

    /// How often changes are asked for.
    static let interval = Duration.milliseconds(250)
    private let staleAfter: Duration

    /// A register to be read with ``refresh()`` before its first question.
    /// - Parameter staleAfter: the age from which what was read last is no longer trusted.
    public init(store: CaseStore, staleAfter: Duration = .seconds(5)) {
        (self.store, self.staleAfter) = (store, staleAfter)
    }

    public func state(of reference: String, in grant: Grant.ID) -> CaseState {
        guard let last = reading.withLock({ $0.last }), last.duration(to: .now) < staleAfter else {
            return .unreadable
        }
        let digest = store.digest(reference, of: grant)
        return shard(digest).part.withLock { part in
            part.open.contains(digest) ? .open : part.closed.contains(digest) ? .closed : .unknown
        }
    }

    public func set(_ references: [String], of grant: Grant.ID, open: Bool) async throws -> Int? {
        let changed = try await store.set(references, of: grant, open: open)
        try await refresh()
        return changed
    }

    /// Reads what has changed since the last time, after the reads that were asked for before: of two at once the older
    /// one could have the last word.
    public func refresh() async throws {
        let task = reading.withLock { reading in
            let task = Task { [earlier = reading.underWay] in
                _ = await earlier?.result
                try await read()
            }
            reading.underWay = task
            return task
        }
        try await task.value
    }

    private func read() async throws {
        let began = ContinuousClock.now
        var place = reading.withLock { $0.place }
        let version = try await store.version()
        // One change may have more cases than a batch.
        var isWhole = place.change >= version
        while !isWhole {
            let (cases, last) = try await store.changes(after: place)
            for item in cases { take(item.digest, isOpen: item.isOpen) }
            place = last
            isWhole = cases.count < CaseStore.batch
        }
        if place.change < version { place = CaseStore.Place(change: version) }
        reading.withLock { [place] reading in
            reading.place = place
            reading.last = began
        }
    }

    /// Follows changes until cancelled.
    /// - Parameter onFailure: gets the error of each failed read; up to four a second.
    public func follow(onFailure: @Sendable (any Error) -> Void) async throws {
        while !Task.isCancelled {
            do { try await refresh() } catch { if !Task.isCancelled { onFailure(error) } }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func take(_ digest: CaseDigest, isOpen: Bool) {
        shard(digest).part.withLock { part in
            if isOpen {
                part.open.insert(digest)
                part.closed.remove(digest)
            } else {
                part.closed.insert(digest)
                part.open.remove(digest)
            }
        }
    }

    private func shard(_ digest: CaseDigest) -> Shard { shards[Int(digest.high & 15)] }
}
