import Foundation
import GRDB

extension SQLiteDatabase {
    /// Writes the file as it is at one moment to another, which must not exist, with access for its owner only. The
    /// file may be in use: its writers are not held back.
    /// - Throws: `SQLError`, `FileError`.
    public static func snapshot(of path: String, to copy: String) async throws {
        try await Blocking.run {
            // SQLite fills an empty file, and keeps its mode.
            try PrivateFile.create(copy, [])
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            do {
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
                try queue.close()
            } catch {
                throw translated(error)
            }
        }
    }
}
