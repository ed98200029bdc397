import CLibCrypto

/// A SHA-256 hash of the Merkle tree of the ledger (RFC 6962 §2.1), held in place: trees are made of millions.
public struct MerkleHash: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    public static let byteCount = 32

    /// The hash in the next 32 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        words = bytes.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    /// Nil where `bytes` are not 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { MerkleHash($0) }
    }

    func append(to bytes: inout [UInt8]) { withUnsafeBytes { bytes.append(contentsOf: $0) } }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: words) { body($0) }
    }

    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    public static func == (left: MerkleHash, right: MerkleHash) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1 && left.words.2 == right.words.2
            && left.words.3 == right.words.3
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// Of a tree without leaves.
    public static let empty = digest(UnsafeRawBufferPointer(start: nil, count: 0))

    /// Of a record: SHA-256(0x00 ‖ payload).
    public static func leaf(_ payload: some Collection<UInt8>) -> MerkleHash {
        ([0] + payload).withUnsafeBytes { MerkleHash(prefixedLeaf: $0) }
    }

    /// Of a record whose payload already stands behind a zero byte.
    init(prefixedLeaf bytes: UnsafeRawBufferPointer) { self = .digest(bytes) }

    /// SHA-256 of any bytes, by OpenSSL: swift-crypto allocates for each digest, and a call has a dozen of them
    /// (`docs/decisions/0022-sealed-memory.md`).
    static func digest(_ bytes: UnsafeRawBufferPointer) -> MerkleHash {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount) { digest in
            var state = SHA256_CTX()
            SHA256_Init(&state)
            SHA256_Update(&state, bytes.baseAddress, bytes.count)
            SHA256_Final(digest.baseAddress, &state)
            return MerkleHash(UnsafeRawBufferPointer(digest))
        }
    }

    /// Of two subtrees: SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * byteCount, alignment: 1) { bytes in
            bytes[0] = 1
            bytes.storeBytes(of: left.words, toByteOffset: 1, as: (UInt64, UInt64, UInt64, UInt64).self)
            bytes.storeBytes(of: right.words, toByteOffset: 33, as: (UInt64, UInt64, UInt64, UInt64).self)
            return digest(UnsafeRawBufferPointer(bytes))
        }
    }
}
