import Foundation
import Logging
import Synchronization

@testable import Ledger

/// A directory that goes with its last use.
final class Scratch: Sendable {
    let url: URL

    init() { url = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)") }

    deinit { try? FileManager.default.removeItem(at: url) }

    var segments: [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { $0.hasSuffix(".ledger") }.sorted().map(url.appendingPathComponent)
    }

    func writer(
        limits: LedgerLimits = .small, files: any LedgerFiles = SystemFiles(), logger: Logger = .silent
    ) throws -> LedgerWriter {
        try LedgerWriter(directory: url, limits: limits, logger: logger, files: files)
    }

    var reader: LedgerReader { LedgerReader(directory: url) }

    /// Writes records one flush at a time and closes.
    func fill(_ numbers: Range<Int>, limits: LedgerLimits = .small) async throws {
        let writer = try writer(limits: limits)
        for number in numbers { try await writer.append(.sample(number)) }
        await writer.close()
    }
}

extension LedgerLimits {
    static let small = LedgerLimits(preallocatedBytes: 4096)
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension CallRecord {
    static func sample(_ number: Int) -> CallRecord {
        CallRecord(
            time: Date(timeIntervalSince1970: 1_790_000_000 + Double(number)), requestID: "request-\(number)",
            grant: number.isMultiple(of: 2) ? "even" : "odd", token: "token", organisation: "13002526500013",
            recipient: "13002526500013", purpose: "Tarification de la cantine",
            operation: number.isMultiple(of: 3) ? "third" : "other", provider: "provider", scopes: ["one", "two"],
            subject: "2026-00000000:\(number % 5)", outcome: Outcome(status: 200),
            durations: Durations(total: 1234, provider: 1000))
    }

    static func intent(_ number: Int) -> CallRecord {
        var record = sample(number)
        record.stage = .intent
        return record
    }

    /// As it is found in a ledger whose only records are samples from 1.
    static func kept(_ number: Int) -> CallRecord {
        var record = sample(number)
        record.sequence = UInt64(number)
        return record
    }
}

extension LedgerReader {
    func all(_ filter: LedgerFilter = LedgerFilter()) throws -> [CallRecord] {
        var cursor = try records(matching: filter)
        var records: [CallRecord] = []
        while let record = try cursor.next() { records.append(record) }
        return records
    }
}

/// The system's operations, which can be watched, held back and made to fail.
final class WatchedFiles: LedgerFiles {
    enum Event: Equatable { case write, flush, completion(UInt64) }

    struct State {
        var events: [Event] = []
        var writeError: Int32?
        var flushError: Int32?
        var reserveError: Int32?
        var free = Int.max
        var freeAsked = 0
        /// Where each write went.
        var written: [Range<Int>] = []
        var holdsFlushes = false
    }

    let state = Mutex(State())
    /// Signalled when a held flush begins.
    let flushBegan = DispatchSemaphore(value: 0)
    /// Waited for by a held flush.
    let flushMayEnd = DispatchSemaphore(value: 0)

    var events: [Event] { state.withLock(\.events) }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func note(_ event: Event) { state.withLock { $0.events.append(event) } }

    func write(_ bytes: [UInt8], to file: OpenFile, at offset: Int) throws(LedgerError) {
        note(.write)
        set { $0.written.append(offset..<(offset + bytes.count)) }
        if let code = state.withLock(\.writeError) {
            try SystemFiles().write(Array(bytes.prefix(bytes.count / 2)), to: file, at: offset)
            throw .failed(operation: "pwrite", code: code)
        }
        try SystemFiles().write(bytes, to: file, at: offset)
    }

    func synchronize(_ file: OpenFile) throws(LedgerError) {
        if state.withLock(\.holdsFlushes) {
            flushBegan.signal()
            flushMayEnd.wait()
        }
        if let code = state.withLock(\.flushError) {
            note(.flush)
            throw .failed(operation: "fdatasync", code: code)
        }
        try SystemFiles().synchronize(file)
        note(.flush)
    }

    func preallocate(_ file: OpenFile, _ range: Range<Int>) throws(LedgerError) {
        if let code = state.withLock(\.reserveError) { throw .failed(operation: "fallocate", code: code) }
        try SystemFiles().preallocate(file, range)
    }

    func freeBytes(in directory: String) throws(LedgerError) -> Int {
        state.withLock { state in
            state.freeAsked += 1
            return state.free
        }
    }
}
