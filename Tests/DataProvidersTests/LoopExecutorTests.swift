import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DataProviders

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
                let executor = LoopExecutor.of(walk.loop)
                Task(executorPreference: executor) {
                    // Another thread resumes it, as the ledger's does.
                    await withCheckedContinuation { call in Thread.detachNewThread { call.resume() } }
                    Task(executorPreference: executor) { walk.isLate.store(true, ordering: .relaxed) }
                    await walk.go(5)
                    done.resume()
                }
            }
        }
        #expect(walk.steps.withLock { $0 } == Array(repeating: true, count: 6))
    }

    /// What happened, in order.
    private final class Diary: Sendable {
        private let lines = Mutex<[String]>([])

        func write(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private final class Writer: LoopExecutor.Writing {
        let diary: Diary
        var then: (() -> Void)?

        init(_ diary: Diary, then: (() -> Void)? = nil) { (self.diary, self.then) = (diary, then) }

        func endTurn() {
            diary.write("left")
            then?()
        }
    }

    @Test func `all is read before any call begins, and what calls write leaves after the last of them`() async {
        let (loop, diary) = (MultiThreadedEventLoopGroup.singleton.next(), Diary())
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute {
                let executor = LoopExecutor.of(loop)
                for name in ["first", "second", "third"] {
                    diary.write("read")
                    Task(executorPreference: executor) {
                        diary.write(name)
                        if name != "second" { executor.atEnd(Writer(diary)) }
                    }
                }
                // What leaves may let another call begin, in a turn of its own.
                executor.atEnd(
                    Writer(diary) {
                        Task(executorPreference: executor) {
                            diary.write("late")
                            executor.atEnd(Writer(diary) { done.resume() })
                        }
                    })
            }
        }
        #expect(
            diary.all == ["read", "read", "read", "first", "second", "third", "left", "left", "left", "late", "left"])
    }

    @Test func `a loop has one executor, and another loop another`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let loops = Array(group.makeIterator())
        for loop in loops {
            #expect(try await loop.submit { LoopExecutor.of(loop) === LoopExecutor.of(loop) }.get())
        }
        let executors = [
            try await loops[0].submit { LoopExecutor.of(loops[0]) }.get(),
            try await loops[1].submit { LoopExecutor.of(loops[1]) }.get(),
        ]
        #expect(executors[0] !== executors[1])
        try await group.shutdownGracefully()
    }

    @Test(.timeLimit(.minutes(1)))
    func `no call is forgotten, from however many threads they are resumed`() async throws {
        // Nothing else happens on this loop that would wake it.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let (count, diary) = (2_000, Diary())
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute {
                let executor = LoopExecutor.of(loop)
                for _ in 0..<count {
                    Task(executorPreference: executor) {
                        for _ in 0..<3 {
                            await withCheckedContinuation { call in DispatchQueue.global().async { call.resume() } }
                        }
                        diary.write("done")
                        if diary.all.count == count { done.resume() }
                    }
                }
            }
        }
        #expect(diary.all.count == count)
        try await group.shutdownGracefully()
    }
}
