import Crypto
import Foundation
import Synchronization
import Values

/// The keys under which persons appear in the ledger, one for each civil year of Paris.
///
/// A plain hash of an identity is reversed by trying all of them; HMAC-SHA-256 (RFC 2104) under a key kept in a
/// directory apart is not. Within a year a person keeps one pseudonym; destroying the year's key makes its records
/// unlinkable for good while the ledger stays whole (RGPD art. 17).
public final class PseudonymKeys: Sendable {
    private struct Key {
        let year: Int
        let start: Date
        let end: Date
        let id: String
        let secret: SymmetricKey
    }

    private let path: String
    private let keys = Mutex<[Key]>([])

    /// Opens the directory of the keys, made where there is none (mode 0700, files 0600).
    /// - Throws: ``LedgerError/failed(operation:code:)``.
    public init(directory: URL) throws(LedgerError) {
        let folder = LedgerFolder(directory)
        try folder.create()
        path = folder.path
    }

    /// The pseudonym of an identity at a moment: `<key>:<32 hexadecimal digits>`.
    ///
    /// The first use of a year makes its key, and of a process reads it from the disk; afterwards nothing waits.
    /// - Parameter canonicalIdentity: The same bytes for the same person, whatever the operation.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where the key can be neither read nor made.
    public func pseudonym(of canonicalIdentity: [UInt8], at moment: Date) throws(LedgerError) -> String {
        let known = keys.withLock { keys in keys.first { $0.start <= moment && moment < $0.end } }
        if let known { return Self.pseudonym(of: canonicalIdentity, under: known) }
        let year = Paris.date(at: moment).year
        if access(file(of: year), F_OK) != 0 { try make(year) }
        return Self.pseudonym(of: canonicalIdentity, under: try load(year))
    }

    /// The pseudonyms of an identity under every key there is, by year: what to look for in the ledger.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where a key cannot be read.
    public func pseudonyms(of canonicalIdentity: [UInt8]) throws(LedgerError) -> [Int: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var pseudonyms: [Int: String] = [:]
        for year in names.compactMap({ $0.hasSuffix(".key") ? Int($0.dropLast(4)) : nil }) {
            var key = keys.withLock { keys in keys.first { $0.year == year } }
            if key == nil { key = try load(year) }
            pseudonyms[year] = key.map { Self.pseudonym(of: canonicalIdentity, under: $0) }
        }
        return pseudonyms
    }

    /// Destroys the key of a year, here and on the disk. Another process that has used it holds it until it ends, and a
    /// backup of the directory for as long as it is kept.
    /// - Throws: ``LedgerError/failed(operation:code:)``.
    public func destroyKey(of year: Int) throws(LedgerError) {
        keys.withLock { keys in keys.removeAll { $0.year == year } }
        guard unlink(file(of: year)) == 0 || errno == ENOENT else { throw .last("unlink") }
        try LedgerFolder.synchronize(path)
    }

    private static func pseudonym(of identity: [UInt8], under key: Key) -> String {
        "\(key.id):\(hexadecimal(HMAC<SHA256>.authenticationCode(for: identity, using: key.secret).prefix(16)))"
    }

    private func file(of year: Int) -> String { "\(path)/\(year).key" }

    /// Writes a new key under the year's name, unless another process was quicker.
    private func make(_ year: Int) throws(LedgerError) {
        let draft = "\(path)/\(UUID().uuidString).new"
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes(Array.init)
        defer { unlink(draft) }
        let file = try OpenFile(draft, O_RDWR | O_CREAT | O_EXCL)
        try SystemFiles().write(secret, to: file, at: 0)
        try SystemFiles().synchronize(file)
        guard link(draft, self.file(of: year)) == 0 || errno == EEXIST else { throw .last("link") }
        try LedgerFolder.synchronize(path)
    }

    private func load(_ year: Int) throws(LedgerError) -> Key {
        let bytes = try OpenFile(file(of: year), O_RDONLY).read(64, at: 0)
        guard bytes.count == 32, let start = Self.start(of: year), let end = Self.start(of: year + 1) else {
            throw .failed(operation: "read key", code: EINVAL)
        }
        let secret = SymmetricKey(data: bytes)
        // The name of a key tells a key from the one that took its place, and nothing of the key itself.
        let mark = HMAC<SHA256>.authenticationCode(for: Array("name of this key".utf8), using: secret).prefix(4)
        let key = Key(
            year: year, start: start, end: end, id: "\(year)-\(Self.hexadecimal(mark))", secret: secret)
        keys.withLock { keys in
            keys.removeAll { $0.year == year }
            keys.append(key)
        }
        return key
    }

    private static func start(of year: Int) -> Date? {
        Paris.midnight(of: CivilDate(year: year, month: 1, day: 1)).map { Date(timeIntervalSince1970: Double($0)) }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
