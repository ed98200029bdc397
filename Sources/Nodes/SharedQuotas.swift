import CatalogueModel
import DataProviders
import Foundation
import Logging
import Storage
import Synchronization

/// The budgets of providers, kept by all nodes together: no span of a quota's period holds more requests than the
/// provider takes, whatever node they leave from.
///
/// Each node holds some of a budget's places, taken from the database a few at a time, and counts in them by itself
/// (`QuotaWindow`): a place changes hands only when it has been free for a whole period. The places of a node that is
/// gone return once its last request is certain to be as old.
public final class SharedQuotas: QuotaKeeping {
    /// How long a node keeps its places without renewing them, in seconds; nobody knows then whether it sends.
    static let lasting = 20.0
    /// How long a budget that has no free place is not asked for again.
    static let pause = Duration.milliseconds(250)
    /// No exchange with a provider lasts longer, in seconds: added to the period before a lost node's places return.
    static let longestExchange = 120.0

    struct Held {
        var budget: QuotaBudget
        var places = 0
        /// After that, on this process's clock, its places may be others'.
        var until = Duration.zero
        var lastUse = Duration.zero
        /// No place was free shortly before.
        var askAgainAt = Duration.zero
        /// Places that are being asked for.
        var asking: Task<Bool, any Error>?

        /// Too long without a word: its places are others' by now.
        mutating func lose() {
            budget.window.calls -= places
            places = 0
        }
    }

    private let database: any SQLDatabase
    private let node: String
    private let elapsed: @Sendable () -> Duration
    private let held = Mutex<[QuotaClaim: Held]>([:])
    private let isClosed = Atomic(false)
    private let logger = Logger(label: "unefois.noeuds")

    /// - Parameters:
    ///   - node: this process's own name.
    ///   - elapsed: the time since some fixed instant, which never goes back.
    public init(database: any SQLDatabase, node: String, elapsed: @escaping @Sendable () -> Duration) {
        (self.database, self.node, self.elapsed) = (database, node, elapsed)
    }

    /// Budgets on the machine's clock.
    public convenience init(database: any SQLDatabase, node: String) {
        let origin = ContinuousClock.now
        self.init(database: database, node: node) { origin.duration(to: .now) }
    }

    public func take(_ claims: [QuotaClaim]) async -> (full: QuotaClaim, retryIn: Duration)? {
        guard !isClosed.load(ordering: .acquiring) else { return claims.first.map { ($0, .seconds(1)) } }
        // Each round finds another budget short, or that others were quicker.
        for _ in 0..<8 + claims.count {
            guard let short = takeHeld(claims) else { return nil }
            do {
                guard try await acquire(short.full) else { return refused(short.full, short.retryIn) }
            } catch {
                logger.warning(
                    "quota non obtenu", metadata: ["provider": "\(short.full.provider)", "reason": "\(error)"])
                return refused(short.full, .seconds(1))
            }
        }
        guard let short = takeHeld(claims) else { return nil }
        return refused(short.full, short.retryIn)
    }

    private func refused(_ claim: QuotaClaim, _ retryIn: Duration) -> (full: QuotaClaim, retryIn: Duration) {
        held.withLock { $0[claim]?.budget.countRefusal() }
        return (claim, retryIn)
    }

    /// Takes places among those that this node holds.
    private func takeHeld(_ claims: [QuotaClaim]) -> (full: QuotaClaim, retryIn: Duration)? {
        held.withLock { held in
            let now = elapsed()
            for (index, claim) in claims.enumerated() {
                var one = held[claim] ?? Held(budget: QuotaBudget(claim, places: 0))
                one.lastUse = now
                let decision = one.until > now ? one.budget.take(at: now) : .refuse(retryIn: .seconds(1))
                held[claim] = one
                guard case .refuse(let retryIn) = decision else { continue }
                for taken in claims[..<index] { held[taken]?.budget.window.giveBack() }
                // Others may give back theirs before.
                return (claim, one.places < claim.quota.calls ? min(retryIn, .seconds(1)) : retryIn)
            }
            return nil
        }
    }

    public func end(_ claims: [QuotaClaim]) {
        held.withLock { held in
            let now = elapsed()
            for claim in claims { held[claim]?.budget.window.end(at: now) }
        }
    }

    public func refreshMetrics() {
        held.withLock { held in
            let now = elapsed()
            for claim in held.keys { held[claim]?.budget.recordRemaining(at: now) }
        }
    }

    // MARK: - Places

    /// Gets some of the free places of a budget from the database; all who need some at once ask once.
    /// - Returns: false where there is none.
    private func acquire(_ claim: QuotaClaim) async throws -> Bool {
        let asking = held.withLock { held -> Task<Bool, any Error>? in
            var one = held[claim] ?? Held(budget: QuotaBudget(claim, places: 0))
            defer { held[claim] = one }
            guard one.asking == nil, one.askAgainAt <= elapsed() else { return one.asking }
            one.asking = Task { try await self.ask(claim) }
            return one.asking
        }
        return try await asking?.value ?? false
    }

    private func ask(_ claim: QuotaClaim) async throws -> Bool {
        defer { held.withLock { $0[claim]?.asking = nil } }
        let (asked, node) = (elapsed(), node)
        let (gained, known) = try await database.transaction { connection in
            let places = try QuotaPlaces(connection, claim, node)
            return (try places.take(), places.isKnown)
        }
        return held.withLock { held in
            var one = held[claim] ?? Held(budget: QuotaBudget(claim, places: 0))
            defer { held[claim] = one }
            if !known, one.until <= asked { one.lose() }
            one.places += gained
            one.budget.window.calls += gained
            one.until = max(one.until, asked + .seconds(Self.lasting))
            if gained == 0 { one.askAgainAt = asked + Self.pause }
            return gained > 0
        }
    }

    /// Renews what this node holds, and gives back what it does not use or others lack, until cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            await renew()
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Renews once.
    public func renew() async {
        for claim in held.withLock({ Array($0.keys) }) {
            do { try await renew(claim) } catch {
                if !Task.isCancelled {
                    logger.warning(
                        "quota non renouvelé", metadata: ["provider": "\(claim.provider)", "reason": "\(error)"])
                }
            }
        }
    }

    private func renew(_ claim: QuotaClaim) async throws {
        let (asked, node) = (elapsed(), node)
        let (known, fair) = try await database.transaction { connection in
            let places = try QuotaPlaces(connection, claim, node)
            return (try places.renew(), places.fairShare)
        }
        let surplus = held.withLock { held -> Int in
            guard var one = held[claim] else { return 0 }
            defer { held[claim] = one }
            if known {
                one.until = max(one.until, asked + .seconds(Self.lasting))
            } else if one.until <= asked {
                one.lose()
            }
            let isIdle = asked - one.lastUse > .seconds(claim.quota.period + 10)
            let free = max(0, one.budget.window.remaining(at: asked))
            let surplus = min(free, isIdle ? one.places : max(0, one.places - (fair ?? one.places)))
            // Given up here before anyone else can have them.
            one.budget.window.calls -= surplus
            one.places -= surplus
            return surplus
        }
        guard surplus > 0 else { return }
        try await database.transaction { try QuotaPlaces($0, claim, node).give(surplus) }
    }

    /// Gives back every place, those in use as soon as they are old enough. To be called once nothing is sent any more.
    public func close() async {
        isClosed.store(true, ordering: .releasing)
        for claim in held.withLock({ Array($0.keys) }) {
            let node = node
            let free = held.withLock { held -> Int in
                defer { held[claim]?.until = .zero }
                return max(0, held[claim]?.budget.window.remaining(at: elapsed()) ?? 0)
            }
            try? await database.transaction { connection in
                let places = try QuotaPlaces(connection, claim, node)
                try places.give(free)
                try places.leave()
            }
        }
    }
}
