import Foundation
import Testing

@testable import Ledger

@Suite struct QueueTests {
    private let queue = LedgerQueue(limits: LedgerLimits(), first: 7)

    private func enqueueOutcome(after intent: LedgerIntent? = nil) throws {
        _ = try queue.enqueue(LedgerQueue.Entry(members: Array("{}".utf8), delivery: { _ in nil }), after: intent)
    }

    private func begin() throws -> LedgerIntent {
        LedgerIntent(
            place: try queue.enqueue(LedgerQueue.Entry(members: Array("{}".utf8), delivery: nil)),
            facts: CallRecord.intent(1).facts)
    }

    /// What is given within some milliseconds where nothing is to be given for an hour.
    private func takenAtOnce() throws -> Int {
        try #require(queue.take(from: .now() + .seconds(3600), until: .now() + .milliseconds(5))).entries.count
    }

    @Test func `before its time nothing is given, the tree is signed when due all the same, and nothing is lost`()
        throws
    {
        try enqueueOutcome()
        let early = queue.take(from: .now() + .seconds(3600), until: .now() + .milliseconds(5))
        #expect(early?.entries.isEmpty == true)
        try enqueueOutcome()
        let batch = queue.take(from: .now() + .milliseconds(5))
        #expect(batch?.first == 7 && batch?.entries.count == 2)
    }

    @Test func `closing gives what waits at once, whatever the time`() throws {
        try enqueueOutcome()
        let began = ContinuousClock.now
        Thread.detachNewThread { [queue] in
            Thread.sleep(forTimeInterval: 0.02)
            queue.close()
        }
        let batch = queue.take(from: .now() + .seconds(30))
        #expect(batch?.entries.count == 1 && queue.take() == nil)
        // Half of the time that it would have waited for.
        #expect(ContinuousClock.now - began < .seconds(15))
    }

    @Test func `outcomes wait for others as long as there are calls under way, and no longer`() throws {
        let (first, second) = (try begin(), try begin())
        try enqueueOutcome(after: first)
        #expect(try takenAtOnce() == 0)
        try enqueueOutcome(after: second)
        #expect(try takenAtOnce() == 4)
        // Of calls that asked nobody, nothing tells whether more will come.
        try enqueueOutcome()
        #expect(try takenAtOnce() == 0)
    }

    @Test func `the last outcome ends a wait that has begun`() throws {
        let intent = try begin()
        let began = ContinuousClock.now
        Thread.detachNewThread {
            usleep(20_000)
            #expect(throws: Never.self) { try enqueueOutcome(after: intent) }
        }
        #expect(queue.take(from: .now() + 10, until: .now() + 10)?.entries.count == 2)
        #expect(began.duration(to: .now) < .seconds(5))
    }

    @Test func `an outcome that is refused is not waited for`() throws {
        let (full, kept) = (try begin(), try begin())
        let tooLong = [UInt8](repeating: 0, count: LedgerLimits().queuedBytes * 2 + 1)
        #expect(throws: LedgerError.overloaded) {
            try queue.enqueue(LedgerQueue.Entry(members: tooLong) { _ in nil }, after: full)
        }
        try enqueueOutcome(after: kept)
        #expect(try takenAtOnce() == 3)
    }
}
