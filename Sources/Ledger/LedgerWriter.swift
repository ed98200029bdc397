import Foundation
import Logging
import Values

/// What a writer has done since it was opened.
public struct LedgerCounts: Sendable, Hashable {
    /// Records made durable.
    public var records = 0
    /// Flushes that took; `records / flushes` is how many calls shared each.
    public var flushes = 0
}

/// A record as it will be written, but for its place.
public struct LedgerEntry: Sendable {
    let members: [UInt8]
    let intent: LedgerIntent?

    /// The outcome of a call, which repeats of its intent who asked what.
    /// - Parameters:
    ///   - intent: what ``LedgerWriter/begin(_:)`` gave; nil where no provider was asked.
    ///   - facts: who asked what, looked at only where there is no intent.
    /// - Throws: ``LedgerError/tooLarge``.
    public init(
        _ ending: CallRecord.Ending, after intent: LedgerIntent?, of facts: @autoclosure () -> CallRecord.Facts
    ) throws(LedgerError) {
        let facts = intent?.facts ?? facts()
        try self.init(ending.members(facts, after: intent?.sequence), after: intent)
    }

    /// Checks the size of what is written.
    init(_ members: [UInt8], after intent: LedgerIntent? = nil) throws(LedgerError) {
        let room = LedgerLimits.recordBytes - CallRecord.opening.utf8CodeUnitCount - 20
        guard members.count <= room else { throw .tooLarge }
        (self.members, self.intent) = (members, intent)
    }
}

/// The intent of a call, to be given back with its outcome.
public struct LedgerIntent: Sendable, Hashable {
    let place: LedgerQueue.Place
    /// What its outcome repeats.
    let facts: CallRecord.Facts

    public var sequence: UInt64 { place.sequence }
}

/// Keeps the trace of every call, durably, in a directory of append-only segments.
///
/// One thread takes all records that wait, writes them at once and flushes once for all of them. While a flush runs the
/// next group gathers, and under load for a millisecond at most from its start, unless the outcomes of all calls begun are
/// there; an outcome that comes after a lone one is flushed at once. An intent waits a millisecond at most for an outcome to
/// be flushed with.
public final class LedgerWriter: Sendable {
    /// Names this ledger among all: 16 hexadecimal digits, drawn when it was begun.
    public let id: String
    private let queue: LedgerQueue
    let folder: LedgerFolder
    /// The tree as it is to be signed, each second or ``recordsPerCheckpoint`` at the latest.
    let tips = LedgerTips()
    private let limits: LedgerLimits
    private let files: any LedgerFiles

    /// Opens the ledger of a directory, made where there is none (mode 0700, files 0600).
    ///
    /// What a crash left of a write that was never acknowledged is removed, and the logger told.
    /// - Throws: ``LedgerError/locked(directory:)`` where another writer has it, ``LedgerError/damaged(segment:offset:)``
    ///   where the last segment lost acknowledged records, ``LedgerError/failed(operation:code:)``.
    public convenience init(
        directory: URL, limits: LedgerLimits = LedgerLimits(), logger: Logger = Logger(label: "ledger")
    ) throws(LedgerError) {
        try self.init(directory: directory, limits: limits, logger: logger, files: SystemFiles())
    }

    /// The same over other file operations, for tests.
    package init(
        directory: URL, limits: LedgerLimits, logger: Logger, files: any LedgerFiles
    ) throws(LedgerError) {
        folder = LedgerFolder(directory)
        self.limits = limits
        self.files = files
        let appender = try SegmentAppender(folder, limits: limits, files: files, logger: logger)
        id = appender.logID.hexadecimal
        queue = LedgerQueue(limits: limits, first: appender.nextSequence)
        let thread = Thread { [queue, tips] in
            Self.run(appender, queue, tips, logger)
            tips.end()
            queue.end()
        }
        thread.name = "ledger"
        thread.start()
    }

    deinit { queue.close() }

    /// False once a write failed, after ``close()``, and while the disk has too little space.
    public var isWritable: Bool {
        guard queue.isOpen, let free = try? files.freeBytes(in: folder.path) else { return false }
        return free >= limits.freeBytes
    }

    public var counts: LedgerCounts { queue.counts }

    /// Appends the intent of a call that is about to ask a provider. Nothing waits: it is flushed with the next
    /// outcome of any call, at most a millisecond later (under load, the flush under way besides), and before the outcome
    /// that ``append(_:after:completion:)`` puts behind it.
    /// - Parameter time: the moment of the call, kept to the millisecond.
    /// - Throws: why the provider must not be asked: ``LedgerError/overloaded``, ``LedgerError/unwritable``,
    ///   ``LedgerError/closed``, ``LedgerError/tooLarge``.
    public func begin(_ facts: CallRecord.Facts, at time: Date) throws(LedgerError) -> LedgerIntent {
        let entry = try LedgerEntry(facts.intentMembers(CallRecord.milliseconds(at: time)))
        return LedgerIntent(
            place: try queue.enqueue(LedgerQueue.Entry(members: entry.members, delivery: nil)), facts: facts)
    }

    /// The same of a record, whose own `sequence` and `stage` are not looked at.
    public func begin(_ record: CallRecord) throws(LedgerError) -> LedgerIntent {
        try begin(record.facts, at: record.time)
    }

    /// Appends an outcome, whose own `sequence`, `stage` and `intent` are not looked at; after an intent, nothing but how and
    /// when it ended is.
    ///
    /// Once it is durable, so is its intent. Where the intent could not be kept, neither is the outcome
    /// (``LedgerError/full``, ``LedgerError/unwritable``).
    /// - Parameter intent: what ``begin(_:)`` gave; nil where no provider was asked.
    /// - Parameter completion: called once unless this throws, with the record's sequence when it will survive a loss of
    ///   power, or with the reason why it will not be kept. It runs on the writer's thread, those of one flush one after
    ///   the other, and must return quickly. After ``LedgerError/unwritable`` the record may or may not be found later.
    /// - Returns: the sequence that the record will have once it is durable.
    /// - Throws: a refusal at once.
    @discardableResult
    public func append(
        _ record: CallRecord, after intent: LedgerIntent? = nil,
        completion: @escaping @Sendable (Result<UInt64, LedgerError>) -> Void
    ) throws(LedgerError) -> UInt64 {
        try append(try LedgerEntry(record.ending, after: intent, of: record.facts), completion)
    }

    @discardableResult
    private func append(
        _ entry: LedgerEntry, _ completion: @escaping @Sendable (Result<UInt64, LedgerError>) -> Void
    ) throws(LedgerError) -> UInt64 {
        try enqueue(entry) { result in
            completion(result)
            return nil
        }
    }

    /// Takes a result and says what is to be done once all of the same flush have theirs: to wake, once, whom they are for.
    public typealias Delivery = @Sendable (Result<UInt64, LedgerError>) -> (@Sendable () -> Void)?

    /// As ``append(_:after:completion:)``, for many calls that wait in one place.
    @discardableResult
    public func enqueue(_ entry: LedgerEntry, delivery: @escaping Delivery) throws(LedgerError) -> UInt64 {
        try queue.enqueue(LedgerQueue.Entry(members: entry.members, delivery: delivery), after: entry.intent).sequence
    }

    /// Appends a record and returns once it will survive a loss of power.
    /// - Returns: the record's sequence.
    /// - Throws: any refusal of ``append(_:after:completion:)``.
    @discardableResult
    public func append(_ record: CallRecord, after intent: LedgerIntent? = nil) async throws(LedgerError) -> UInt64 {
        try await append(try LedgerEntry(record.ending, after: intent, of: record.facts))
    }

    /// The same of an entry.
    @discardableResult
    public func append(_ entry: LedgerEntry) async throws(LedgerError) -> UInt64 {
        let result = await withCheckedContinuation { continuation in
            do throws(LedgerError) {
                try append(entry) { continuation.resume(returning: $0) }
            } catch { continuation.resume(returning: .failure(error)) }
        }
        return try result.get()
    }

    /// How answers name an entry of this ledger: `<id>-<sequence>`.
    public func entry(_ sequence: UInt64) -> String {
        var name = ByteOutput(capacity: 64)
        name.write(text: id)
        name.write("-")
        name.write(decimal: Int(sequence))
        return name.text
    }

    /// Writes what waits, ends the thread and gives up the lock. Later appends get ``LedgerError/closed``.
    public func close() async {
        queue.close()
        await withCheckedContinuation { continuation in queue.whenEnded { continuation.resume() } }
    }

    /// Records after which the tree is to be signed before the second is over.
    public static let recordsPerCheckpoint = 10_000

    private static func run(
        _ appender: SegmentAppender, _ queue: LedgerQueue, _ tips: LedgerTips, _ logger: Logger
    ) {
        var appender = appender
        var clock = TipClock()
        if let tip = appender.tip(), tip.size > 0 { tips.publish(tip) }
        defer { if let tip = appender.tip() { tips.publish(tip) } }
        defer { appender.releaseLock() }
        var isFull = false
        var earliest: DispatchTime?
        while true {
            if clock.isDue { clock.publish(appender.tip(), tips) }
            guard let batch = queue.take(from: earliest, until: clock.due) else { break }
            guard !batch.entries.isEmpty else { continue }
            let began = DispatchTime.now()
            let result = Result { () throws(LedgerError) in try appender.append(batch) }
            switch result {
            case .success:
                isFull = false
                queue.count(records: batch.entries.count)
                clock.count(batch.entries.count)
                let calls = deliver(to: batch.entries) { .success(batch.first + UInt64($0)) }
                appender.addLeaves()
                earliest = nextFlush(after: calls, since: began)
            case .failure(.full):
                if !isFull { logger.error("the ledger refuses records: too little disk space is left") }
                isFull = true
                let waiting = queue.withdraw(to: batch.first)
                deliver(to: batch.entries + waiting) { _ in .failure(.full) }
            case .failure(let error):
                // After a failed flush the kernel may drop the pages and let the next flush succeed without them (why
                // PostgreSQL panics, data_sync_retry): nothing is tried again.
                let waiting = queue.fail()
                logger.critical("the ledger cannot be written", metadata: ["error": "\(error)"])
                deliver(to: batch.entries + waiting) { _ in .failure(.unwritable) }
                return
            }
        }
        do { try appender.seal() } catch {
            logger.error("the ledger's reserved space could not be given back", metadata: ["error": "\(error)"])
        }
    }
}

/// Gives those who wait their results, by place, then wakes them.
/// - Returns: how many waited.
@discardableResult
private func deliver(to entries: [LedgerQueue.Entry], _ result: (Int) -> Result<UInt64, LedgerError>) -> UInt64 {
    var calls: UInt64 = 0
    var wakes: [@Sendable () -> Void] = []
    for (place, entry) in entries.enumerated() {
        guard let delivery = entry.delivery else { continue }
        calls += 1
        if let wake = delivery(result(place)) { wakes.append(wake) }
    }
    for wake in wakes { wake() }
    return calls
}

/// When the next flush may begin, so that calls that come together share it: a flush costs about as much for one as for
/// fifty. A tenth of a millisecond for each call keeps few callers from waiting for others that do not come; after a lone
/// one nobody waits. Measured with thirty-two callers, against half as long: a sixth less processor time for each call.
private func nextFlush(after calls: UInt64, since began: DispatchTime) -> DispatchTime? {
    calls > 1 ? DispatchTime(uptimeNanoseconds: began.uptimeNanoseconds + min(calls * 100_000, 1_000_000)) : nil
}

/// Tells when the tree is to be signed.
private struct TipClock {
    private var records = 0
    /// A second after the first record that is not signed for; nil where all are.
    private(set) var due: DispatchTime?

    var isDue: Bool { records >= LedgerWriter.recordsPerCheckpoint || due.map { $0 <= .now() } ?? false }

    mutating func count(_ new: Int) {
        if due == nil { due = .now() + .seconds(1) }
        records += new
    }

    mutating func publish(_ tip: Frontier?, _ tips: LedgerTips) {
        if let tip { tips.publish(tip) }
        self = TipClock()
    }
}
