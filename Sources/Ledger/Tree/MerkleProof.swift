/// Makes proofs about a tree whose whole nodes can be read (RFC 6962 §2.1.1 and §2.1.2).
public struct ProofMaker: Sendable {
    private let files: TreeFiles

    /// Over the tree of a ledger's folder.
    /// - Throws: ``LedgerError/failed(operation:code:)``.
    init(_ folder: LedgerFolder) throws(LedgerError) { files = try TreeFiles(folder) }

    /// The root of the first `size` leaves.
    public func root(_ size: UInt64) throws(LedgerError) -> MerkleHash { try root(of: 0..<size) }

    /// The hash of one leaf.
    public func leaf(_ index: UInt64) throws(LedgerError) -> MerkleHash { try files.node(0, index) }

    /// The hashes that lead from a leaf to the root of a tree of `size` leaves.
    /// - Precondition: `index < size`.
    public func inclusion(of index: UInt64, in size: UInt64) throws(LedgerError) -> [MerkleHash] {
        var path: [MerkleHash] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = Self.middle(range)
            if index < middle {
                path.append(try root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return path.reversed()
    }

    /// The hashes that show that a tree of `new` leaves begins with those of the tree of `old`.
    /// - Precondition: `old <= new`.
    public func consistency(from old: UInt64, to new: UInt64) throws(LedgerError) -> [MerkleHash] {
        guard old > 0, old < new else { return [] }
        var path: [MerkleHash] = []
        var range = 0..<new
        var isWhole = true
        while range.upperBound != old {
            let middle = Self.middle(range)
            if old <= middle {
                path.append(try root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
                isWhole = false
            }
        }
        if !isWhole { path.append(try root(of: range)) }
        return path.reversed()
    }

    /// Where a subtree divides: at the largest power of two below its count.
    private static func middle(_ range: Range<UInt64>) -> UInt64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }

    private func root(of range: Range<UInt64>) throws(LedgerError) -> MerkleHash {
        let count = range.upperBound - range.lowerBound
        guard count > 0 else { return .empty }
        if count.nonzeroBitCount == 1 {
            let height = count.trailingZeroBitCount
            return try files.node(height, range.lowerBound >> UInt64(height))
        }
        let middle = Self.middle(range)
        return .node(try root(of: range.lowerBound..<middle), try root(of: middle..<range.upperBound))
    }
}

/// Checks proofs; needs nothing but them (RFC 9162 §2.1.3.2 and §2.1.4.2).
public enum MerkleProof {
    /// The root that a leaf and its proof lead to; nil where they fit no tree of that size.
    public static func root(
        ofLeaf leaf: MerkleHash, at index: UInt64, in size: UInt64, _ path: [MerkleHash]
    ) -> MerkleHash? {
        guard index < size else { return nil }
        var (node, last, hash) = (index, size - 1, leaf)
        for sibling in path {
            guard last > 0 else { return nil }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 ? hash : nil
    }

    /// True where `path` shows that the tree of `new` leaves continues that of `old`.
    public static func isConsistent(
        _ old: UInt64, _ oldRoot: MerkleHash, _ new: UInt64, _ newRoot: MerkleHash, _ path: [MerkleHash]
    ) -> Bool {
        guard old <= new else { return false }
        if old == new { return path.isEmpty && oldRoot == newRoot }
        guard old > 0 else { return path.isEmpty && oldRoot == .empty }
        var rest = (old.nonzeroBitCount == 1 ? [oldRoot] : []) + path
        guard !rest.isEmpty else { return false }
        let first = rest.removeFirst()
        var (node, last) = (old - 1, new - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (left, right) = (first, first)
        for hash in rest {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                (left, right) = (.node(hash, left), .node(hash, right))
                while node & 1 == 0, node > 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                right = .node(right, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && left == oldRoot && right == newRoot
    }
}
