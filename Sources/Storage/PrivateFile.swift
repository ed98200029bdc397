import Foundation

/// Files that their owner alone may read: databases and keys.
package enum PrivateFile {
    /// Makes a file with these bytes unless there is one, whole or not at all, with mode 0600.
    ///
    /// The bytes go to a file of another name that is linked to its own once durable, so that of several processes
    /// exactly one wins. The file itself is never opened here: closing it would drop the locks that SQLite holds on
    /// it in this process (sqlite.org/howtocorrupt.html §2.2).
    /// - Returns: false where the file was there already.
    /// - Throws: `FileError`.
    @discardableResult
    package static func create(_ path: String, _ bytes: [UInt8]) throws -> Bool {
        guard access(path, F_OK) != 0 else { return false }
        let draft = path + ".new-" + UUID().uuidString
        let file = try check(open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600), "create", draft)
        defer { unlink(draft) }
        do {
            defer { close(file) }
            try write(bytes, to: file, draft)
            try check(fsync(file), "flush", draft)
        }
        guard link(draft, path) != 0 else {
            try flushFolder(of: path)
            return true
        }
        guard errno == EEXIST else { throw FileError("create", path, errno) }
        return false
    }

    /// Removes a file, and writes over its bytes where the disk allows that.
    /// - Throws: `FileError`.
    package static func destroy(_ path: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return _ = try check(errno == ENOENT ? 0 : -1, "open", path) }
        defer { close(file) }
        try erase(file, path)
        try check(unlink(path), "remove", path)
        try flushFolder(of: path)
    }

    /// Puts these bytes in the place of a file's, at once: whoever opens it finds the ones or the others. The former ones
    /// are written over where the disk allows that.
    /// - Throws: `FileError`.
    package static func replace(_ path: String, _ bytes: [UInt8]) throws {
        let former = open(path, O_WRONLY | O_CLOEXEC)
        defer { if former >= 0 { close(former) } }
        let draft = path + ".new-" + UUID().uuidString
        try create(draft, bytes)
        try check(rename(draft, path), "replace", path)
        try flushFolder(of: path)
        if former >= 0 { try erase(former, path) }
    }

    private static func erase(_ file: Int32, _ path: String) throws {
        var status = stat()
        try check(fstat(file, &status), "measure", path)
        try write([UInt8](repeating: 0, count: Int(status.st_size)), to: file, path)
        try check(fsync(file), "flush", path)
    }

    /// Takes the file from everyone but its owner. A file that came from a backup may have had another mode.
    /// - Throws: `FileError`.
    package static func tighten(_ path: String) throws {
        var status = stat()
        try check(stat(path, &status), "read the mode of", path)
        guard status.st_mode & 0o077 != 0 else { return }
        try check(chmod(path, 0o600), "make private", path)
    }

    /// Makes a folder with mode 0700 unless there is one; one that is open to others is closed to them.
    /// - Throws: `FileError`.
    package static func createFolder(_ path: String) throws {
        guard mkdir(path, 0o700) != 0 else { return }
        guard errno == EEXIST else { throw FileError("create", path, errno) }
        var status = stat()
        try check(stat(path, &status), "read the mode of", path)
        if status.st_mode & 0o077 != 0 { try check(chmod(path, 0o700), "make private", path) }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", path, errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func flushFolder(of path: String) throws {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let folder = try check(open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", parent)
        defer { close(folder) }
        try check(fsync(folder), "flush", parent)
    }

    @discardableResult
    private static func check(_ result: Int32, _ action: String, _ path: String) throws -> Int32 {
        guard result >= 0 else { throw FileError(action, path, errno) }
        return result
    }
}

/// A file or folder that the system refuses.
public struct FileError: Error, Sendable, CustomStringConvertible {
    /// In English, with the path and the system's reason.
    public let description: String

    init(_ action: String, _ path: String, _ code: Int32) {
        description = "cannot \(action) \(path): " + String(cString: strerror(code))
    }
}
