import Foundation

/// The Merkle tree of a ledger that is being written: its right edge in memory, its whole nodes in files.
///
/// `tree/00` holds the leaves' hashes, `tree/01` the nodes above, and so on, 32 bytes each: 64 bytes a record in all,
/// from which any proof is read in a few dozen places. The files only repeat what the segments say: they are flushed when
/// a segment ends, cut back to that when the ledger is opened, and made again where they are lost.
struct GrowingTree: Sendable {
    private(set) var frontier: Frontier
    private var files: TreeFiles
    private var pending: [[UInt8]] = []
    /// Leaves whose nodes are in the files.
    private var written: UInt64
    /// Why the files do not follow; nil while they do.
    private(set) var failure: LedgerError?

    /// The tree of the records before `frontier`, of which the files must hold the nodes; nil where they do not.
    init?(_ folder: LedgerFolder, at frontier: Frontier) throws(LedgerError) {
        self.frontier = frontier
        written = frontier.size
        try LedgerFolder(URL(filePath: folder.tree)).create()
        files = try TreeFiles(folder, writable: true)
        guard try files.cut(to: frontier) else { return nil }
    }

    /// Makes the files again up to `frontier`, from the records of the segments before.
    init(remaking folder: LedgerFolder, at frontier: Frontier, from segments: [Segment]) throws(LedgerError) {
        var start = segments.endIndex
        var tree: GrowingTree?
        while tree == nil, start > 0 {
            start -= 1
            guard let before = try SegmentScanner.opening(segments[start]).before else { continue }
            tree = try GrowingTree(folder, at: before)
        }
        if let tree { self = tree } else { self = try Self.empty(folder) }
        for segment in segments[start...] {
            var scanner = try SegmentScanner.opening(segment)
            while let frame = try scanner.nextFrame(isLast: false) {
                guard frame.sequence == self.frontier.size + 1 else {
                    throw .damaged(segment: segment.name, offset: frame.offset)
                }
                for leaf in frame.leaves { append(leaf) }
            }
            try settle()
        }
        guard frontier.size == 0 || self.frontier == frontier else {
            throw .damaged(segment: segments.last?.name ?? "", offset: 0)
        }
    }

    private static func empty(_ folder: LedgerFolder) throws(LedgerError) -> GrowingTree {
        guard let tree = try GrowingTree(folder, at: Frontier()) else { throw .failed(operation: "tree", code: EIO) }
        return tree
    }

    mutating func append(_ leaf: MerkleHash) {
        frontier.append(leaf) { height, hash in
            if height >= pending.count { pending.append([]) }
            hash.append(to: &pending[height])
        }
    }

    /// Writes the nodes that are whole, so that proofs can be made up to the last leaf.
    mutating func write() {
        guard written < frontier.size else { return }
        do throws(LedgerError) {
            for height in pending.indices where !pending[height].isEmpty {
                try files.write(pending[height], height, at: written >> UInt64(height))
            }
            for height in pending.indices { pending[height].removeAll(keepingCapacity: true) }
            written = frontier.size
            failure = nil
        } catch { failure = error }
    }

    /// Makes what is written durable: before a segment begins that counts on it.
    mutating func settle() throws(LedgerError) {
        write()
        if let failure { throw failure }
        try files.synchronize()
    }
}

/// The files of the nodes, by height.
struct TreeFiles: Sendable {
    private let path: String
    private let writable: Bool
    private var files: [OpenFile] = []

    /// Opens what is there.
    init(_ folder: LedgerFolder, writable: Bool = false) throws(LedgerError) {
        path = folder.tree
        self.writable = writable
        while access(name(files.count), F_OK) == 0 { try open() }
    }

    private func name(_ height: Int) -> String { path + (height < 10 ? "/0" : "/") + String(height) }

    private mutating func open() throws(LedgerError) {
        files.append(try OpenFile(name(files.count), writable ? O_RDWR | O_CREAT : O_RDONLY))
    }

    /// The node of a height, counted from the left.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where it is not there.
    func node(_ height: Int, _ index: UInt64) throws(LedgerError) -> MerkleHash {
        guard height < files.count, index < UInt64(Int.max) / 32,
            let hash = MerkleHash(try files[height].read(MerkleHash.byteCount, at: Int(index) * MerkleHash.byteCount))
        else { throw .failed(operation: "read tree", code: ENOENT) }
        return hash
    }

    /// Leaves of which the files hold the hash.
    var leaves: UInt64 { get throws(LedgerError) { UInt64(try files.first?.size ?? 0) / 32 } }

    /// The leaves' hashes, 32 bytes each, from a leaf on: as many as there are, at most `count`.
    func leafBytes(from index: UInt64, count: Int) throws(LedgerError) -> [UInt8] {
        try files.first?.read(count * MerkleHash.byteCount, at: Int(index) * MerkleHash.byteCount) ?? []
    }

    mutating func write(_ bytes: [UInt8], _ height: Int, at index: UInt64) throws(LedgerError) {
        while height >= files.count { try open() }
        try SystemFiles().write(bytes, to: files[height], at: Int(index) * MerkleHash.byteCount)
    }

    func synchronize() throws(LedgerError) {
        for file in files { try SystemFiles().synchronize(file) }
        try LedgerFolder.synchronize(path)
    }

    /// Removes all nodes beyond that tree; false where some of its own are missing or others.
    func cut(to frontier: Frontier) throws(LedgerError) -> Bool {
        var peaks = frontier.peaks[...]
        for height in (0..<64).reversed() where frontier.size >> UInt64(height) & 1 == 1 {
            guard let peak = peaks.popFirst(), height < files.count,
                try files[height].size >= Int(frontier.size >> UInt64(height)) * MerkleHash.byteCount,
                try node(height, frontier.size >> UInt64(height) - 1) == peak
            else { return false }
        }
        for (height, file) in files.enumerated() {
            let size = Int(frontier.size >> UInt64(height)) * MerkleHash.byteCount
            guard try file.size >= size else { return false }
            guard ftruncate(file.descriptor, off_t(size)) == 0 else { throw .last("ftruncate") }
        }
        return true
    }
}
