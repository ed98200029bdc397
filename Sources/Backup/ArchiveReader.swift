import Crypto
import Foundation

/// Reads an archive.
public struct ArchiveReader: Sendable {
    private let path: String
    private let identity: BackupIdentity

    public init(_ path: String, identity: BackupIdentity) {
        self.path = path
        self.identity = identity
    }

    /// Opens every byte of the archive and puts its files, mode 0600, in an empty folder, made where it is missing.
    ///
    /// The files come to their places once all are whole and on the disk; after a failure the folder is as it was.
    /// - Parameter folder: nil to read everything and write nothing.
    /// - Throws: ``BackupError``.
    public func extract(to folder: String?, progress: (Int) -> Void = { _ in }) throws -> ArchiveContents {
        let input = try open()
        guard let folder else { return try read(input, sink: nil, progress) }
        try Self.claim(folder)
        let stage = folder + "/.restauration"
        try Self.makeFolder(stage)
        do {
            let contents = try read(input, sink: stage, progress)
            for name in try FileManager.default.contentsOfDirectory(atPath: stage) {
                guard rename(stage + "/" + name, folder + "/" + name) == 0 else {
                    throw BackupError.last("renommage impossible", folder)
                }
            }
            rmdir(stage)
            try Self.flush(folder)
            return contents
        } catch {
            try? FileManager.default.removeItem(atPath: stage)
            throw error
        }
    }

    /// The SHA-256 of the archive as it is, in hexadecimal.
    public func digest() throws -> String {
        let input = try open()
        var digest = SHA256()
        while let block = try input.read(upToCount: 1 << 20), !block.isEmpty { digest.update(data: block) }
        return ArchiveDigest.hexadecimal(digest.finalize())
    }

    private func open() throws -> FileHandle {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackupError.last("lecture impossible", path) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private func read(_ input: FileHandle, sink: String?, _ progress: (Int) -> Void) throws -> ArchiveContents {
        var sealed = try SealedReader(input, with: identity)
        var (files, bytes) = (0, 0)
        while try sealed.read(1).first == 1 {
            let name = String(decoding: try sealed.read(try sealed.number(2)), as: UTF8.self)
            guard ArchiveName.isSafe(name) else { throw BackupError.unsafeName }
            let output = try sink.map { try Self.create(name, in: $0) }
            while case let count = try sealed.number(4), count > 0 {
                guard count <= 1 << 20 else { throw BackupError.damaged }
                let block = try sealed.read(count)
                try output?.write(contentsOf: block)
                bytes += count
                progress(count)
            }
            try output?.synchronize()
            files += 1
        }
        let text = try sealed.read(try sealed.number(4))
        guard sealed.isAtEnd, let contents = try? JSONDecoder().decode(ArchiveContents.self, from: text),
            contents.files == files, contents.bytes == bytes
        else { throw BackupError.damaged }
        return contents
    }

    private static func create(_ name: String, in folder: String) throws -> FileHandle {
        let parents = name.split(separator: "/").dropLast()
        var place = folder
        for parent in parents {
            place += "/" + parent
            try makeFolder(place)
        }
        let path = folder + "/" + name
        let descriptor = Foundation.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? BackupError.unsafeName : BackupError.last("création impossible", path)
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Makes sure that the folder is there, private and empty.
    private static func claim(_ folder: String) throws {
        try makeFolder(folder)
        guard chmod(folder, 0o700) == 0 else { throw BackupError.last("droits refusés", folder) }
        guard try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty else {
            throw BackupError.exists(folder)
        }
    }

    private static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw BackupError.last("création impossible", path) }
    }

    /// Makes the names of a folder durable, and those of the folders in it.
    private static func flush(_ folder: String) throws {
        let below = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for name in [""] + below {
            let descriptor = Foundation.open(folder + "/" + name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard fsync(descriptor) == 0 else { throw BackupError.last("écriture impossible", folder) }
        }
    }
}

enum ArchiveDigest {
    static func hexadecimal(_ digest: SHA256Digest) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension SealedReader {
    /// A little-endian number of so many bytes.
    mutating func number(_ bytes: Int) throws -> Int {
        try read(bytes).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
