/// The right edge of a growing Merkle tree: all that is needed to add leaves and to know the root.
struct Frontier: Sendable, Hashable {
    /// Leaves in the tree.
    private(set) var size: UInt64 = 0
    /// Roots of the whole subtrees that the tree is made of, the largest first: one for each bit of `size`.
    private(set) var peaks: [MerkleHash] = []

    init() {}

    /// Nil where that many peaks make no tree of that size.
    init?(size: UInt64, peaks: [MerkleHash]) {
        guard peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// The root of the tree (RFC 6962 §2.1).
    var root: MerkleHash {
        guard var root = peaks.last else { return .empty }
        for peak in peaks.dropLast().reversed() { root = .node(peak, root) }
        return root
    }

    mutating func append(_ leaf: MerkleHash) { append(leaf) { _, _ in } }

    /// Adds a leaf and tells every whole subtree that it ends, from the leaf up, with its height.
    mutating func append(_ leaf: MerkleHash, ended: (_ height: Int, _ hash: MerkleHash) -> Void) {
        var (node, height) = (leaf, 0)
        ended(0, leaf)
        while size >> UInt64(height) & 1 == 1 {
            node = .node(peaks.removeLast(), node)
            height += 1
            ended(height, node)
        }
        peaks.append(node)
        size += 1
    }
}
