import Storage
import Synchronization
import Values

/// Where grants are read from; every process that shares it sees the same version.
public protocol GrantSource: Sendable {
    /// Another after each change.
    func version() async throws -> RightsVersion
    /// The rights at one moment: those that changed after the version known, or all of them.
    func rights(since known: RightsVersion?) async throws -> RightsReading
    /// An element soon after most changes; nil where nobody tells.
    var notices: AsyncStream<Void>? { get }
}

extension GrantSource {
    public var notices: AsyncStream<Void>? { nil }
}

/// Brings every change of grants and tokens, made by this process or another, to the gateway within a second.
///
/// It asks for the version four times a second, or at each notice and once a second where there are notices, and reads
/// what changed where it differs. It also says when it has been unable to: a revoked token must not stay valid
/// because the database is lost (fail closed).
public final class GrantFeed<FeedClock: Clock>: Sendable where FeedClock.Duration == Duration {
    /// How often the version is asked for.
    public static var interval: Duration { .milliseconds(250) }
    /// How often it is asked for, besides, where changes are told.
    public static var slowInterval: Duration { .seconds(1) }
    /// The age from which what was read last is no longer trusted.
    public static var staleAfter: Duration { .seconds(5) }

    private struct State {
        /// When the last successful read began.
        var lastRead: FeedClock.Instant
        var isStale = false
        /// Something was told since the last read began.
        var isTold = false
        /// The pause between two reads.
        var pause: Task<Void, Never>?
    }

    private let source: any GrantSource
    private let clock: FeedClock
    private let known: @Sendable () -> RightsVersion?
    private let onChange: @Sendable (_ reading: RightsReading, _ isCurrent: () -> Bool) -> Void
    private let onStale: @Sendable () -> Void
    private let onFailure: @Sendable (any Error) -> Void
    private let state: Mutex<State>

    /// A feed that starts with `run`.
    /// - Parameters:
    ///   - known: the version of the rights in use; nil where there are none.
    ///   - onChange: on a thread that may be held, one at a time, gets what changed since then, or everything, and after
    ///     each `onStale` something even where nothing did, once reading works again. What took so long to read or to
    ///     take in that more may have changed is not current: calls must be refused until the next.
    ///   - onStale: called, to return at once, when nothing could be read for 5 s, even where a read never returns: calls
    ///     must be refused until the next `onChange` that is current.
    ///   - onFailure: gets the error of each failed read, for the log; up to four a second.
    public init(
        source: any GrantSource, clock: FeedClock, known: @escaping @Sendable () -> RightsVersion?,
        onChange: @escaping @Sendable (_ reading: RightsReading, _ isCurrent: () -> Bool) -> Void,
        onStale: @escaping @Sendable () -> Void, onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.source = source
        self.clock = clock
        self.known = known
        self.onChange = onChange
        self.onStale = onStale
        self.onFailure = onFailure
        state = Mutex(State(lastRead: clock.now))
    }

    /// Reads and watches until the task is cancelled, then returns. To be run once.
    public func run() async throws {
        state.withLock { $0.lastRead = clock.now }
        await withTaskGroup { group in
            if let notices = source.notices {
                group.addTask { await self.readWhenTold() }
                group.addTask { for await _ in notices { self.tell() } }
            } else {
                group.addTask { await self.repeatedly { await self.read() } }
            }
            group.addTask { await self.repeatedly { self.watch() } }
        }
    }

    private func readWhenTold() async {
        while !Task.isCancelled {
            state.withLock { $0.isTold = false }
            await read()
            let clock = clock
            let pause = Task { _ = try? await clock.sleep(for: Self.slowInterval) }
            state.withLock { state in
                state.pause = pause
                if state.isTold { pause.cancel() }
            }
            await withTaskCancellationHandler {
                await pause.value
            } onCancel: {
                pause.cancel()
            }
        }
    }

    private func tell() {
        state.withLock { state in
            state.isTold = true
            state.pause?.cancel()
        }
    }

    private func repeatedly(_ step: () async -> Void) async {
        while !Task.isCancelled {
            await step()
            try? await clock.sleep(until: clock.now.advanced(by: Self.interval), tolerance: nil)
        }
    }

    private func read() async {
        let began = clock.now
        let (known, isStale) = (known(), state.withLock { $0.isStale })
        do {
            guard try await source.version() != known || isStale else { return nothingChanged(readAt: began) }
            let reading = try await source.rights(since: known)
            try await Blocking.run { self.receive(reading, readAt: began) }
        } catch {
            if !Task.isCancelled { onFailure(error) }
        }
    }

    private func isCurrent(_ began: FeedClock.Instant) -> Bool { began.duration(to: clock.now) < Self.staleAfter }

    private func nothingChanged(readAt began: FeedClock.Instant) {
        state.withLock { state in
            // While stale only rights count: this was said before the alarm.
            if isCurrent(began), !state.isStale { state.lastRead = began }
        }
    }

    /// Hands rights over, which may take seconds where they are many: the alarm goes on watching.
    private func receive(_ reading: RightsReading, readAt began: FeedClock.Instant) {
        state.withLock { state in
            if isCurrent(began) { (state.isStale, state.lastRead) = (false, began) }
        }
        onChange(reading) { self.isCurrent(began) }
        state.withLock { state in
            // It may have passed its age since it was asked: then nothing else would tell.
            if !isCurrent(began), !state.isStale { alarm(&state) }
        }
    }

    private func watch() {
        state.withLock { state in
            guard !state.isStale, state.lastRead.duration(to: clock.now) >= Self.staleAfter else { return }
            alarm(&state)
        }
    }

    private func alarm(_ state: inout State) {
        state.isStale = true
        onStale()
    }
}

extension GrantFeed where FeedClock == ContinuousClock {
    /// A feed on the machine's clock, which also counts the time the machine sleeps.
    public convenience init(
        source: any GrantSource, known: @escaping @Sendable () -> RightsVersion?,
        onChange: @escaping @Sendable (_ reading: RightsReading, _ isCurrent: () -> Bool) -> Void,
        onStale: @escaping @Sendable () -> Void, onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.init(
            source: source, clock: .continuous, known: known, onChange: onChange, onStale: onStale,
            onFailure: onFailure)
    }
}
