import Foundation

/// One file of the ledger, named after the sequence of its first record: `00000000000000000001.ledger`.
struct Segment: Sendable, Hashable {
    let name: String
    let path: String
    let firstSequence: UInt64

    init(firstSequence: UInt64, in directory: String) {
        name = Self.digits(firstSequence) + ".ledger"
        path = directory + "/" + name
        self.firstSequence = firstSequence
    }

    /// Twenty of them, so that names sort as numbers do.
    static func digits(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }
}

/// The directory that holds the segments and the writer's lock.
struct LedgerFolder: Sendable {
    let path: String
    /// Nodes of the Merkle tree.
    var tree: String { path + "/tree" }
    /// The last checkpoint, the last that a witness signed too, and those that stay.
    var checkpoint: String { path + "/checkpoint" }
    var cosigned: String { path + "/checkpoint.cosigned" }
    var checkpoints: String { path + "/checkpoints" }
    /// Statements of what was purged.
    var purges: String { path + "/purges" }
    /// The public key of the checkpoints.
    var key: String { path + "/ledger.pub" }

    init(_ directory: URL) {
        let path = directory.path
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Makes the directory (mode 0700) where there is none, durably.
    func create() throws(LedgerError) {
        let parent = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        guard mkdir(path, 0o700) != 0 else { return try Self.synchronize(parent.isEmpty ? "." : parent) }
        guard errno == EEXIST else { throw .last("mkdir") }
    }

    /// Takes the exclusive lock, held until the file is closed or the process ends.
    /// - Throws: ``LedgerError/locked(directory:)`` where another writer has it.
    func lock() throws(LedgerError) -> OpenFile {
        let file = try OpenFile(path + "/ledger.lock", O_RDWR | O_CREAT)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .locked(directory: path) : .last("flock")
        }
        return file
    }

    /// The segments in the order of their sequences.
    func segments() throws(LedgerError) -> [Segment] {
        guard access(path, R_OK | X_OK) == 0 else { throw .last("access") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw .failed(operation: "readdir", code: EIO)
        }
        return
            names
            .compactMap { name in
                guard name.hasSuffix(".ledger"), let first = UInt64(name.dropLast(7)),
                    (1...LedgerLimits.sequences).contains(first)
                else { return nil }
                let segment = Segment(firstSequence: first, in: path)
                return segment.name == name ? segment : nil
            }
            .sorted { $0.firstSequence < $1.firstSequence }
    }

    /// Makes a segment that holds its header only. It gets its name once whole, so that no crash leaves half of one.
    func newSegment(_ header: SegmentHeader, with files: any LedgerFiles) throws(LedgerError) -> OpenFile {
        let segment = Segment(firstSequence: header.firstSequence, in: path)
        let draft = path + "/segment.new"
        let file = try OpenFile(draft, O_RDWR | O_CREAT | O_TRUNC)
        try files.write(header.bytes, to: file, at: 0)
        try files.synchronize(file)
        guard rename(draft, segment.path) == 0 else { throw .last("rename") }
        try Self.synchronize(path)
        return file
    }

    /// Puts bytes in place of a file (0600), durably and whole or not at all.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(LedgerError) {
        let draft = path + ".new"
        do {
            let file = try OpenFile(draft, O_RDWR | O_CREAT | O_TRUNC)
            try SystemFiles().write(bytes, to: file, at: 0)
            try SystemFiles().synchronize(file)
        }
        guard rename(draft, path) == 0 else { throw .last("rename") }
        try synchronize((path as NSString).deletingLastPathComponent)
    }

    /// Makes the names in a directory durable.
    static func synchronize(_ directory: String) throws(LedgerError) {
        let file = try OpenFile(directory, O_RDONLY | O_DIRECTORY)
        guard fsync(file.descriptor) == 0 else { throw .last("fsync") }
    }
}
