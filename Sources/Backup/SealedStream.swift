import Crypto
import Foundation

/// Bytes sealed in chunks of 64 KiB (AES-256-GCM), each with its rank and whether it is the last in the nonce: a chunk
/// that is altered, moved, repeated or missing does not open (STREAM, Hoang, Reyhanitabar, Rogaway, Vizár 2015).
enum SealedChunk {
    static let plainBytes = 64 << 10
    static let sealedBytes = plainBytes + 16

    static func seal(_ bytes: ArraySlice<UInt8>, rank: UInt64, isLast: Bool, key: SymmetricKey) throws -> Data {
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce(rank, isLast))
        return box.ciphertext + box.tag
    }

    static func open(_ bytes: Data, rank: UInt64, isLast: Bool, key: SymmetricKey) throws -> Data {
        guard bytes.count > 16, let nonce = try? nonce(rank, isLast),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: bytes.dropLast(16), tag: bytes.suffix(16)),
            let plain = try? AES.GCM.open(box, using: key)
        else { throw BackupError.damaged }
        return plain
    }

    /// The key is of one archive, so that a rank never comes twice under it.
    private static func nonce(_ rank: UInt64, _ isLast: Bool) throws -> AES.GCM.Nonce {
        let digits = (0..<8).reversed().map { UInt8(truncatingIfNeeded: rank >> ($0 * 8)) }
        return try AES.GCM.Nonce(data: [0, 0, 0] + digits + [isLast ? 1 : 0])
    }
}

/// Seals what is written to it.
struct SealedWriter {
    private let output: FileHandle
    private let key: SymmetricKey
    private var rank: UInt64 = 0
    private var pending: [UInt8] = []
    private var digest = SHA256()

    init(_ output: FileHandle, for recipients: [BackupRecipient]) throws {
        let secret = SymmetricKey(size: .bits256)
        let header = try ArchiveHeader.bytes(sharing: secret, with: recipients)
        self.output = output
        key = ArchiveHeader.chunkKey(secret, header: header)
        try emit(Data(header))
    }

    mutating func write(_ bytes: some Collection<UInt8>) throws {
        pending += bytes
        var start = 0
        // The last chunk is never empty: what fills one exactly stays until more comes.
        while pending.count - start > SealedChunk.plainBytes {
            try flush(pending[start..<(start + SealedChunk.plainBytes)], isLast: false)
            start += SealedChunk.plainBytes
        }
        if start > 0 { pending.removeFirst(start) }
    }

    /// Seals what is left, and gives the SHA-256 of the whole archive.
    mutating func finish() throws -> SHA256Digest {
        try flush(pending[...], isLast: true)
        return digest.finalize()
    }

    private mutating func flush(_ bytes: ArraySlice<UInt8>, isLast: Bool) throws {
        try emit(SealedChunk.seal(bytes, rank: rank, isLast: isLast, key: key))
        rank += 1
    }

    private mutating func emit(_ bytes: Data) throws {
        digest.update(data: bytes)
        try output.write(contentsOf: bytes)
    }
}

/// Opens what was sealed, chunk by chunk: no byte comes out that was not as it was written.
struct SealedReader {
    private let input: FileHandle
    private let key: SymmetricKey
    private var rank: UInt64 = 0
    private var next: Data
    private var plain = Data()

    init(_ input: FileHandle, with identity: BackupIdentity) throws {
        let (header, secret) = try ArchiveHeader.read(from: input, with: identity)
        self.input = input
        key = ArchiveHeader.chunkKey(secret, header: header)
        next = try input.read(upToCount: SealedChunk.sealedBytes) ?? Data()
    }

    /// Exactly so many bytes.
    mutating func read(_ count: Int) throws -> Data {
        var bytes = Data()
        while bytes.count < count {
            if plain.isEmpty { try refill() }
            let part = plain.prefix(count - bytes.count)
            bytes += part
            plain = plain.dropFirst(part.count)
        }
        return bytes
    }

    /// True where every byte was read.
    var isAtEnd: Bool { plain.isEmpty && next.isEmpty }

    private mutating func refill() throws {
        let sealed = next
        next = try input.read(upToCount: SealedChunk.sealedBytes) ?? Data()
        plain = try SealedChunk.open(sealed, rank: rank, isLast: next.isEmpty, key: key)
        rank += 1
    }
}
