import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Gateway

@Suite struct LoopExecutorTests {
    private final class Walk: Sendable {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let isLate = Atomic(false)
        /// At each function: whether it runs on the loop, and before what was put in its queue meanwhile.
        let steps = Mutex<[Bool]>([])

        func go(_ depth: Int) async {
            steps.withLock { $0.append(loop.inEventLoop && !isLate.load(ordering: .relaxed)) }
            if depth > 0 { await go(depth - 1) }
        }
    }

    @Test func `a call that is resumed goes on at once, on its own loop, however many functions it waits for`() async {
        let walk = Walk()
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            walk.loop.execute {
                Task.immediate(executorPreference: LoopExecutor(walk.loop)) {
                    // Another thread resumes it, as the ledger's does.
                    await withCheckedContinuation { call in Thread.detachNewThread { call.resume() } }
                    walk.loop.execute { walk.isLate.store(true, ordering: .relaxed) }
                    await walk.go(5)
                    done.resume()
                }
            }
        }
        #expect(walk.steps.withLock { $0 } == Array(repeating: true, count: 6))
    }
}
