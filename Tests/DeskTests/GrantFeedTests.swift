import Desk
import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing
import Values

/// What a feed said, in order.
private final class Log: Sendable {
    enum Event: Equatable {
        case change(Int)
        /// Rights that took too long to read.
        case late(Int)
        case stale
    }

    private let state = Mutex<(events: [Event], failures: Int)>(([], 0))
    private let held = Mutex<RightsVersion?>(nil)

    var events: [Event] { state.withLock { $0.events } }
    var version: RightsVersion? { held.withLock { $0 } }
    func take(_ reading: RightsReading, _ isCurrent: () -> Bool) {
        held.withLock { $0 = reading.version }
        add(isCurrent() ? .change(reading.version.number) : .late(reading.version.number))
    }
    var failures: Int { state.withLock { $0.failures } }
    func add(_ event: Event) { state.withLock { $0.events.append(event) } }
    func fail() { state.withLock { $0.failures += 1 } }
}

/// A source of version 1 that works, fails, never answers, or reads rights for as long as it is slow.
private final class FakeSource: GrantSource {
    enum Mode { case working, failing, hanging, slow }
    struct Failure: Error {}

    private let state = Mutex<(mode: Mode, waiting: [CheckedContinuation<Void, Never>])>((.working, []))

    /// Also answers, when it stops hanging, those who wait.
    func set(_ mode: Mode) {
        state.withLock { state in
            state.mode = mode
            guard mode != .hanging, mode != .slow else { return }
            for waiter in state.waiting { waiter.resume() }
            state.waiting = []
        }
    }

    func version() async throws -> RightsVersion {
        switch state.withLock({ $0.mode }) {
        case .working, .slow: break
        case .failing: throw Failure()
        case .hanging: await wait()
        }
        return RightsVersion(number: 1, mark: "")
    }

    func rights(since known: RightsVersion?) async throws -> RightsReading {
        if state.withLock({ $0.mode }) == .slow { await wait() }
        return RightsReading(rights: GrantSnapshot(), since: known, version: try await version())
    }

    private func wait() async {
        await withCheckedContinuation { waiter in state.withLock { $0.waiting.append(waiter) } }
    }
}

/// A source that tells of its changes.
private final class TellingSource: GrantSource {
    private let held = Mutex(1)
    private let stream: AsyncStream<Void>
    private let output: AsyncStream<Void>.Continuation

    init() { (stream, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    var notices: AsyncStream<Void>? { stream }
    func set(version: Int) { held.withLock { $0 = version } }
    func change(to version: Int) {
        set(version: version)
        output.yield()
    }
    func version() async throws -> RightsVersion { RightsVersion(number: held.withLock { $0 }, mark: "") }
    func rights(since known: RightsVersion?) async throws -> RightsReading {
        RightsReading(rights: GrantSnapshot(), since: known, version: try await version())
    }
}

@Suite struct GrantFeedTests {
    @Test(arguments: TestDatabase.all)
    func `notices what another process changed`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let server = try await openStore(maker, folder)
            let command = try await openStore(maker, folder)
            let grant = try await command.create(command.demoGrant(scopes: ["a"]))
            let (readings, output) = AsyncStream<RightsReading>.makeStream()
            let version = Mutex<RightsVersion?>(nil)
            let feed = GrantFeed(
                source: server, known: { version.withLock { $0 } },
                onChange: { reading, isCurrent in
                    #expect(isCurrent() && reading.since == version.withLock { $0 })
                    version.withLock { $0 = reading.version }
                    output.yield(reading)
                }, onStale: {})
            let run = Task { try await feed.run() }
            var received = readings.makeAsyncIterator()
            #expect(await received.next()?.rights.grants.keys.first == grant.id)

            let token = try await command.createToken(for: grant.id)
            #expect(await received.next()?.rights.tokens[token.id] == token)
            try await command.revoke(token: token.id)
            #expect(await received.next()?.rights.tokens[token.id]?.revoked == noon)
            run.cancel()
            try await run.value
        }
    }

    @Test func `reads at once when it is told of a change, and again when told meanwhile`() async throws {
        let (source, clock, log) = (TellingSource(), ManualClock(), Log())
        let feed = GrantFeed(
            source: source, clock: clock, known: { log.version }, onChange: log.take, onStale: { log.add(.stale) })
        let run = Task { try await feed.run() }
        await clock.advance(by: .zero, sleepers: 2)
        // The clock stands still: only being told makes it look.
        for version in 2...20 {
            source.change(to: version)
            while log.events.last != .change(version) { await Task.yield() }
        }
        #expect(log.events.first == .change(1))
        source.set(version: 21)
        await clock.advance(by: .seconds(1), sleepers: 2)
        while log.events.last != .change(21) { await Task.yield() }
        run.cancel()
        try await run.value
    }

    @Test func `warns once when nothing can be read, and recovers`() async throws {
        let source = FakeSource()
        let clock = ManualClock()
        let log = Log()
        try await running(source, clock, log) {
            await clock.advance(by: .zero, sleepers: 2)
            source.set(.failing)
            for _ in 0..<40 { await clock.advance(by: .milliseconds(250), sleepers: 2) }
            await clock.advance(by: .zero, sleepers: 2)
            #expect(log.events == [.change(1), .stale])
            #expect(log.failures == 40)

            source.set(.working)
            await clock.advance(by: .milliseconds(250), sleepers: 2)
            await clock.advance(by: .zero, sleepers: 2)
            #expect(log.events == [.change(1), .stale, .change(1)])

            source.set(.failing)
            for _ in 0..<21 { await clock.advance(by: .milliseconds(250), sleepers: 2) }
            await clock.advance(by: .zero, sleepers: 2)
            #expect(log.events == [.change(1), .stale, .change(1), .stale])
        }
    }

    @Test func `bears failures that last less than five seconds`() async throws {
        let source = FakeSource()
        let clock = ManualClock()
        let log = Log()
        try await running(source, clock, log) {
            for _ in 0..<3 {
                source.set(.failing)
                for _ in 0..<18 { await clock.advance(by: .milliseconds(250), sleepers: 2) }
                source.set(.working)
                await clock.advance(by: .milliseconds(250), sleepers: 2)
                await clock.advance(by: .zero, sleepers: 2)
            }
            #expect(log.events == [.change(1)])
        }
    }

    @Test func `warns where a read never returns`() async throws {
        let source = FakeSource()
        let clock = ManualClock()
        let log = Log()
        try await running(source, clock, log) {
            await clock.advance(by: .zero, sleepers: 2)
            source.set(.hanging)
            await clock.advance(by: .milliseconds(250), sleepers: 2)
            for _ in 0..<20 { await clock.advance(by: .milliseconds(250), sleepers: 1) }
            await clock.advance(by: .zero, sleepers: 1)
            #expect(log.events == [.change(1), .stale])

            source.set(.working)
            await clock.advance(by: .milliseconds(250), sleepers: 2)
            await clock.advance(by: .zero, sleepers: 2)
            #expect(log.events == [.change(1), .stale, .change(1)])
        }
    }

    @Test func `rights that took too long to read are current once nothing newer is left to read`() async throws {
        let source = FakeSource()
        let clock = ManualClock()
        let log = Log()
        source.set(.slow)
        try await running(source, clock, log) {
            for _ in 0..<24 { await clock.advance(by: .milliseconds(250), sleepers: 1) }
            source.set(.working)
            await clock.advance(by: .milliseconds(250), sleepers: 2)
            await clock.advance(by: .zero, sleepers: 2)
            #expect(log.events == [.stale, .late(1), .change(1)])
        }
    }

    @Test func `the alarm is given while rights are being taken in, and they are not current then`() async throws {
        let clock = ManualClock()
        let log = Log()
        let isTaken = DispatchSemaphore(value: 0)
        let feed = GrantFeed(
            source: FakeSource(), clock: clock, known: { log.version },
            onChange: { reading, isCurrent in
                if log.version == nil { isTaken.wait() }
                log.take(reading, isCurrent)
            }, onStale: { log.add(.stale) })
        let run = Task { try await feed.run() }
        for _ in 0..<24 { await clock.advance(by: .milliseconds(250), sleepers: 1) }
        await clock.advance(by: .zero, sleepers: 1)
        #expect(log.events == [.stale])
        isTaken.signal()
        await clock.advance(by: .milliseconds(250), sleepers: 2)
        await clock.advance(by: .zero, sleepers: 2)
        #expect(log.events == [.stale, .late(1), .change(1)])
        run.cancel()
        try await run.value
    }

    @Test func `rights that pass their age while they are being taken in give one alarm`() async throws {
        let clock = ManualClock()
        let log = Log()
        let (isTaken, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let feed = GrantFeed(
            source: FakeSource(), clock: clock, known: { log.version },
            onChange: { reading, isCurrent in
                log.take(reading, isCurrent)
                guard log.events.count == 1 else { return }
                isTaken.signal()
                mayEnd.wait()
            }, onStale: { log.add(.stale) })
        let run = Task { try await feed.run() }
        try await onThread { isTaken.wait() }
        await clock.advance(by: .seconds(6), sleepers: 1)
        mayEnd.signal()
        await clock.advance(by: .milliseconds(250), sleepers: 2)
        await clock.advance(by: .zero, sleepers: 2)
        #expect(log.events == [.change(1), .stale, .change(1)])
        run.cancel()
        try await run.value
    }

    private func running(
        _ source: FakeSource, _ clock: ManualClock, _ log: Log, _ body: () async throws -> Void
    ) async throws {
        let feed = GrantFeed(
            source: source, clock: clock, known: { log.version }, onChange: log.take, onStale: { log.add(.stale) },
            onFailure: { _ in log.fail() })
        let run = Task { try await feed.run() }
        try await body()
        run.cancel()
        try await run.value
    }
}
