import Crypto
import Foundation

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
    /// Keys by the path that leads to them; no path leads on from another.
    private var keys: [[UInt8]: [UInt8]]

    /// A tree that has forgotten nobody.
    init() { keys = [[]: Self.random()] }

    private static func random() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes(Array.init) }

    /// Reads what ``bytes`` gave; nil where it is none.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic) else { return nil }
        keys = [:]
        var offset = Self.magic.count
        while offset < bytes.count {
            let depth = Int(bytes[offset])
            let (path, end) = (offset + 1, offset + 1 + depth + 32)
            guard depth <= Self.depth, end <= bytes.count else { return nil }
            keys[Array(bytes[path..<(path + depth)])] = Array(bytes[(path + depth)..<end])
            offset = end
        }
        guard !keys.isEmpty else { return nil }
    }

    var bytes: [UInt8] {
        keys.sorted { $0.key.lexicographicallyPrecedes($1.key) }.reduce(Self.magic) { bytes, item in
            bytes + [UInt8(item.key.count)] + item.key + item.value
        }
    }

    private static func path(of identity: [UInt8]) -> [UInt8] { Array(digest(identity).prefix(depth)) }

    /// The key that steps lead to from one above.
    private static func key(_ key: [UInt8], _ steps: some Sequence<UInt8>) -> [UInt8] {
        var block = key + [0]
        for step in steps {
            block[32] = step
            block = digest(block)
            block.append(0)
        }
        block.removeLast()
        return block
    }

    /// Without the generic way over regions of data, which costs more than the digest itself.
    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { Array($0) }
    }

    /// Where on a path a key is kept, and that key.
    private func kept(on path: [UInt8]) -> (depth: Int, key: [UInt8])? {
        for depth in 0...Self.depth {
            if let key = keys[Array(path.prefix(depth))] { return (depth, key) }
        }
        return nil
    }

    /// The pseudonym of an identity, half of SHA-256(key ‖ identity): a key serves at the end of its path for nothing
    /// else, has one length, and half of the digest extends to nothing. Nil only where a file of keys was made by hand.
    func pseudonym(of identity: [UInt8]) -> [UInt8]? {
        let path = Self.path(of: identity)
        guard let (depth, kept) = kept(on: path) else { return nil }
        let key = Self.key(kept, path[depth...])
        return Array(Self.digest(key + identity).prefix(16))
    }

    /// Forgets the key of a person: the next pseudonym is another, that nothing links to those before.
    mutating func forget(_ identity: [UInt8]) {
        let path = Self.path(of: identity)
        guard let (depth, kept) = kept(on: path) else { return }
        keys[Array(path.prefix(depth))] = nil
        var key = kept
        for step in depth..<Self.depth {
            for byte in UInt8.min...UInt8.max where byte != path[step] {
                keys[path.prefix(step) + [byte]] = Self.key(key, [byte])
            }
            key = Self.key(key, [path[step]])
        }
        keys[path] = Self.random()
    }
}
