import Foundation
import Logging

/// The end of the ledger, used by the writer's thread alone.
struct SegmentAppender: Sendable {
    private let folder: LedgerFolder
    private let limits: LedgerLimits
    private let files: any LedgerFiles
    private let lock: OpenFile
    private var file: OpenFile
    private var end: Int
    private var reserved: Int
    private var nextSequence: UInt64
    private var buffer: [UInt8] = []

    /// Takes the lock, finds the end of the last segment and cuts what a crash left after it.
    init(_ folder: LedgerFolder, limits: LedgerLimits, files: any LedgerFiles, logger: Logger) throws(LedgerError) {
        self.folder = folder
        self.limits = limits
        self.files = files
        try folder.create()
        lock = try folder.lock()
        if let last = try folder.segments().last {
            let recovered = try Self.recover(last, logger: logger)
            (end, nextSequence) = (recovered.end, recovered.nextSequence)
            file = try OpenFile(last.path, O_RDWR)
            if try file.size > end { try file.truncate(to: end) }
            // Pages of a flush that failed may look written while they are not on the disk. Only the last write can be in
            // that state, since nothing follows a failure: it is made again.
            let lastWrite = try file.read(end - recovered.lastWrite, at: recovered.lastWrite)
            try files.write(lastWrite, to: file, at: recovered.lastWrite)
            try files.synchronize(file)
            try LedgerFolder.synchronize(folder.path)
        } else {
            nextSequence = 1
            file = try folder.newSegment(firstSequence: 1, with: files)
            end = SegmentHeader.byteCount
        }
        reserved = end
    }

    /// What the last segment holds.
    private struct Recovered {
        /// Offset of the last write of whole records.
        var lastWrite = SegmentHeader.byteCount
        var end = SegmentHeader.byteCount
        var nextSequence: UInt64
    }

    /// Finds the end of the whole records of a segment.
    private static func recover(_ segment: Segment, logger: Logger) throws(LedgerError) -> Recovered {
        var scanner = try SegmentScanner.opening(segment)
        var recovered = Recovered(nextSequence: segment.firstSequence)
        while true {
            switch try scanner.next() {
            case .frame(let frame) where frame.sequence == recovered.nextSequence:
                if frame.placeInWrite == 0 { recovered.lastWrite = frame.offset }
                recovered.end = scanner.offset
                recovered.nextSequence += 1
            case .frame(let frame): throw .damaged(segment: segment.name, offset: frame.offset)
            case .end: return recovered
            case .broken(_, .damaged): throw .damaged(segment: segment.name, offset: scanner.offset)
            case .broken(_, .torn):
                logger.warning(
                    "the ledger's last write was cut short; its remains are removed",
                    metadata: ["segment": "\(segment.name)", "offset": "\(scanner.offset)"])
                return recovered
            }
        }
    }

    /// Makes records durable with one write and one flush.
    /// - Returns: the sequence of the first; the others follow.
    /// - Throws: ``LedgerError/full`` with nothing done; any other error leaves an unknown end, never to be written again.
    mutating func append(_ records: [[UInt8]]) throws(LedgerError) -> UInt64 {
        guard try files.freeBytes(in: folder.path) >= limits.freeBytes else { throw .full }
        let first = nextSequence
        buffer.removeAll(keepingCapacity: true)
        for (place, members) in records.enumerated() {
            Frame.append(members: members, sequence: first + UInt64(place), placeInWrite: UInt32(place), to: &buffer)
        }
        if end + buffer.count > limits.segmentBytes, end > SegmentHeader.byteCount { try rotate() }
        if end + buffer.count > reserved {
            let size = end + max(buffer.count, limits.preallocatedBytes)
            try files.preallocate(file, reserved..<size)
            reserved = size
        }
        try files.write(buffer, to: file, at: end)
        try files.synchronize(file)
        end += buffer.count
        nextSequence += UInt64(records.count)
        return first
    }

    /// Gives back the space reserved after the last record.
    mutating func seal() throws(LedgerError) {
        try file.truncate(to: end)
        reserved = end
    }

    /// Lets another writer have the ledger; this one must not append any more.
    func releaseLock() { flock(lock.descriptor, LOCK_UN) }

    private mutating func rotate() throws(LedgerError) {
        try seal()
        file = try folder.newSegment(firstSequence: nextSequence, with: files)
        end = SegmentHeader.byteCount
        reserved = end
    }
}
