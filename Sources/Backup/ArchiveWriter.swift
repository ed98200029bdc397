import Foundation

/// Writes an archive: files one after the other, then what they are.
///
/// In the sealed bytes a file is a 1, the length of its name (2, little-endian), its name, its blocks, each after its
/// length (4), and a length of zero; the end is a 0, a length (4) and the contents as JSON.
public final class ArchiveWriter {
    private let path: String
    private let draft: String
    private let output: FileHandle
    private var sealed: SealedWriter
    /// What is in so far.
    public private(set) var contents: ArchiveContents
    private var isFinished = false

    /// Begins an archive, mode 0600, that takes its name once whole.
    /// - Parameters:
    ///   - program: version of the program that makes it.
    ///   - made: when.
    /// - Throws: ``BackupError/exists(_:)`` where the name is taken, ``BackupError/file(action:path:code:)``.
    public init(_ path: String, for recipients: [BackupRecipient], program: String, made: Date) throws {
        guard access(path, F_OK) != 0 else { throw BackupError.exists(path) }
        self.path = path
        draft = path + ".partial-" + UUID().uuidString
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupError.last("création impossible", path) }
        output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        contents = ArchiveContents(program: program, made: made)
        do {
            sealed = try SealedWriter(output, for: recipients)
        } catch {
            unlink(draft)
            throw error
        }
    }

    deinit { if !isFinished { unlink(draft) } }

    /// Adds a file under a relative name.
    /// - Parameters:
    ///   - limit: no more than so many bytes from its start, for a file that grows meanwhile.
    ///   - progress: told of the bytes of each block once it is in.
    /// - Throws: ``BackupError/unsafeName``, ``BackupError/file(action:path:code:)``.
    public func add(_ name: String, file path: String, limit: Int = .max, progress: (Int) -> Void = { _ in }) throws {
        guard ArchiveName.isSafe(name) else { throw BackupError.unsafeName }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw BackupError.last("lecture impossible", path) }
        let input = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try sealed.write([1])
        try sealed.write(littleEndian(UInt16(name.utf8.count)))
        try sealed.write(name.utf8)
        var left = limit
        while left > 0, let block = try input.read(upToCount: min(left, 1 << 20)), !block.isEmpty {
            try sealed.write(littleEndian(UInt32(block.count)))
            try sealed.write(block)
            left -= block.count
            contents.bytes += block.count
            progress(block.count)
        }
        try sealed.write(littleEndian(UInt32(0)))
        contents.files += 1
    }

    /// Ends the archive, makes it durable and gives it its name.
    /// - Returns: its SHA-256 in hexadecimal, by which another archive in its place is known.
    public func finish() throws -> String {
        let text = try JSONEncoder().encode(contents)
        try sealed.write([0])
        try sealed.write(littleEndian(UInt32(text.count)))
        try sealed.write(text)
        let digest = try sealed.finish()
        try output.synchronize()
        guard rename(draft, path) == 0 else { throw BackupError.last("renommage impossible", path) }
        isFinished = true
        let parent = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Some network disks cannot flush a folder; the bytes are durable all the same.
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
        return ArchiveDigest.hexadecimal(digest)
    }

    private func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}

/// What an archive says of itself at its end.
public struct ArchiveContents: Sendable, Codable, Hashable {
    public var program: String
    public var made: Date
    public var files = 0
    /// Of the files, not of the archive.
    public var bytes = 0

    init(program: String, made: Date) {
        self.program = program
        self.made = made
    }
}

/// Names that stay inside of the folder they are put in.
enum ArchiveName {
    static func isSafe(_ name: String) -> Bool {
        guard (1...1_000).contains(name.utf8.count), !name.utf8.contains(0) else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
