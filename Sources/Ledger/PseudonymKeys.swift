import Crypto
import Foundation
import Synchronization
import Values

/// The keys under which persons appear in the ledger, one for each civil year of Paris.
///
/// A plain hash of an identity is reversed by trying all of them; HMAC-SHA-256 (RFC 2104) under a key kept in a
/// directory apart is not. Within a year a person keeps one pseudonym. Destroying a person's part of the key, or the whole
/// key of the year, makes the records unlinkable for good while the ledger stays whole (RGPD art. 17).
public final class PseudonymKeys: Sendable {
    private struct Key {
        let year: Int
        let start: Date
        let end: Date
        let id: String
        let secret: Secret
        /// What tells the file that it was read from from one that took its place.
        let file: FileMark
    }

    private enum Secret: Sendable {
        /// One key for all, as the first versions made them: persons cannot be forgotten one by one.
        case single(SymmetricKey)
        case tree(PseudonymKeyTree)

        init?(_ bytes: [UInt8]) {
            if bytes.count == 32 {
                self = .single(SymmetricKey(data: bytes))
            } else if let tree = PseudonymKeyTree(bytes) {
                self = .tree(tree)
            } else {
                return nil
            }
        }

        /// 32 bytes, half of which are for use.
        func pseudonym(of identity: [UInt8]) -> MerkleHash? {
            switch self {
            case .single(let key): MerkleHash(Array(HMAC<SHA256>.authenticationCode(for: identity, using: key)))
            case .tree(let tree): tree.pseudonym(of: identity)
            }
        }
    }

    private struct FileMark: Sendable, Hashable {
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int

        /// Nil where there is no file.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            inode = UInt64(status.st_ino)
            #if os(Linux)
                (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            #else
                (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #endif
        }
    }

    private let path: String
    private let keys = Mutex<[Key]>([])
    /// When the files were last compared with what is held, in seconds of a clock that only goes forward.
    private let looked = Atomic<UInt64>(0)

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
        dropReplacedKeys()
        let known = keys.withLock { keys in keys.first { $0.start <= moment && moment < $0.end } }
        if let known { return try Self.pseudonym(of: canonicalIdentity, under: known) }
        let year = Paris.date(at: moment).year
        if access(file(of: year), F_OK) != 0 { try make(year) }
        return try Self.pseudonym(of: canonicalIdentity, under: try load(year))
    }

    /// Lets go, within a second, of keys that another process has taken away or from which it took a person.
    private func dropReplacedKeys() {
        let now = DispatchTime.now().uptimeNanoseconds / 1_000_000_000
        guard looked.exchange(now, ordering: .relaxed) != now else { return }
        keys.withLock { keys in keys.removeAll { FileMark(file(of: $0.year)) != $0.file } }
    }

    /// The pseudonyms of an identity under every key there is, by year: what to look for in the ledger.
    /// - Throws: ``LedgerError/failed(operation:code:)`` where a key cannot be read.
    public func pseudonyms(of canonicalIdentity: [UInt8]) throws(LedgerError) -> [Int: String] {
        dropReplacedKeys()
        var pseudonyms: [Int: String] = [:]
        for year in years {
            var key = keys.withLock { keys in keys.first { $0.year == year } }
            if key == nil { key = try load(year) }
            if let key { pseudonyms[year] = try Self.pseudonym(of: canonicalIdentity, under: key) }
        }
        return pseudonyms
    }

    /// Destroys, in every year's key, the part from which the pseudonyms of one identity come, here and on the disk.
    ///
    /// Its records stay in the ledger and nothing leads to them any more; later calls get a pseudonym of their own.
    /// Another process lets go of the former keys within a second, a backup of the directory when it is destroyed.
    /// - Returns: the years whose key is one for all, of an earlier version: only ``destroyKey(of:)`` helps there.
    /// - Throws: ``LedgerError/failed(operation:code:)``.
    public func forget(_ canonicalIdentity: [UInt8]) throws(LedgerError) -> [Int] {
        // Two processes that forget at once would undo each other.
        let lock = try OpenFile(path + "/forget.lock", O_RDWR | O_CREAT)
        guard flock(lock.descriptor, LOCK_EX) == 0 else { throw .last("flock") }
        var whole: [Int] = []
        for year in years {
            guard case .tree(var tree) = try load(year).secret else {
                whole.append(year)
                continue
            }
            tree.forget(canonicalIdentity)
            let old = try OpenFile(file(of: year), O_RDWR)
            try LedgerFolder.replace(file(of: year), tree.bytes)
            // The former file has no name any more; its bytes are written over where the disk allows that.
            try SystemFiles().write([UInt8](repeating: 0, count: try old.size), to: old, at: 0)
            try SystemFiles().synchronize(old)
            _ = try load(year)
        }
        return whole
    }

    /// The years of which there is a key.
    public var years: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { $0.hasSuffix(".key") ? Int($0.dropLast(4)) : nil }.sorted()
    }

    /// Destroys the key of a year, here and on the disk. Another process lets go of it within a second, a backup of the
    /// directory when it is destroyed.
    /// - Throws: ``LedgerError/failed(operation:code:)``.
    public func destroyKey(of year: Int) throws(LedgerError) {
        keys.withLock { keys in keys.removeAll { $0.year == year } }
        guard unlink(file(of: year)) == 0 || errno == ENOENT else { throw .last("unlink") }
        try LedgerFolder.synchronize(path)
    }

    private static func pseudonym(of identity: [UInt8], under key: Key) throws(LedgerError) -> String {
        guard let pseudonym = key.secret.pseudonym(of: identity) else {
            throw .failed(operation: "read key", code: EINVAL)
        }
        return text(key.id + ":", pseudonym, bytes: 16)
    }

    private func file(of year: Int) -> String { "\(path)/\(year).key" }

    /// Writes a new key under the year's name, unless another process was quicker.
    private func make(_ year: Int) throws(LedgerError) {
        let draft = "\(path)/\(UUID().uuidString).new"
        let secret = PseudonymKeyTree().bytes
        defer { unlink(draft) }
        let file = try OpenFile(draft, O_RDWR | O_CREAT | O_EXCL)
        try SystemFiles().write(secret, to: file, at: 0)
        try SystemFiles().synchronize(file)
        guard link(draft, self.file(of: year)) == 0 || errno == EEXIST else { throw .last("link") }
        try LedgerFolder.synchronize(path)
    }

    private func load(_ year: Int) throws(LedgerError) -> Key {
        let file = try OpenFile(self.file(of: year), O_RDONLY)
        guard let mark = FileMark(self.file(of: year)), let secret = Secret(try file.read(try file.size, at: 0)),
            let name = secret.pseudonym(of: Array("name of this key".utf8)), let start = Self.start(of: year),
            let end = Self.start(of: year + 1)
        else {
            throw .failed(operation: "read key", code: EINVAL)
        }
        // The name of a key tells a key from the one that took its place, and nothing of the key itself.
        let key = Key(
            year: year, start: start, end: end, id: Self.text("\(year)-", name, bytes: 4), secret: secret,
            file: mark)
        keys.withLock { keys in
            keys.removeAll { $0.year == year }
            keys.append(key)
        }
        return key
    }

    private static func start(of year: Int) -> Date? {
        Paris.midnight(of: CivilDate(year: year, month: 1, day: 1)).map { Date(timeIntervalSince1970: Double($0)) }
    }

    /// The first bytes of a hash in hexadecimal digits, behind some text.
    private static func text(_ prefix: String, _ hash: MerkleHash, bytes: Int) -> String {
        var prefix = prefix
        return prefix.withUTF8 { prefix in
            hash.withUnsafeBytes { hash in
                String(unsafeUninitializedCapacity: prefix.count + 2 * bytes) { text in
                    var end = text.update(fromContentsOf: prefix)
                    for byte in hash.prefix(bytes) {
                        (text[end], text[end + 1]) = byte.hexadecimal
                        end += 2
                    }
                    return end
                }
            }
        }
    }
}
