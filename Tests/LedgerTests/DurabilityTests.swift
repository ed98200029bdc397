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
                        writer.append(.sample(number)) { result in
                            if case .success(let sequence) = result { files.note(.completion(sequence)) }
                            continuation.resume()
                        }
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
        writer.append(.sample(1), completion: note)
        files.flushBegan.wait()
        for number in 2...5 { writer.append(.sample(number), completion: note) }
        #expect(results.withLock { $0 }.isEmpty)
        writer.append(.sample(6), completion: note)
        #expect(results.withLock { $0 } == [.failure(.overloaded)])
        files.set { $0.holdsFlushes = false }
        files.flushMayEnd.signal()
        for _ in 0..<6 { completed.wait() }
        #expect(results.withLock { $0 } == [.failure(.overloaded)] + (1...5).map { .success($0) })
    }

    @Test func `the queue is bounded in bytes too`() throws {
        let writer = try scratch.writer(limits: LedgerLimits(queuedBytes: 1000), files: files)
        files.set { $0.holdsFlushes = true }
        writer.append(.sample(1)) { _ in }
        files.flushBegan.wait()
        let refusals = Mutex(0)
        for number in 2...9 {
            writer.append(.sample(number)) { result in
                if result == .failure(.overloaded) { refusals.withLock { $0 += 1 } }
            }
        }
        #expect((1..<8).contains(refusals.withLock { $0 }))
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
            writer.append(.sample(number)) { result in
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
