import Foundation
import Testing

@testable import Ledger

@Suite struct QueueTests {
    private let queue = LedgerQueue(limits: LedgerLimits(), first: 7)

    private func enqueueOutcome() throws {
        _ = try queue.enqueue(LedgerQueue.Entry(members: Array("{}".utf8), delivery: { _ in nil }))
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
}
