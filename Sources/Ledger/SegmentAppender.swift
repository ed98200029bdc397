import Foundation
import Logging

/// The end of the ledger, used by the writer's thread alone.
struct SegmentAppender: Sendable {
    let logID: UInt64
    private(set) var nextSequence: UInt64
    private let folder: LedgerFolder
    private let limits: LedgerLimits
    private let files: any LedgerFiles
    private let lock: OpenFile
    private var file: OpenFile
    /// Where the segment's records begin and end.
    private var start: Int
    private var end: Int
    private var reserved: Int
    /// Up to where zeros are written. Over them a flush writes data only; over space that is merely reserved it writes
    /// the file's metadata too, each time (a quarter longer on ext4).
    private var zeroed: Int
    /// When the free space was last seen to suffice, in nanoseconds of uptime.
    private var spaceSeen: UInt64 = 0
    /// Of all records before the last flush.
    private var tree: GrowingTree
    /// The last flush, of which the leaves are not in the tree yet.
    private var buffer: [UInt8] = []

    /// Takes the lock, finds the end of the last segment and cuts what a crash left after it.
    init(_ folder: LedgerFolder, limits: LedgerLimits, files: any LedgerFiles, logger: Logger) throws(LedgerError) {
        self.folder = folder
        self.limits = limits
        self.files = files
        try folder.create()
        lock = try folder.lock()
        let found = try LedgerEnd(folder, files: files, logger: logger)
        (logID, tree) = (found.logID, found.tree)
        nextSequence = tree.frontier.size + 1
        if let last = found.segment {
            (file, start, end) = (last.file, last.start, last.end)
        } else {
            try tree.settle()
            let header = SegmentHeader(logID: logID, before: tree.frontier)
            file = try folder.newSegment(header, with: files)
            (start, end) = (header.byteCount, header.byteCount)
        }
        (reserved, zeroed) = (end, end)
    }

    /// Zeros written at a time: with two hundred calls, in one write and one flush.
    private static let zeroStep = 256 << 10
    /// How long the free space that was seen is believed, in nanoseconds; what is reserved does not need it.
    static let spaceBelieved: UInt64 = 250_000_000

    /// Makes records durable with one write and one flush.
    /// - Throws: ``LedgerError/full`` with nothing done; any other error leaves an unknown end, never to be written again.
    mutating func append(_ batch: LedgerQueue.Batch) throws(LedgerError) {
        for (place, entry) in batch.entries.enumerated() {
            Frame.append(
                members: entry.members, sequence: batch.first + UInt64(place), placeInWrite: UInt32(place), to: &buffer)
        }
        do throws(LedgerError) {
            try checkSpace()
            if end + buffer.count > limits.segmentBytes, end > start { try rotate() }
            try reserve()
        } catch {
            buffer.removeAll(keepingCapacity: true)
            throw error.isLackOfSpace ? .full : error
        }
        do throws(LedgerError) {
            let count = buffer.count
            if end + count > zeroed {
                zeroed = min(end + count + Self.zeroStep, reserved)
                buffer.append(contentsOf: repeatElement(0, count: zeroed - end - count))
            }
            try files.write(buffer, to: file, at: end)
            buffer.removeLast(buffer.count - count)
            try files.synchronize(file)
        } catch {
            // What may not be on the disk must not be signed for.
            buffer.removeAll(keepingCapacity: true)
            throw error
        }
        end += buffer.count
        nextSequence += UInt64(batch.entries.count)
    }

    /// The tree of all records, its nodes written; nil where they cannot be.
    mutating func tip() -> Frontier? {
        tree.write()
        return tree.failure == nil ? tree.frontier : nil
    }

    /// Adds the leaves of the last flush to the tree: once its calls have been let go, and before the next.
    mutating func addLeaves() {
        defer { buffer.removeAll(keepingCapacity: true) }
        buffer.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
                let payload = offset + Frame.headerBytes
                // The byte before a payload is the last of its place in the write, always zero.
                tree.append(
                    MerkleHash(
                        prefixedLeaf: UnsafeRawBufferPointer(rebasing: bytes[(payload - 1)..<(payload + length)])))
                offset = payload + length
            }
        }
    }

    private mutating func checkSpace() throws(LedgerError) {
        let now = DispatchTime.now().uptimeNanoseconds
        let isReserved = end + buffer.count <= min(reserved, limits.segmentBytes)
        if isReserved, now < spaceSeen + Self.spaceBelieved { return }
        spaceSeen = 0
        guard try files.freeBytes(in: folder.path) >= limits.freeBytes else { throw .full }
        spaceSeen = now
    }

    private mutating func reserve() throws(LedgerError) {
        guard end + buffer.count > reserved else { return }
        let size = end + max(buffer.count, limits.preallocatedBytes)
        try files.preallocate(file, reserved..<size)
        reserved = size
    }

    /// Gives back the space reserved after the last record.
    mutating func seal() throws(LedgerError) {
        try file.truncate(to: end)
        (reserved, zeroed) = (end, end)
    }

    /// Lets another writer have the ledger; this one must not append any more.
    func releaseLock() { flock(lock.descriptor, LOCK_UN) }

    private mutating func rotate() throws(LedgerError) {
        try seal()
        try tree.settle()
        let header = SegmentHeader(logID: logID, before: tree.frontier)
        file = try folder.newSegment(header, with: files)
        (start, end) = (header.byteCount, header.byteCount)
        (reserved, zeroed) = (end, end)
    }
}

/// What a ledger holds when it is opened.
struct LedgerEnd {
    let logID: UInt64
    /// Of every whole record.
    private(set) var tree: GrowingTree
    /// The segment to go on with; nil where a new one is to begin.
    let segment: (file: OpenFile, start: Int, end: Int)?

    /// Finds the end of the whole records, cuts what a crash left behind it and flushes the last write once more.
    init(_ folder: LedgerFolder, files: any LedgerFiles, logger: Logger) throws(LedgerError) {
        let segments = try folder.segments()
        guard let last = segments.last else {
            tree = try GrowingTree(remaking: folder, at: Frontier(), from: [])
            (logID, segment) = (.random(in: 1 ... .max), nil)
            return
        }
        let scanner = try SegmentScanner.opening(last)
        // Segments of version 1 do not say what came before: they are read, once.
        let before = scanner.before ?? Frontier()
        if scanner.before != nil, let kept = try GrowingTree(folder, at: before) {
            tree = kept
        } else {
            tree = try GrowingTree(remaking: folder, at: before, from: segments.dropLast())
        }
        let recovered = try Self.recover(scanner, into: &tree, logger: logger)
        let file = try OpenFile(last.path, O_RDWR)
        if try file.size > recovered.end { try file.truncate(to: recovered.end) }
        // Pages of a flush that failed may look written while they are not on the disk. Only the last write can be in
        // that state, since nothing follows a failure: it is made again.
        let lastWrite = try file.read(recovered.end - recovered.lastWrite, at: recovered.lastWrite)
        try files.write(lastWrite, to: file, at: recovered.lastWrite)
        try files.synchronize(file)
        try LedgerFolder.synchronize(folder.path)
        logID = scanner.before.flatMap { _ in scanner.header?.logID } ?? .random(in: 1 ... .max)
        segment = scanner.before == nil ? nil : (file, scanner.offset, recovered.end)
    }

    /// What the last segment holds.
    private struct Recovered {
        /// Offset of the last write of whole records.
        var lastWrite: Int
        var end: Int
    }

    /// Finds the end of the whole records of the last segment.
    private static func recover(
        _ scanner: SegmentScanner, into tree: inout GrowingTree, logger: Logger
    ) throws(LedgerError) -> Recovered {
        var scanner = scanner
        let segment = scanner.segment
        var recovered = Recovered(lastWrite: scanner.offset, end: scanner.offset)
        while true {
            switch try scanner.next() {
            case .frame(let frame) where frame.sequence == tree.frontier.size + 1:
                if frame.placeInWrite == 0 { recovered.lastWrite = frame.offset }
                recovered.end = scanner.offset
                for leaf in frame.leaves { tree.append(leaf) }
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
}
