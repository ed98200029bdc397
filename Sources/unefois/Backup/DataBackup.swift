import Backup
import Foundation
import Ledger
import Storage
import Values

/// A copy of a data folder in one sealed archive, made also while the service writes to the folder.
struct DataBackup: Sendable {
    let folder: URL
    /// Documents live a day at most: most backups have no use for them.
    var withDocuments = false
    /// Files of elsewhere that go with the copy, such as what `pg_dump` wrote.
    var extras: [String] = []
    var say: @Sendable (String) -> Void = { _ in }

    struct Made: Sendable {
        let digest: String
        let files: Int
        let bytes: Int
        let hasDatabase: Bool
    }

    /// Folders that are made anew, and where extras go.
    private static let remade: Set = ["sandbox-certificates"]
    static let extrasFolder = "avec-la-sauvegarde"

    /// Writes the archive. The order matters: what a file speaks of must be in the archive too. Checkpoints speak of
    /// records, and the signer's memory of checkpoints, so the ledger comes last, and its segments last of all.
    func write(to path: String, for recipients: [BackupRecipient], at date: Date) async throws -> Made {
        let draft = folder.appending(path: ".sauvegarde-" + UUID().uuidString).path
        try PrivateFile.createFolder(draft)
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let database = folder.appending(path: "unefois.sqlite").path
        let hasDatabase = FileManager.default.fileExists(atPath: database)
        if hasDatabase { try await SQLiteDatabase.snapshot(of: database, to: draft + "/unefois.sqlite") }
        return try await Blocking.run {
            let archive = try ArchiveWriter(path, for: recipients, program: unefoisVersion, made: date)
            let progress = Progress(say: say)
            if hasDatabase {
                try archive.add("unefois.sqlite", file: draft + "/unefois.sqlite", progress: progress.add)
            }
            for name in try files() {
                do {
                    try archive.add(name, file: folder.appending(path: name).path, progress: progress.add)
                } catch BackupError.file(_, _, ENOENT) {
                    // Its time was over since the folder was read: a document, a checkpoint of a minute ago.
                    continue
                }
            }
            for extent in try segments() {
                let name = "ledger/" + extent.name
                let path = folder.appending(path: name).path
                try archive.add(name, file: path, limit: extent.bytes, progress: progress.add)
            }
            for extra in extras {
                let name = Self.extrasFolder + "/" + URL(filePath: extra).lastPathComponent
                try archive.add(name, file: extra, progress: progress.add)
            }
            let contents = archive.contents
            return Made(
                digest: try archive.finish(), files: contents.files, bytes: contents.bytes, hasDatabase: hasDatabase)
        }
    }

    /// The files of the folder but the database and the ledger's segments; those of the ledger last.
    private func files() throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().filter(isKept)
        let ledger = names.filter { $0.hasPrefix("ledger/") }
        return names.filter { !$0.hasPrefix("ledger/") } + ledger
    }

    /// The segments as they are now.
    private func segments() throws -> [LedgerExtent] {
        let ledger = folder.appending(path: "ledger")
        return FileManager.default.fileExists(atPath: ledger.path)
            ? try LedgerReader(directory: ledger).extents() : []
    }

    /// Whether a file is data that is copied as it is: no lock, no draft, nothing of another backup.
    private func isKept(_ name: String) -> Bool {
        let parts = name.split(separator: "/").map(String.init)
        guard let top = parts.first, let last = parts.last, !parts.contains(where: { $0.hasPrefix(".") }),
            !Self.remade.contains(top), !last.contains(".new"), !last.hasSuffix(".lock"),
            !last.hasPrefix("unefois.sqlite"), !last.hasSuffix(".ledger"), withDocuments || top != "documents"
        else { return false }
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
        return attributes?[.type] as? FileAttributeType == .typeRegular
    }

    /// Says now and then how far a long copy is.
    private final class Progress {
        private let say: (String) -> Void
        private var bytes = 0
        private var told = 0

        init(say: @escaping (String) -> Void) { self.say = say }

        func add(_ count: Int) {
            bytes += count
            guard bytes - told >= 256 << 20 else { return }
            told = bytes
            say("… \(bytes >> 20) Mio")
        }
    }
}
