import Crypto
import Foundation

/// The first bytes of an archive: magic and version (16), number of recipients (1), then for each the encapsulated key
/// (1 120) and the archive's key sealed for it (48), by HPKE (RFC 9180).
///
/// Recipients are not named: an archive does not say whom it is for.
enum ArchiveHeader {
    static let mostRecipients = 16
    static let magic = Array("UNEFOIS BACKUP\n".utf8) + [1]
    private static let encapsulatedBytes = 1_120
    private static let sealedBytes = 32 + 16
    private static let suite = HPKE.Ciphersuite.XWingMLKEM768X25519_SHA256_AES_GCM_256
    private static let purpose = Data("unefois backup v1".utf8)

    /// A header that gives `secret` to every recipient.
    static func bytes(sharing secret: SymmetricKey, with recipients: [BackupRecipient]) throws -> [UInt8] {
        var bytes = magic + [UInt8(recipients.count)]
        for recipient in recipients {
            var sender = try HPKE.Sender(recipientKey: recipient.key, ciphersuite: suite, info: purpose)
            bytes += sender.encapsulatedKey
            bytes += try sender.seal(secret.withUnsafeBytes { Data($0) }, authenticating: Data(magic))
        }
        return bytes
    }

    /// Reads a header, and the key of the archive where the identity is of one of its recipients.
    static func read(
        from input: FileHandle, with identity: BackupIdentity
    ) throws -> (bytes: [UInt8], secret: SymmetricKey) {
        guard let start = try input.read(upToCount: magic.count + 1), start.count == magic.count + 1,
            start.starts(with: magic), let count = start.last.map(Int.init), (1...mostRecipients).contains(count)
        else { throw BackupError.noArchive }
        let size = encapsulatedBytes + sealedBytes
        guard let shares = try input.read(upToCount: count * size), shares.count == count * size else {
            throw BackupError.noArchive
        }
        let bytes = Array(start) + Array(shares)
        for index in 0..<count {
            let share = shares.dropFirst(index * size).prefix(size)
            if let secret = open(Data(share), with: identity) { return (bytes, secret) }
        }
        throw BackupError.wrongKey
    }

    /// The key that seals the chunks: of the secret and of every byte of the header, so that none can be changed.
    static func chunkKey(_ secret: SymmetricKey, header: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, salt: Data(SHA256.hash(data: header)),
            info: Data("unefois backup v1 chunks".utf8), outputByteCount: 32)
    }

    private static func open(_ share: Data, with identity: BackupIdentity) -> SymmetricKey? {
        let (encapsulated, sealed) = (share.prefix(encapsulatedBytes), share.suffix(sealedBytes))
        guard
            var recipient = try? HPKE.Recipient(
                privateKey: identity.key, ciphersuite: suite, info: purpose, encapsulatedKey: Data(encapsulated)),
            let secret = try? recipient.open(Data(sealed), authenticating: Data(magic))
        else { return nil }
        return SymmetricKey(data: secret)
    }
}
