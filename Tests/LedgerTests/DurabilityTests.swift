import Foundation
import Synchronization
import Testing

@testable import Ledger

@Suite struct DurabilityTests {
    let scratch = Scratch()
    let files = WatchedFiles()

    @Test func `no append completes before a flush that began after its write`() async throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.events = [] }
        await withTaskGroup { group in
            for number in 1...200 {
                group.addTask { [files] in
                    await withCheckedContinuation { continuation in
                        let place = try? writer.append(.sample(number)) { result in
                            if case .success(let sequence) = result { files.note(.completion(sequence)) }
                            continuation.resume()
                        }
                        if place == nil { continuation.resume() }
                    }
                }
            }
        }
        var durable = false
        var completed: [UInt64] = []
        for event in files.events {
            switch event {
            case .write: durable = false
            case .flush: durable = true
            case .completion(let sequence):
                #expect(durable)
                completed.append(sequence)
            }
        }
        #expect(completed == Array(1...200))
        await writer.close()
    }

    @Test func `a flush that has not ended completes nothing, and a full queue refuses at once`() throws {
        let writer = try scratch.writer(limits: LedgerLimits(queuedRecords: 4), files: files)
        files.set { $0.holdsFlushes = true }
        let results = Mutex<[Result<UInt64, LedgerError>]>([])
        let completed = DispatchSemaphore(value: 0)
        let note: @Sendable (Result<UInt64, LedgerError>) -> Void = { result in
            results.withLock { $0.append(result) }
            completed.signal()
        }
        let intent = try writer.begin(.intent(1))
        files.flushBegan.wait()
        for number in 2...5 { #expect(try writer.append(.sample(number), completion: note) == UInt64(number)) }
        #expect(throws: LedgerError.overloaded) { try writer.append(.sample(6), completion: note) }
        #expect(throws: LedgerError.overloaded) { try writer.begin(.intent(6)) }
        // A provider was asked: its outcome finds room.
        #expect(try writer.append(.sample(1), after: intent, completion: note) == 6)
        #expect(results.withLock { $0 }.isEmpty)
        files.set { $0.holdsFlushes = false }
        files.flushMayEnd.signal()
        for _ in 0..<5 { completed.wait() }
        #expect(results.withLock { $0 } == (2...6).map { .success($0) })
    }

    @Test func `the queue is bounded in bytes too`() throws {
        let writer = try scratch.writer(limits: LedgerLimits(queuedBytes: 1000), files: files)
        files.set { $0.holdsFlushes = true }
        try writer.append(.sample(1)) { _ in }
        files.flushBegan.wait()
        var refusals = 0
        for number in 2...9 {
            let place = try? writer.append(.sample(number)) { _ in }
            if place == nil { refusals += 1 }
        }
        #expect((1..<8).contains(refusals))
        files.set { $0.holdsFlushes = false }
        files.flushMayEnd.signal()
    }

    @Test(arguments: [ENOSPC, EIO], [true, false])
    func `after a failed write or flush everything is refused and nothing tried again`(
        code: Int32, failsAtWrite: Bool
    ) async throws {
        let writer = try scratch.writer(files: files)
        for number in 1...3 { try await writer.append(.sample(number)) }
        #expect(writer.isWritable)
        files.set { $0 = .init(writeError: failsAtWrite ? code : nil, flushError: failsAtWrite ? nil : code) }
        await #expect(throws: LedgerError.unwritable) { try await writer.append(.sample(4)) }
        files.set {
            $0.writeError = nil
            $0.flushError = nil
        }
        await #expect(throws: LedgerError.unwritable) { try await writer.append(.sample(5)) }
        #expect(!writer.isWritable)
        #expect(files.events == (failsAtWrite ? [.write] : [.write, .flush]))
        await writer.close()

        try await scratch.fill(6..<8)
        let found = try scratch.reader.all().map(\.requestID)
        #expect(found.starts(with: ["request-1", "request-2", "request-3"]))
        #expect(found.suffix(2) == ["request-6", "request-7"])
        #expect(try scratch.reader.verify().problems == [])
    }

    @Test func `those who wait while a flush fails are refused`() throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.holdsFlushes = true }
        let results = Mutex<[Result<UInt64, LedgerError>]>([])
        let completed = DispatchSemaphore(value: 0)
        for number in 1...10 {
            try writer.append(.sample(number)) { result in
                results.withLock { $0.append(result) }
                completed.signal()
            }
            if number == 1 { files.flushBegan.wait() }
        }
        files.set { $0.flushError = EIO }
        files.flushMayEnd.signal()
        for _ in 1...10 { completed.wait() }
        #expect(results.withLock { $0 } == Array(repeating: .failure(.unwritable), count: 10))
        #expect(files.events.suffix(2) == [.write, .flush])
    }

    @Test func `too little disk space refuses, until there is room again`() async throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.free = 1000 }
        await #expect(throws: LedgerError.full) { try await writer.append(.sample(1)) }
        #expect(!writer.isWritable)
        files.set { $0.free = .max }
        #expect(writer.isWritable)
        #expect(try await writer.append(.sample(1)) == 1)
        await writer.close()
    }

    @Test func `a full disk takes sequences back without gap, and what was begun before is void`() async throws {
        let writer = try scratch.writer(files: files)
        let kept = try writer.begin(.intent(1))
        #expect(try await writer.append(.sample(1), after: kept) == 2)
        // What was seen is believed that long.
        usleep(UInt32(SegmentAppender.spaceBelieved / 1000))
        files.set { $0.free = 1000 }
        let lost = try writer.begin(.intent(2))
        #expect(lost.sequence == 3)
        await #expect(throws: LedgerError.full) { try await writer.append(.sample(2), after: lost) }
        files.set { $0.free = .max }
        // Its number will be another's.
        await #expect(throws: LedgerError.full) { try await writer.append(.sample(2), after: lost) }
        #expect(try await writer.append(.sample(3)) == 3)
        await writer.close()
        let records = try scratch.reader.all(LedgerFilter(stage: nil))
        #expect(records.map(\.stage) == [.intent, .outcome, .outcome])
        #expect(records.map(\.intent) == [nil, 1, nil])
        #expect(try scratch.reader.verify().problems == [])
    }

    @Test func `no room to reserve refuses cleanly, and the ledger goes on once there is`() async throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.reserveError = ENOSPC }
        await #expect(throws: LedgerError.full) { try await writer.append(.sample(1)) }
        files.set { $0.reserveError = nil }
        #expect(try await writer.append(.sample(1)) == 1)
        await writer.close()
        #expect(try scratch.reader.all() == [.kept(1)])
    }

    @Test func `an outcome repeats of its intent who asked what, and says itself how it ended`() async throws {
        let writer = try scratch.writer(files: files)
        var other = CallRecord.sample(2)
        (other.outcome, other.cached, other.durations) = (
            .init(status: 404, code: "01003"), true, .init(total: 9, provider: 4)
        )
        try await writer.append(other, after: writer.begin(.intent(1)))
        await writer.close()
        let records = try scratch.reader.all(LedgerFilter(stage: nil))
        var expected = CallRecord.sample(1)
        (expected.sequence, expected.intent, expected.milliseconds) = (2, 1, other.milliseconds)
        (expected.outcome, expected.cached, expected.durations) = (other.outcome, true, other.durations)
        #expect(records.last == expected)
    }

    @Test func `an outcome is durable only with its intent before it`() async throws {
        let writer = try scratch.writer(files: files)
        let intent = try writer.begin(.intent(1))
        #expect(try await writer.append(.sample(1), after: intent) > intent.sequence)
        let records = try scratch.reader.all(LedgerFilter(stage: nil))
        #expect(records.map(\.requestID) == ["request-1", "request-1"])
        #expect(records.first?.outcome == .pending && records.last?.intent == records.first?.sequence)
        #expect(try scratch.reader.all().map(\.stage) == [.outcome])
        await writer.close()
    }

    @Test func `free space is looked at when more is reserved, and a few times a second`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits(), files: files)
        let clock = ContinuousClock()
        let time = try await clock.measure { for number in 1...300 { try await writer.append(.sample(number)) } }
        #expect(files.state.withLock(\.freeAsked) <= 1 + Int(time / .milliseconds(250)))
        await writer.close()
    }

    @Test func `those who wait in one place are woken once all of a flush have their results`() throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.holdsFlushes = true }
        let delivered = Mutex<[String]>([])
        let woken = DispatchSemaphore(value: 0)
        for number in 1...4 {
            try writer.enqueue(
                LedgerEntry(CallRecord.sample(number).encodedMembers()),
                delivery: { _ in
                    delivered.withLock { $0.append("result \(number)") }
                    guard number == 1 || number == 2 else { return nil }
                    return {
                        delivered.withLock { $0.append("woken by \(number)") }
                        woken.signal()
                    }
                })
            if number == 1 { files.flushBegan.wait() }
        }
        files.set { $0.holdsFlushes = false }
        files.flushMayEnd.signal()
        for _ in 1...2 { woken.wait() }
        #expect(
            delivered.withLock { $0 }
                == ["result 1", "woken by 1", "result 2", "result 3", "result 4", "woken by 2"])
    }

    @Test func `an intent that no outcome follows is on disk after a millisecond, and no sooner`() throws {
        let writer = try scratch.writer(files: files)
        files.set { $0.holdsFlushes = true }
        let clock = ContinuousClock()
        let began = clock.now
        _ = try writer.begin(.intent(1))
        files.flushBegan.wait()
        #expect((.milliseconds(1)...(.seconds(2))).contains(clock.now - began))
        files.set { $0.holdsFlushes = false }
        files.flushMayEnd.signal()
    }

    @Test func `an outcome that comes at once takes its intent along in one flush`() async throws {
        let writer = try scratch.writer(files: files)
        for number in 1...100 {
            let intent = try writer.begin(.intent(number))
            try await writer.append(.sample(number), after: intent)
        }
        #expect(writer.counts.records == 200)
        // Some may have been a millisecond apart on a busy machine.
        #expect((100..<150).contains(writer.counts.flushes))
        await writer.close()
    }

    @Test func `records are written over zeros that an earlier flush made durable, all but a few`() async throws {
        let writer = try scratch.writer(limits: LedgerLimits(), files: files)
        files.set { $0.written = [] }
        for number in 1...300 { try await writer.append(.sample(number)) }
        let written = files.state.withLock(\.written)
        let file = try #require(scratch.segments.first)
        let bytes = try Data(contentsOf: file)
        await writer.close()
        #expect(written.count == 300)
        var durable = 0
        var beyond = 0
        for range in written {
            if range.upperBound > durable { beyond += 1 }
            durable = max(durable, range.upperBound)
        }
        #expect(beyond == 1)
        let end = try Data(contentsOf: file).count
        #expect(durable > end && durable <= bytes.count)
        #expect(bytes[end..<durable] == Data(count: durable - end))
        #expect(try scratch.reader.all() == (1...300).map(CallRecord.kept))
    }

    @Test func `a record that is too long is refused and leaves no trace`() async throws {
        let writer = try scratch.writer()
        var long = CallRecord.sample(1)
        long.purpose = String(repeating: "\u{1}", count: LedgerLimits.recordBytes / 6)
        let record = long
        await #expect(throws: LedgerError.tooLarge) { try await writer.append(record) }
        #expect(try await writer.append(.sample(1)) == 1)
        await writer.close()
    }
}
