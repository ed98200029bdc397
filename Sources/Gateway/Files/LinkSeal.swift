import Crypto
import Foundation
import Storage
import Synchronization
import Values

/// Makes and opens the secret part of addresses below `/proxy`: authenticated encryption, so that nothing is kept.
///
/// A key serves one civil month and opens through the next: no address lives longer than a day. Older keys are
/// destroyed, and with them what old addresses say.
public final class LinkSeal: Sendable {
    private let folder: String
    private let clock: WallClock
    private let keys = Mutex<[String: SymmetricKey]>([:])
    private static let purpose = Data("unefois link".utf8)

    /// - Parameter folder: of the keys, files of mode 0600; made (0700) where it is missing.
    /// - Throws: `FileError`.
    public init(folder: String, clock: WallClock) throws {
        self.folder = folder
        self.clock = clock
        try PrivateFile.createFolder(folder)
        _ = try key(of: Self.months(at: clock.now())[0])
    }

    /// - Throws: where the key can be neither read nor made.
    func seal(_ link: SealedLink) throws -> String {
        let key = try key(of: Self.months(at: clock.now())[0])
        let box = try AES.GCM.seal(try JSONEncoder().encode(link), using: key, authenticating: Self.purpose)
        return Base64URL.encode(box.combined ?? Data())
    }

    /// What an address stands for; nil for one that this hub has not made, or too long ago.
    func open(_ token: String) -> SealedLink? {
        guard token.utf8.count <= 8192, let bytes = Base64URL.decode(token),
            let box = try? AES.GCM.SealedBox(combined: bytes)
        else { return nil }
        for month in Self.months(at: clock.now()) {
            guard let key = known(month) else { continue }
            guard let content = try? AES.GCM.open(box, using: key, authenticating: Self.purpose) else { continue }
            return try? JSONDecoder().decode(SealedLink.self, from: content)
        }
        return nil
    }

    /// This month and the one before, as `YYYY-MM`.
    private static func months(at instant: Date) -> [String] {
        let today = Paris.date(at: instant)
        let before = CivilDate(year: today.year, month: today.month, day: 1).endOfMonth(after: -1)
        return [today, before].map { String($0.description.prefix(7)) }
    }

    private func path(_ month: String) -> String { "\(folder)/links-\(month).key" }

    /// The key of a month where there is one.
    private func known(_ month: String) -> SymmetricKey? {
        if let key = keys.withLock({ $0[month] }) { return key }
        guard let bytes = try? Data(contentsOf: URL(filePath: path(month))), bytes.count == 32 else { return nil }
        return keys.withLock { keys in
            keys[month] = SymmetricKey(data: bytes)
            return keys[month]
        }
    }

    /// The key of a month, made by whichever process needs it first.
    private func key(of month: String) throws -> SymmetricKey {
        if let key = keys.withLock({ $0[month] }) { return key }
        try PrivateFile.create(path(month), SymmetricKey(size: .bits256).withUnsafeBytes(Array.init))
        try PrivateFile.tighten(path(month))
        forgetOlder()
        guard let key = known(month) else { throw Unreadable() }
        return key
    }

    private struct Unreadable: Error {}

    private func forgetOlder() {
        let kept = Set(Self.months(at: clock.now()).map { "links-\($0).key" })
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix("links-") && name.hasSuffix(".key") && !kept.contains(name) {
            unlink("\(folder)/\(name)")
            keys.withLock { $0[String(name.dropFirst(6).dropLast(4))] = nil }
        }
    }
}
