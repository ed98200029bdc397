import Crypto
import Foundation
import Values

/// A key that archives can be sealed for, and that opens none of them: the machine that makes backups holds only this.
///
/// X-Wing (ML-KEM-768 with X25519): an archive copied today stays closed to the computers of the years to come.
public struct BackupRecipient: Sendable {
    let key: XWingMLKEM768X25519.PublicKey
    static let opening = "unefois-backup-recipient-1 "

    /// The key as a line of a file.
    public var line: String { Self.opening + Base64URL.encode(Array(key.rawRepresentation)) }

    /// The keys of a file, a line each; blank lines and those that begin with `#` do not count.
    /// - Throws: ``BackupError/noKey(_:)`` where there is none or more than 16, or where a line is no key.
    public static func read(_ path: String) throws(BackupError) -> [BackupRecipient] {
        let keys = try KeyFile.lines(path).map { line throws(BackupError) in
            guard line.hasPrefix(opening), let bytes = Base64URL.decode(String(line.dropFirst(opening.count))),
                let key = try? XWingMLKEM768X25519.PublicKey(rawRepresentation: bytes)
            else { throw .noKey(path) }
            return BackupRecipient(key: key)
        }
        guard (1...ArchiveHeader.mostRecipients).contains(keys.count) else { throw .noKey(path) }
        return keys
    }
}

/// The secret that opens archives, kept away from the machine that makes them.
public struct BackupIdentity: Sendable {
    let key: XWingMLKEM768X25519.PrivateKey
    static let opening = "unefois-backup-identity-1 "

    /// A new secret.
    public init() throws { key = try .generate() }

    /// The secret of a file.
    /// - Throws: ``BackupError/noKey(_:)`` where it holds none, more than one, or one with an error in it.
    public init(file path: String) throws(BackupError) {
        let lines = try KeyFile.lines(path)
        guard lines.count == 1, lines[0].hasPrefix(Self.opening),
            let bytes = Base64URL.decode(String(lines[0].dropFirst(Self.opening.count))), bytes.count == 64,
            let key = try? XWingMLKEM768X25519.PrivateKey(integrityCheckedRepresentation: Data(bytes))
        else { throw .noKey(path) }
        self.key = key
    }

    public var recipient: BackupRecipient { BackupRecipient(key: key.publicKey) }

    /// The secret as a line of a file, with a sum that finds errors in it.
    public var line: Redacted<String> {
        Redacted(Self.opening + Base64URL.encode(Array(key.integrityCheckedRepresentation)))
    }
}

/// Files of keys: text, a key to a line.
private enum KeyFile {
    static func lines(_ path: String) throws(BackupError) -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .noKey(path) }
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
