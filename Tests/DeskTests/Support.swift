import Desk
import Foundation
import Storage
import Synchronization
import TestSupport
import Values

/// A store over the database of that folder, as each process opens its own.
func openStore(_ maker: TestDatabase, _ folder: String, clock: WallClock = .fixed(noon)) async throws -> GrantStore {
    let database = try await maker.open(folder)
    try await database.migrate(GrantStore.migrations, at: clock.now())
    return GrantStore(database: database, clock: clock)
}

/// 1 September 2025, 12:00 UTC.
let noon = Date(timeIntervalSince1970: 1_756_728_000)

/// A clock that moves only when told.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: (deadline: Instant, wake: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var count = 0
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                state.withLock { state in
                    if state.cancelled.contains(number) || deadline <= state.now { return wake.resume() }
                    state.sleepers[number] = (deadline, wake)
                }
            }
        } onCancel: {
            state.withLock { state in
                state.cancelled.insert(number)
                state.sleepers.removeValue(forKey: number)?.wake.resume()
            }
        }
        try Task.checkCancellation()
    }

    /// Moves on as soon as `count` tasks sleep, and wakes those whose time has come.
    func advance(by duration: Duration, sleepers count: Int) async {
        while state.withLock({ $0.sleepers.count }) < count { await Task.yield() }
        state.withLock { state in
            state.now = state.now.advanced(by: duration)
            for (number, sleeper) in state.sleepers where sleeper.deadline <= state.now {
                state.sleepers[number] = nil
                sleeper.wake.resume()
            }
        }
    }
}
