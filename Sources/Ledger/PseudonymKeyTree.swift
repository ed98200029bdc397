import Crypto
import Foundation
import Synchronization

/// The secret of a year's pseudonyms, from which the part of one person can be taken away for good.
///
/// Each person's own key hangs at the end of a path of six bytes, from the digest of the person; each step down is
/// SHA-256(key above ‖ byte) (a puncturable function after Goldreich, Goldwasser and Micali). To forget a person the
/// root is replaced by the keys beside the path, 255 at each of the six steps, and what stood at the end by a random
/// key: every other pseudonym stays as it was, and nothing that is left gives that person's back. No list of persons is
/// kept, and nothing is written when a person is met for the first time. Of 70 million persons, one has the same path
/// as a given one with a chance of 1 in 4 million: forgotten with the other, it would get another pseudonym too.
struct PseudonymKeyTree: Sendable {
    private static let magic = Array("UFPSEUD1".utf8)
    private static let depth = 6
    /// Held in place, as hashes of the ledger's tree are.
    private typealias Key = MerkleHash
    /// Keys by the path that leads to them; no path leads on from another.
    private var keys: [Path: Key]
    /// Of this very tree: one that forgets gets another.
    private var memo = KeyMemo()

    /// A tree that has forgotten nobody.
    init() { keys = [Path(): Self.random()] }

    private static func random() -> Key { SymmetricKey(size: .bits256).withUnsafeBytes { Key($0) } }

    /// Reads what ``bytes`` gave; nil where it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        keys = [:]
        var offset = Self.magic.count
        while offset < bytes.count {
            let depth = Int(bytes[offset])
            let (path, end) = (offset + 1, offset + 1 + depth + Key.byteCount)
            guard depth <= Self.depth, end <= bytes.count else { return nil }
            keys[Path(bytes[path..<(path + depth)])] = Key(bytes[(path + depth)..<end])
            offset = end
        }
        guard !keys.isEmpty else { return nil }
    }

    var bytes: [UInt8] {
        keys.sorted { $0.key.bits < $1.key.bits }.reduce(into: Self.magic) { bytes, item in
            bytes.append(UInt8(item.key.depth))
            for step in 0..<item.key.depth { bytes.append(item.key[step]) }
            item.value.append(to: &bytes)
        }
    }

    private static func path(of identity: [UInt8]) -> Path {
        identity.withUnsafeBytes(MerkleHash.digest).withUnsafeBytes { Path($0.prefix(depth)) }
    }

    /// The key that a step leads to from the one above.
    private static func key(_ key: Key, _ step: UInt8) -> Key { digest(key, CollectionOfOne(step)) }

    private static func digest(_ key: Key, _ rest: some Collection<UInt8>) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: Key.byteCount + rest.count, alignment: 1) { block in
            key.withUnsafeBytes { block.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: block[Key.byteCount...]).copyBytes(from: rest)
            return MerkleHash.digest(UnsafeRawBufferPointer(block))
        }
    }

    /// Where on a path a key is kept, and that key.
    private func kept(on path: Path) -> (depth: Int, key: Key)? {
        for depth in 0...Self.depth {
            if let key = keys[path.prefix(depth)] { return (depth, key) }
        }
        return nil
    }

    /// The pseudonym of an identity, half of SHA-256(key ‖ identity): a key serves at the end of its path for nothing
    /// else, has one length, and half of the digest extends to nothing. Nil only where a file of keys was made by hand.
    func pseudonym(of identity: [UInt8]) -> MerkleHash? {
        let path = Self.path(of: identity)
        guard var (depth, key) = kept(on: path) else { return nil }
        if depth < KeyMemo.depth {
            key = memo.key(path.prefix(KeyMemo.depth)) {
                (depth..<KeyMemo.depth).reduce(key) { Self.key($0, path[$1]) }
            }
            depth = KeyMemo.depth
        }
        for step in depth..<Self.depth { key = Self.key(key, path[step]) }
        return Self.digest(key, identity)
    }

    /// Forgets the key of a person: the next pseudonym is another, that nothing links to those before.
    mutating func forget(_ identity: [UInt8]) {
        let path = Self.path(of: identity)
        guard let (depth, kept) = kept(on: path) else { return }
        memo = KeyMemo()
        keys[path.prefix(depth)] = nil
        var key = kept
        for step in depth..<Self.depth {
            for byte in UInt8.min...UInt8.max where byte != path[step] {
                keys[path.prefix(step).appending(byte)] = Self.key(key, byte)
            }
            key = Self.key(key, path[step])
        }
        keys[path] = Self.random()
    }
}

/// Up to six steps from the root: in the highest bytes, with their number in the lowest, so that numbers sort as paths.
private struct Path: Hashable {
    private(set) var bits: UInt64 = 0

    init() {}

    init(_ steps: some Sequence<UInt8>) { self = steps.reduce(Path()) { $0.appending($1) } }

    var depth: Int { Int(bits & 0xFF) }

    subscript(step: Int) -> UInt8 { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * step)) }

    func appending(_ step: UInt8) -> Path {
        var path = self
        path.bits |= UInt64(step) << UInt64(56 - 8 * depth)
        path.bits += 1
        return path
    }

    func prefix(_ depth: Int) -> Path {
        var path = self
        path.bits = bits & ~(UInt64.max >> UInt64(8 * depth)) | UInt64(depth)
        return path
    }
}

/// The keys two steps below the root that were asked for: at most 65,536 of 32 bytes.
private final class KeyMemo: Sendable {
    static let depth = 2
    private let keys = Mutex<[Path: MerkleHash]>([:])

    func key(_ path: Path, _ make: () -> MerkleHash) -> MerkleHash {
        if let key = keys.withLock({ $0[path] }) { return key }
        let key = make()
        keys.withLock { $0[path] = key }
        return key
    }
}
